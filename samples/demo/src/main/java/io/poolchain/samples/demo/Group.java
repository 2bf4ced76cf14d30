// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.demo;

import java.util.List;

/** Two or more files of the same content, by path in order; each has {@code size} bytes. */
record Group(String sha256, long size, List<String> paths) {
    /** Files that could go without loss. */
    int duplicates() {
        return paths.size() - 1;
    }

    long wastedBytes() {
        return size * duplicates();
    }
}
