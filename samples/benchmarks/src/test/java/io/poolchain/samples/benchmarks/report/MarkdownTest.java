// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MarkdownTest {
    private static final Results RESULTS = new Results(
            "poolchain",
            List.of("JDK 17"),
            400,
            List.of(
                    new Sample("Time, ns", "tree", "poolchain", 1, 10),
                    new Sample("Time, ns", "tree", "fixed", 1, 20),
                    new Sample("Time, ns", "tree", "floor", 1, 5),
                    new Sample("Time, ns", "chain", "poolchain", 1, 30),
                    new Sample("Time, ns", "chain", "fixed", 1, 20),
                    new Sample("Space, bytes", "tree", "poolchain", 1, 24)),
            List.of("zio: has a thread for each processor"));

    private static final List<String> PAGE =
            Markdown.page(RESULTS, "results-17").lines().toList();

    @Test
    void hasATableForEachKind() {
        assertThat(PAGE)
                .containsSubsequence(
                        "## Time, ns",
                        "![Time, ns](results-17-time-ns.png)",
                        "|  | poolchain | fixed | floor | best of the others | poolchain / best | poolchain / floor |",
                        "|---|---|---|---|---|---|---|",
                        "| tree | 10.0 | 20.0 | 5.00 | fixed | 0.50 | 2.00 |",
                        "| chain | 30.0 | 20.0 | – | fixed | 1.50 | – |",
                        "| geometric mean; of the executors, to the floor | 2.00 | 4.00 | 1.00 |  | 0.87 | 2.00 |",
                        "## Space, bytes",
                        "| tree | 24.0 | – | – | – |");
    }

    @Test
    void saysWhereOursLoses() {
        assertThat(PAGE)
                .containsSubsequence(
                        "## Where poolchain loses",
                        "| Time, ns | chain | 30.0 | fixed | 20.0 | 1.50 | maybe |",
                        "## Time, ns");
        assertThat(PAGE).filteredOn(line -> line.startsWith("| Time, ns |")).hasSize(1);
    }

    @Test
    void saysWhatCouldNotBeMeasured() {
        assertThat(PAGE).containsSubsequence("## Not measured", "- zio: has a thread for each processor");
    }
}
