// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Which tasks of a scheduler are measured, and who is told. Thread-safe. */
final class TaskSampling {
    /** The period at which no task is measured. */
    static final int NONE = 0;

    /** The period that {@link AdaptivePeriod} sets. */
    static final int ADAPTIVE = -1;

    final SchedulerEvents events;
    private final int period;
    private final @Nullable AdaptivePeriod adaptive;
    private final SchedulerLog log;
    private final List<TaskTimeListener> listeners = new CopyOnWriteArrayList<>();

    /** Of so many tasks one is measured, on average; or NONE, or ADAPTIVE. */
    TaskSampling(int period, SchedulerEvents events, SchedulerLog log) {
        this.events = events;
        this.period = period;
        this.adaptive = period == ADAPTIVE ? new AdaptivePeriod(System.nanoTime()) : null;
        this.log = log;
    }

    /** For tests of parts that work with it or without. */
    static TaskSampling none() {
        return new TaskSampling(NONE, NoEvents.INSTANCE, new SchedulerLog("none", null));
    }

    Sampler sampler(int origin) {
        return new Sampler(this, origin, period, adaptive);
    }

    /** Somebody has nothing to do: there may be fewer tasks than before. */
    void relax() {
        if (adaptive != null) {
            adaptive.relax(System.nanoTime());
        }
    }

    void add(TaskTimeListener listener) {
        listeners.add(listener);
    }

    void remove(TaskTimeListener listener) {
        listeners.remove(listener);
    }

    // ---- by the worker that runs the task; must not throw, lest the task is lost

    void waited(TaskTimes times, TaskPath path, long nanos) {
        try {
            times.recordWait(path, nanos);
        } catch (Throwable failure) {
            failed(failure);
        }
        for (TaskTimeListener listener : listeners) {
            try {
                listener.waited(path, nanos);
            } catch (Throwable failure) {
                failed(failure);
            }
        }
        Worker.clearInterruptOfListener();
    }

    void ran(TaskTimes times, TaskPath path, long nanos) {
        try {
            times.recordRun(path, nanos);
        } catch (Throwable failure) {
            failed(failure);
        }
        for (TaskTimeListener listener : listeners) {
            try {
                listener.ran(path, nanos);
            } catch (Throwable failure) {
                failed(failure);
            }
        }
    }

    private void failed(Throwable failure) {
        log.error("The time of a task of scheduler {} could not be recorded", failure);
    }

    // ---- figures

    /** The sum over all workers, for each path. */
    static Map<TaskPath, TimeHistogram> sum(
            Iterable<TaskTimes> workers, BiFunction<TaskTimes, TaskPath, @Nullable TimeCounts> figure) {
        Map<TaskPath, TimeHistogram> sums = new EnumMap<>(TaskPath.class);
        for (TaskPath path : TaskPath.values()) {
            long[] counts = new long[TimeHistogram.BUCKETS];
            long totalNanos = 0;
            for (TaskTimes worker : workers) {
                TimeCounts times = figure.apply(worker, path);
                if (times != null) {
                    for (int bucket = 0; bucket < counts.length; bucket++) {
                        counts[bucket] += times.count(bucket);
                    }
                    totalNanos += times.totalNanos();
                }
            }
            List<Long> boxed = Arrays.stream(counts).boxed().toList();
            sums.put(path, new TimeHistogram(boxed, Duration.ofNanos(totalNanos)));
        }
        return Collections.unmodifiableMap(sums);
    }
}
