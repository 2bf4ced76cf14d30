// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.measures;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.HdrHistogram.AbstractHistogram;

/** What is said of a distribution of nanoseconds. */
final class Percentiles {
    private static final double NANOS_PER_MICRO = 1e3;

    private static final DecimalFormat NAME = new DecimalFormat("0.#", DecimalFormatSymbols.getInstance(Locale.ROOT));

    private Percentiles() {}

    static List<Figure> of(String table, String what, AbstractHistogram nanos, double... percentiles) {
        return DoubleStream.of(percentiles)
                .mapToObj(percentile -> new Figure(
                        table,
                        what + ", p" + NAME.format(percentile),
                        nanos.getValueAtPercentile(percentile) / NANOS_PER_MICRO))
                .toList();
    }
}
