// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.report;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.style.CategoryStyler;
import org.knowm.xchart.style.Styler.LegendPosition;

/** A picture of each table: a dot for each executor above each row, on a logarithmic scale. */
public final class Plots {
    private static final int HEIGHT = 700;
    private static final int WIDTH_OF_MARGINS = 300;
    private static final int WIDTH_OF_ROW = 60;

    private Plots() {}

    /** Writes them into the folder, as files that begin with this prefix. */
    public static void write(Results results, Path folder, String prefix) throws IOException {
        for (Table table : results.tables()) {
            Path file = folder.resolve(fileName(prefix, table));
            ChartEncoder.saveChart(chart(table), file.toString(), "png");
        }
    }

    static String fileName(String prefix, Table table) {
        return prefix + '-' + table.title().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + ".png";
    }

    private static CategoryChart chart(Table table) {
        CategoryChart chart = new CategoryChartBuilder()
                .title(table.title())
                .width(WIDTH_OF_MARGINS + WIDTH_OF_ROW * table.rows().size())
                .height(HEIGHT)
                .build();
        CategoryStyler styler = chart.getStyler();
        styler.setDefaultSeriesRenderStyle(CategorySeriesRenderStyle.Scatter);
        styler.setLegendPosition(LegendPosition.OutsideE);
        styler.setYAxisLogarithmic(true);
        styler.setOverlapped(true); // the dots of a row above each other
        styler.setXAxisLabelRotation(90);
        styler.setXAxisMaxLabelCount(Math.max(2, table.rows().size())); // all; it refuses 1
        styler.setChartBackgroundColor(Color.WHITE);
        for (String executor : table.executors()) {
            List<@Nullable Double> means =
                    table.rows().stream().map(row -> mean(table, row, executor)).toList();
            if (means.stream().anyMatch(mean -> mean != null)) {
                chart.addSeries(executor, table.rows(), means);
            }
        }
        return chart;
    }

    /** Null where there is nothing to draw. */
    private static @Nullable Double mean(Table table, String row, String executor) {
        return table.cell(row, executor)
                .map(Cell::mean)
                .filter(mean -> mean > 0)
                .orElse(null);
    }
}
