// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CellTest {
    /** Student's t for 95 % and two degrees of freedom is 4.303; the standard deviation here is 1. */
    @Test
    void theErrorIsHalfTheConfidenceInterval() {
        Cell cell = Cell.of(new double[] {9, 10, 11});
        assertThat(cell.mean()).isEqualTo(10);
        assertThat(cell.error()).isCloseTo(4.303 / Math.sqrt(3), within(0.001));
    }

    @Test
    void oneValueHasNoError() {
        assertThat(Cell.of(new double[] {7})).hasToString("7.00");
    }

    @Test
    void isClearlyMoreIfTheIntervalsDoNotTouch() {
        assertThat(new Cell(10, 1).isClearlyMoreThan(new Cell(8, 0.5))).isTrue();
        assertThat(new Cell(10, 1).isClearlyMoreThan(new Cell(8, 1.5))).isFalse();
        assertThat(new Cell(10, Double.NaN).isClearlyMoreThan(new Cell(8, 0.5))).isFalse();
    }

    @Test
    void showsThreeDigits() {
        assertThat(new Cell(12_345.6, 123.4)).hasToString("12,346 ± 123");
        assertThat(new Cell(12.345, 1.2345)).hasToString("12.3 ± 1.23");
        assertThat(new Cell(-0.5, Double.NaN)).hasToString("-0.50");
    }
}
