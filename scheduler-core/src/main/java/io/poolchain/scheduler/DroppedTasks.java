// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;

/** Counts the tasks that do not run, by reason. */
final class DroppedTasks {
    private final Map<DropReason, LongAdder> counts = new EnumMap<>(DropReason.class);

    /** Those discarded when they came: their submitters were told nothing, so they count as accepted. */
    private final LongAdder discardedOnArrival = new LongAdder();

    private final SchedulerEvents events;

    DroppedTasks(SchedulerEvents events) {
        this.events = events;
        for (DropReason reason : DropReason.values()) {
            counts.put(reason, new LongAdder());
        }
    }

    void count(DropReason reason, long tasks) {
        Objects.requireNonNull(counts.get(reason)).add(tasks);
        if (tasks > 0) {
            events.taskDropped(reason, tasks);
        }
    }

    /** Counts a new task that a policy throws away. */
    void discardOnArrival(Runnable task) {
        discardedOnArrival.increment();
        discard(task, DropReason.DISCARDED);
    }

    /** Counts a task that a policy throws away, and tells those that wait for its future. */
    void discard(Runnable task, DropReason reason) {
        count(reason, 1);
        if (task instanceof WorkerFuture<?> future) {
            future.cancelUnlessStarted();
        } else if (task instanceof Future<?> future) {
            future.cancel(false);
        }
    }

    long discardedOnArrival() {
        return discardedOnArrival.sum();
    }

    Map<DropReason, Long> snapshot() {
        Map<DropReason, Long> snapshot = new EnumMap<>(DropReason.class);
        counts.forEach((reason, count) -> snapshot.put(reason, count.sum()));
        return Map.copyOf(snapshot);
    }
}
