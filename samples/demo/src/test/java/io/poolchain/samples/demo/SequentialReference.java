// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The same search in one thread, by means of the JDK's own walk; shares no code with the program but the records. */
final class SequentialReference extends SimpleFileVisitor<Path> {
    private final Set<Path> realFiles = new TreeSet<>();
    private final Set<String> links = new TreeSet<>();

    private SequentialReference() {}

    static Report search(Path... roots) throws IOException, NoSuchAlgorithmException {
        SequentialReference walk = new SequentialReference();
        for (Path root : roots) {
            Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, walk);
        }
        List<Problem> problems =
                walk.links.stream().map(path -> new Problem(path, "")).toList();
        return new Report(walk.result(), problems);
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        if (attributes.isRegularFile()) {
            realFiles.add(file.toRealPath());
        } else {
            visitFileFailed(file, new IOException("not a regular file"));
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
        Path realFolder = file.getParent().toRealPath();
        if (!(e instanceof FileSystemLoopException) || realFolder.startsWith(file.toRealPath())) {
            links.add(realFolder.resolve(file.getFileName()).toString());
        }
        return FileVisitResult.CONTINUE;
    }

    private Result result() throws IOException, NoSuchAlgorithmException {
        Map<String, Group> byHash = new HashMap<>();
        long bytes = 0;
        for (Path file : realFiles) {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            long size = 0;
            try (InputStream in = Files.newInputStream(file)) {
                byte[] buffer = new byte[1 << 16];
                for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                    sha256.update(buffer, 0, length);
                    size += length;
                }
            }
            bytes += size;
            Group unseen = new Group(HexFormat.of().formatHex(sha256.digest()), size, new ArrayList<>());
            byHash.computeIfAbsent(unseen.sha256(), hash -> unseen).paths().add(file.toString());
        }
        List<Group> groups = new ArrayList<>();
        for (Group group : byHash.values()) {
            if (group.paths().size() > 1) {
                group.paths().sort(null);
                groups.add(group);
            }
        }
        groups.sort((a, b) -> {
            long wastedByA = a.size() * (a.paths().size() - 1);
            long wastedByB = b.size() * (b.paths().size() - 1);
            return wastedByA != wastedByB
                    ? Long.compare(wastedByB, wastedByA)
                    : a.sha256().compareTo(b.sha256());
        });
        return new Result(groups, realFiles.size(), bytes);
    }
}
