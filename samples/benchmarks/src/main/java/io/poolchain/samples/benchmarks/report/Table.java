// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.report;

import io.poolchain.samples.benchmarks.peers.Peers;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The samples of one kind: a row for each workload, a column for each executor, and how ours compares. */
public final class Table {
    private static final double LEVEL = 1.005;

    private final String title;
    private final String ours;
    private final List<String> rows;
    private final List<String> executors;
    private final Map<List<String>, Cell> cells;

    Table(String title, String ours, List<Sample> samples) {
        this.title = title;
        this.ours = ours;
        rows = samples.stream().map(Sample::row).distinct().toList();
        executors = samples.stream()
                .map(Sample::executor)
                .distinct()
                .sorted(Comparator.comparingInt(this::place))
                .toList();
        cells = samples.stream()
                .collect(Collectors.groupingBy(
                        sample -> List.of(sample.row(), sample.executor()),
                        LinkedHashMap::new,
                        Collectors.collectingAndThen(
                                Collectors.toList(),
                                same -> Cell.of(
                                        same.stream().mapToDouble(Sample::value).toArray()))));
    }

    /** Ours first, the floor last, what has a name of its own before it. */
    private int place(String executor) {
        int place = Peers.names().indexOf(executor);
        if (executor.equals(ours)) {
            return -1;
        }
        return executor.equals(Peers.FLOOR) ? Integer.MAX_VALUE : place < 0 ? Integer.MAX_VALUE - 1 : place;
    }

    String title() {
        return title;
    }

    List<String> rows() {
        return rows;
    }

    List<String> executors() {
        return executors;
    }

    Optional<Cell> cell(String row, String executor) {
        return Optional.ofNullable(cells.get(List.of(row, executor)));
    }

    /** {@return the best of the others that are rivals} */
    Optional<String> bestPeer(String row) {
        return executors.stream()
                .filter(executor -> !executor.equals(ours) && Peers.isRival(executor))
                .filter(executor -> cell(row, executor).isPresent())
                .min(Comparator.comparingDouble(executor -> mean(row, executor)));
    }

    /** {@return ours divided by the best of the others} */
    OptionalDouble toBestPeer(String row) {
        return bestPeer(row).map(peer -> ratio(row, ours, peer)).orElse(OptionalDouble.empty());
    }

    OptionalDouble toFloor(String row, String executor) {
        return ratio(row, executor, Peers.FLOOR);
    }

    private OptionalDouble ratio(String row, String one, String other) {
        if (cell(row, one).isEmpty() || cell(row, other).isEmpty()) {
            return OptionalDouble.empty();
        }
        double divisor = mean(row, other);
        double ratio = mean(row, one) / divisor;
        return divisor > 0 && ratio > 0 ? OptionalDouble.of(ratio) : OptionalDouble.empty();
    }

    /** {@return the rows in which another is better than ours by more than a ratio shows that is rounded to 1.00} */
    List<String> lost() {
        return rows.stream()
                .filter(row -> cell(row, ours).isPresent())
                .filter(row -> bestPeer(row)
                        .filter(peer -> mean(row, ours) > LEVEL * mean(row, peer))
                        .isPresent())
                .toList();
    }

    /** {@return the geometric mean of ours to the best of the others, over all rows} */
    OptionalDouble meanToBestPeer() {
        return geometricMean(rows.stream().map(this::toBestPeer));
    }

    /** {@return the geometric mean of the ratios to the floor, over the rows that all executors have} */
    OptionalDouble meanToFloor(String executor) {
        return geometricMean(rows.stream()
                .filter(row ->
                        executors.stream().allMatch(other -> toFloor(row, other).isPresent()))
                .map(row -> toFloor(row, executor)));
    }

    private static OptionalDouble geometricMean(Stream<OptionalDouble> ratios) {
        OptionalDouble mean =
                ratios.flatMapToDouble(OptionalDouble::stream).map(Math::log).average();
        return mean.isPresent() ? OptionalDouble.of(Math.exp(mean.getAsDouble())) : mean;
    }

    private double mean(String row, String executor) {
        return cell(row, executor).orElseThrow().mean();
    }
}
