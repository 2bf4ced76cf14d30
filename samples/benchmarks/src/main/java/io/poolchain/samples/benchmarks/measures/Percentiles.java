// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.measures;

import java.util.List;
import java.util.stream.DoubleStream;
import org.HdrHistogram.AbstractHistogram;

/** What is said of a distribution of nanoseconds. */
final class Percentiles {
    private static final double NANOS_PER_MICRO = 1e3;

    private Percentiles() {}

    static List<Figure> of(String table, String what, AbstractHistogram nanos) {
        return DoubleStream.of(50, 99)
                .mapToObj(percentile -> new Figure(
                        table,
                        String.format("%s, p%.0f", what, percentile),
                        nanos.getValueAtPercentile(percentile) / NANOS_PER_MICRO))
                .toList();
    }
}
