// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.util.Arrays;
import java.util.StringJoiner;

/** What a test says of a pool that does not come to rest. */
final class Watchdog {
    private Watchdog() {}

    /**
     * The state of each worker, the sizes of the queues, and the stack of each other thread that is in the scheduler or in
     * a test of it. Anything else than a scheduler is named only.
     */
    static String describe(Object pool) {
        if (!(pool instanceof WorkStealingScheduler scheduler)) {
            return String.valueOf(pool);
        }
        SchedulerStats stats = scheduler.stats();
        StringJoiner lines = new StringJoiner("\n");
        lines.add(scheduler.toString());
        lines.add("searching = " + scheduler.searching() + ", parallelism = " + stats.parallelism() + ", pool size = "
                + stats.poolSize());
        lines.add("queued outside = " + stats.submissionQueueDepth() + ", queued in chains = "
                + (stats.queued() - stats.submissionQueueDepth()));
        lines.add("submitted = " + stats.submitted() + ", started = " + stats.started() + ", completed = "
                + stats.completed() + ", dropped = " + stats.dropped());
        stats.workers().forEach(worker -> lines.add("  " + worker));
        Thread.getAllStackTraces().forEach((thread, stack) -> {
            if (thread != Thread.currentThread() && Arrays.stream(stack).anyMatch(Watchdog::isOurs)) {
                lines.add("\"" + thread.getName() + "\" " + thread.getState());
                Arrays.stream(stack).forEach(frame -> lines.add("    at " + frame));
            }
        });
        return lines.toString();
    }

    private static boolean isOurs(StackTraceElement frame) {
        return frame.getClassName().startsWith("io.poolchain.scheduler.");
    }
}
