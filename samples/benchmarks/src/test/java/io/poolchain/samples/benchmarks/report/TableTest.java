// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
    private static final Table TABLE = new Table(
            "Time",
            "poolchain",
            List.of(
                    sample("tree", "floor", 1, 5),
                    sample("tree", "fixed", 1, 100),
                    sample("tree", "zio", 1, 20),
                    sample("tree", "poolchain", 1, 10),
                    sample("chain", "floor", 1, 8),
                    sample("chain", "fixed", 1, 40),
                    sample("chain", "zio", 1, 16),
                    sample("chain", "poolchain", 1, 28),
                    sample("chain", "poolchain", 2, 36),
                    sample("sort", "poolchain", 1, 12),
                    sample("sort", "zio", 1, 12),
                    sample("nested", "poolchain", 1, 7)));

    private static Sample sample(String row, String executor, int round, double value) {
        return new Sample("Time", row, executor, round, value);
    }

    @Test
    void putsOursFirstAndTheFloorLast() {
        assertThat(TABLE.executors()).containsExactly("poolchain", "fixed", "zio", "floor");
    }

    @Test
    void keepsTheOrderOfTheRows() {
        assertThat(TABLE.rows()).containsExactly("tree", "chain", "sort", "nested");
    }

    @Test
    void takesTheMeanOverTheRounds() {
        assertThat(TABLE.cell("chain", "poolchain").orElseThrow().mean()).isEqualTo(32);
        assertThat(TABLE.cell("nested", "zio")).isEmpty();
    }

    @Test
    void theFloorIsNoPeer() {
        assertThat(TABLE.bestPeer("tree")).contains("zio");
        assertThat(TABLE.bestPeer("nested")).isEmpty();
    }

    @Test
    void nettyIsNoPeer() {
        Table table =
                new Table("Time", "poolchain", List.of(sample("tree", "netty", 1, 1), sample("tree", "jetty", 1, 2)));
        assertThat(table.bestPeer("tree")).contains("jetty");
    }

    @Test
    void dividesOursByTheBestOfTheOthers() {
        assertThat(TABLE.toBestPeer("tree")).hasValue(0.5);
        assertThat(TABLE.toBestPeer("chain")).hasValue(2);
        assertThat(TABLE.toBestPeer("nested")).isEmpty();
    }

    @Test
    void dividesByTheFloor() {
        assertThat(TABLE.toFloor("tree", "fixed")).hasValue(20);
        assertThat(TABLE.toFloor("sort", "fixed")).isEmpty();
    }

    @Test
    void losesWhereAnotherIsBetterAndNotWhereItIsAsGood() {
        assertThat(TABLE.lost()).containsExactly("chain");

        Table level = new Table(
                "Allocation",
                "poolchain",
                List.of(sample("chain", "poolchain", 1, 24.01), sample("chain", "cats-effect", 1, 24)));
        assertThat(level.lost()).isEmpty();
    }

    @Test
    void meansAreGeometric() {
        assertThat(TABLE.meanToBestPeer().orElseThrow()).isCloseTo(1, within(1e-9)); // of 1/2, 2 and 1
        assertThat(TABLE.meanToFloor("fixed").orElseThrow()).isCloseTo(10, within(1e-9)); // of 20 and 5
        assertThat(TABLE.meanToFloor("poolchain").orElseThrow()).isCloseTo(Math.sqrt(8), within(1e-9)); // of 2 and 4
    }

    @Test
    void aRatioNeedsPositiveValues() {
        Table table = new Table(
                "CPU",
                "poolchain",
                List.of(
                        sample("idle", "poolchain", 1, 3),
                        sample("idle", "zio", 1, 0),
                        sample("idle", "floor", 1, -1)));
        assertThat(table.toBestPeer("idle")).isEmpty();
        assertThat(table.toFloor("idle", "poolchain")).isEmpty();
        assertThat(table.lost()).containsExactly("idle");
    }
}
