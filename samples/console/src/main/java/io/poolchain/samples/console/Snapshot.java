// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.console;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.poolchain.scheduler.SchedulerStats;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the page is told, as JSON: a scheduler's figures at one moment. The page makes rates out of two of them.
 *
 * @param seconds when, on a clock that never goes back
 * @param stats what the scheduler counts
 * @param waitTime how long tasks waited; null as long as the scheduler does not measure it
 * @param stealMatrix the steals by thief (row) and victim (column); null as long as the scheduler does not tell them apart
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Snapshot(
        double seconds,
        SchedulerStats stats,
        @Nullable WaitTime waitTime,
        @Nullable List<List<Long>> stealMatrix) {

    /** Percentiles of the time between submission and start, in seconds. */
    record WaitTime(double p50, double p90, double p99) {}

    static Snapshot of(SchedulerStats stats) {
        return new Snapshot(System.nanoTime() / 1e9, stats, null, null);
    }
}
