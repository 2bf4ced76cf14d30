// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.demo;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * A search's result, and the paths that it could not visit.
 *
 * @param problems in the order of their paths
 */
record Report(Result result, List<Problem> problems) {
    static Report of(Collection<HashedFile> files, Collection<Problem> problems) {
        List<Problem> sorted =
                problems.stream().sorted(Comparator.comparing(Problem::path)).toList();
        return new Report(Result.of(files), sorted);
    }
}
