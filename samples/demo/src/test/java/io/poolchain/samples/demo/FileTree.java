// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.demo;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Writes files to search: the same ones for the same seed. */
final class FileTree {
    private static final int CONTENTS = 4_000;

    private final Path root;
    private final Random random;
    private final List<Path> folders = new ArrayList<>();
    private final List<Path> files = new ArrayList<>();

    FileTree(Path root, long seed) {
        this.root = root;
        this.random = new Random(seed);
        folders.add(root);
    }

    /** Small files in nested folders; about two of three have a double, and some are empty. */
    FileTree withSmallFiles(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            if (i % 40 == 0) {
                Path parent = folders.get(random.nextInt(folders.size()));
                folders.add(Files.createDirectory(parent.resolve("folder-" + i)));
            }
            Path file = folders.get(random.nextInt(folders.size())).resolve("file-" + i);
            files.add(Files.write(file, content(random.nextInt(CONTENTS))));
        }
        return this;
    }

    private static byte[] content(int number) {
        byte[] content = new byte[number % 2_000];
        Arrays.fill(content, (byte) (number / 2_000));
        return content;
    }

    /** Large files that need next to no room on the disk, but time to read. */
    FileTree withHoles(int count, long size) throws IOException {
        for (int i = 0; i < count; i++) {
            try (RandomAccessFile file =
                    new RandomAccessFile(root.resolve("hole-" + i).toFile(), "rw")) {
                file.setLength(size);
            }
        }
        return this;
    }

    FileTree withOddNames() throws IOException {
        for (String name :
                List.of(" ", "-rf", "a \"quoted\" name", "back\\slash", "two\nlines", "%s", "x".repeat(255))) {
            Files.writeString(root.resolve(name), "odd");
        }
        return this;
    }

    /** Links to files and folders inside and outside of the tree, to nothing, and back to where they are. */
    FileTree withLinks(Path outside) throws IOException {
        Files.writeString(outside.resolve("alone"), "reached through links only");
        Path deep = folders.get(folders.size() - 1);
        Files.createSymbolicLink(root.resolve("to-outside"), outside);
        Files.createSymbolicLink(deep.resolve("to-outside-too"), outside);
        Files.createSymbolicLink(deep.resolve("to-file"), files.get(0));
        Files.createSymbolicLink(root.resolve("to-folder"), deep);
        Files.createSymbolicLink(root.resolve("to-nothing"), root.resolve("nothing"));
        Files.createSymbolicLink(root.resolve("to-itself"), root.resolve("to-itself"));
        Files.createSymbolicLink(deep.resolve("to-root"), root);
        Files.createSymbolicLink(root.resolve("to-here"), Path.of("."));
        Files.createLink(deep.resolve("hard-link"), files.get(1));
        return this;
    }
}
