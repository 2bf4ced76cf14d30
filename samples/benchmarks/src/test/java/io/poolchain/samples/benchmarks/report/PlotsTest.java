// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlotsTest {
    @TempDir
    private Path folder;

    @Test
    void drawsEachTable() throws Exception {
        assumeTrue(hasFonts());
        Results results = new Results(
                "poolchain",
                List.of(),
                400,
                List.of(
                        new Sample("Time, ns", "tree", "poolchain", 1, 10),
                        new Sample("Time, ns", "chain", "poolchain", 1, 1_000),
                        new Sample("Time, ns", "chain", "floor", 1, 0),
                        new Sample("Space, bytes", "tree", "poolchain", 1, 24)),
                List.of());

        Plots.write(results, folder, "results");

        assertThat(folder.resolve("results-time-ns.png")).isNotEmptyFile();
        assertThat(folder.resolve("results-space-bytes.png")).isNotEmptyFile();
    }

    private static boolean hasFonts() {
        try {
            new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB)
                    .createGraphics()
                    .getFontMetrics()
                    .stringWidth("x");
            return true;
        } catch (RuntimeException | LinkageError | InternalError e) {
            return false;
        }
    }
}
