// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The times of the tasks that one worker has run and that are measured, by path. Written by that worker's thread; the
 * counts are made when there is the first to be counted.
 */
final class TaskTimes {
    private static final int PATHS = TaskPath.values().length;

    final int worker;
    final TaskSampling sampling;
    private final AtomicReferenceArray<@Nullable TimeCounts> waits = new AtomicReferenceArray<>(PATHS);
    private final AtomicReferenceArray<@Nullable TimeCounts> runs = new AtomicReferenceArray<>(PATHS);

    TaskTimes(int worker, TaskSampling sampling) {
        this.worker = worker;
        this.sampling = sampling;
    }

    void recordWait(TaskPath path, long nanos) {
        record(waits, path, nanos);
    }

    void recordRun(TaskPath path, long nanos) {
        record(runs, path, nanos);
    }

    private static void record(AtomicReferenceArray<@Nullable TimeCounts> times, TaskPath path, long nanos) {
        TimeCounts counts = times.getPlain(place(path));
        if (counts == null) {
            counts = new TimeCounts();
            times.setRelease(place(path), counts);
        }
        counts.record(nanos);
    }

    @Nullable
    TimeCounts waits(TaskPath path) {
        return waits.getAcquire(place(path));
    }

    @Nullable
    TimeCounts runs(TaskPath path) {
        return runs.getAcquire(place(path));
    }

    @SuppressWarnings("EnumOrdinal") // nothing outlives the program
    private static int place(TaskPath path) {
        return path.ordinal();
    }
}
