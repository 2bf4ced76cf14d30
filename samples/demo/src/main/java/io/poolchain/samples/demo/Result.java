// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.demo;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a search found; written as JSON just as it is. The same files give the same result in the same order.
 *
 * @param groups those that waste most bytes first, then in the order of their hashes
 * @param files how many files were read
 * @param bytes how many bytes these have
 */
record Result(List<Group> groups, long files, long bytes) {
    private static final Comparator<Group> ORDER =
            Comparator.comparingLong(Group::wastedBytes).reversed().thenComparing(Group::sha256);

    static Result of(Collection<HashedFile> files) {
        Map<String, List<HashedFile>> byHash = files.stream().collect(Collectors.groupingBy(HashedFile::sha256));
        List<Group> groups = byHash.values().stream()
                .filter(sameContent -> sameContent.size() > 1)
                .map(Result::group)
                .sorted(ORDER)
                .toList();
        return new Result(
                groups, files.size(), files.stream().mapToLong(HashedFile::size).sum());
    }

    private static Group group(List<HashedFile> sameContent) {
        HashedFile first = sameContent.get(0);
        List<String> paths = sameContent.stream().map(HashedFile::path).sorted().toList();
        return new Group(first.sha256(), first.size(), paths);
    }

    /** Files that could go without loss. */
    long duplicates() {
        return groups.stream().mapToLong(Group::duplicates).sum();
    }

    long wastedBytes() {
        return groups.stream().mapToLong(Group::wastedBytes).sum();
    }
}
