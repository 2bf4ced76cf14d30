// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tables, to be read. */
public final class Markdown {
    private static final String NOTHING = "–";

    private final List<String> lines = new ArrayList<>();

    private Markdown() {}

    /** {@return the page, whose plots are files that begin with this prefix} */
    public static String page(Results results, String plots) {
        Markdown page = new Markdown();
        page.lines.add("# Results of the comparison");
        page.paragraph(
                "Written by `Compare`; see the [method](../benchmarks.md). Less is better. The mean over the JVMs"
                        + " and half of its 95 % confidence interval.");
        results.environment().forEach(line -> page.lines.add("- " + line));
        page.lost(results);
        results.tables().forEach(table -> page.table(table, results.ours(), plots));
        if (!results.failures().isEmpty()) {
            page.paragraph("## Not measured");
            results.failures().forEach(line -> page.lines.add("- " + line));
        }
        return String.join("\n", page.lines) + '\n';
    }

    private void lost(Results results) {
        paragraph("## Where " + results.ours() + " loses");
        paragraph("Clearly if the intervals don't touch.");
        row(Stream.of("", "", results.ours(), "best", "", "ratio", ""));
        rule(7);
        for (Table table : results.tables()) {
            for (String row : table.lost()) {
                String peer = table.bestPeer(row).orElseThrow();
                Cell our = table.cell(row, results.ours()).orElseThrow();
                Cell best = table.cell(row, peer).orElseThrow();
                row(Stream.of(
                        table.title(),
                        row,
                        our.toString(),
                        peer,
                        best.toString(),
                        ratio(table.toBestPeer(row)),
                        our.isClearlyMoreThan(best) ? "clearly" : "maybe"));
            }
        }
    }

    private void table(Table table, String ours, String plots) {
        paragraph("## " + table.title());
        paragraph("![" + table.title() + "](" + Plots.fileName(plots, table) + ")");
        row(Stream.of(
                        Stream.of(""),
                        table.executors().stream(),
                        Stream.of("best of the others", ours + " / best", ours + " / floor"))
                .flatMap(part -> part));
        rule(table.executors().size() + 4);
        for (String row : table.rows()) {
            row(Stream.of(
                            Stream.of(row),
                            table.executors().stream()
                                    .map(executor -> table.cell(row, executor)
                                            .map(Cell::toString)
                                            .orElse(NOTHING)),
                            Stream.of(
                                    table.bestPeer(row).orElse(NOTHING),
                                    ratio(table.toBestPeer(row)),
                                    ratio(table.toFloor(row, ours))))
                    .flatMap(part -> part));
        }
        row(Stream.of(
                        Stream.of("geometric mean; of the executors, to the floor"),
                        table.executors().stream().map(executor -> ratio(table.meanToFloor(executor))),
                        Stream.of("", ratio(table.meanToBestPeer()), ratio(table.meanToFloor(ours))))
                .flatMap(part -> part));
    }

    private static String ratio(OptionalDouble ratio) {
        return ratio.isPresent() ? Cell.number(ratio.getAsDouble()) : NOTHING;
    }

    /** Between empty lines, of which there is never more than one at a time. */
    private void paragraph(String text) {
        if (!lines.get(lines.size() - 1).isEmpty()) {
            lines.add("");
        }
        lines.add(text);
        lines.add("");
    }

    private void row(Stream<String> cells) {
        lines.add(cells.collect(Collectors.joining(" | ", "| ", " |")));
    }

    private void rule(int columns) {
        lines.add("|---".repeat(columns) + '|');
    }
}
