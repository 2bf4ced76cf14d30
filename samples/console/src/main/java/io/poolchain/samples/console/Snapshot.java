// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.console;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.poolchain.scheduler.SchedulerStats;
import io.poolchain.scheduler.StealMatrix;
import io.poolchain.scheduler.TimeHistogram;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * What the page is told, as JSON: a scheduler's figures at one moment. The page makes rates and percentiles out of two of
 * them.
 *
 * @param source another one for each scheduler and process, so that the page notices when the figures are no longer of the same
 * @param seconds when, on a clock that never goes back
 * @param stats what the scheduler counts
 * @param waits how long the tasks that were measured waited, on whatever path
 * @param stealMatrix the steals by thief (row) and victim (column), of the first workers only; null before the first steal
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Snapshot(
        String source,
        double seconds,

        @JsonIgnoreProperties({"waitTimes", "runTimes", "stealMatrix"})
        SchedulerStats stats,

        Waits waits,
        @Nullable List<List<Long>> stealMatrix) {

    /** As many as a page can show. */
    private static final int MOST = 32;

    /**
     * A histogram.
     *
     * @param bounds the largest time of each bucket but the last, in seconds
     * @param counts how many tasks are in each bucket
     */
    record Waits(List<Double> bounds, List<Long> counts) {
        private static final List<Double> BOUNDS = TimeHistogram.bounds().stream()
                .map(Duration::toNanos)
                .map(nanos -> nanos / 1e9)
                .toList();

        static Waits of(SchedulerStats stats) {
            List<Long> counts = IntStream.rangeClosed(0, BOUNDS.size())
                    .mapToObj(bucket -> stats.waitTimes().values().stream()
                            .mapToLong(times -> times.counts().get(bucket))
                            .sum())
                    .toList();
            return new Waits(BOUNDS, counts);
        }
    }

    static Snapshot of(String source, SchedulerStats stats) {
        List<List<Long>> matrix = stats.steals() == 0 ? null : rows(stats.stealMatrix());
        return new Snapshot(source, System.nanoTime() / 1e9, stats, Waits.of(stats), matrix);
    }

    private static List<List<Long>> rows(StealMatrix matrix) {
        int shown = Math.min(MOST, matrix.workers());
        return IntStream.range(0, shown)
                .mapToObj(thief -> LongStream.range(0, shown)
                        .map(victim -> matrix.steals(thief, (int) victim))
                        .boxed()
                        .toList())
                .toList();
    }
}
