// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.report;

import java.util.Locale;
import org.openjdk.jmh.util.ListStatistics;

/**
 * The mean over the JVMs, or over other samples.
 *
 * @param error half of the interval that holds the true mean with 95 %; NaN if there was one
 */
public record Cell(double mean, double error) {
    private static final double CONFIDENCE = 0.95;

    /** {@return what so many JVMs, or other samples, have come to} */
    public static Cell of(double[] values) {
        ListStatistics statistics = new ListStatistics(values);
        return new Cell(statistics.getMean(), values.length < 2 ? Double.NaN : statistics.getMeanErrorAt(CONFIDENCE));
    }

    /** {@return whether the intervals don't touch} */
    boolean isClearlyMoreThan(Cell other) {
        return mean - error > other.mean + other.error;
    }

    @Override
    public String toString() {
        return Double.isNaN(error) ? number(mean) : number(mean) + " ± " + number(error);
    }

    /** {@return three digits of it, or all before the point} */
    static String number(double value) {
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f", value);
    }
}
