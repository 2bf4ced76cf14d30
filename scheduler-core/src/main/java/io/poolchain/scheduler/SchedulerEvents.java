// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import io.poolchain.scheduler.queue.RingListener;
import org.jspecify.annotations.Nullable;

/**
 * What a scheduler tells the flight recorder; or nobody, where there is none. Each method does nothing, and costs as much,
 * unless a recording has asked for its event.
 */
interface SchedulerEvents extends RingListener {
    /** What has begun and is still to be ended. */
    interface Span {}

    void stolen(int thief, int victim);

    /** A worker falls asleep. Null if nobody wants to know. */
    @Nullable
    Span parking();

    void unparked(@Nullable Span parking, int worker);

    /** A task that is measured is submitted. Null if nobody wants to know. */
    @Nullable
    Span waiting();

    void waited(@Nullable Span waiting, int worker, TaskPath path, Class<?> task);

    /** A task that is measured begins to run. Null if nobody wants to know. */
    @Nullable
    Span running();

    void ran(@Nullable Span running, int worker, TaskPath path, Class<?> task);

    void taskDropped(DropReason reason, long tasks);

    void longTask(@Nullable Thread thread, int worker, long nanos);

    void saturated(int workers, long queued, long completed);

    /** The flight recorder's, if the module {@code jdk.jfr} is there, and this class may see it. */
    static SchedulerEvents of(String scheduler) {
        if (ModuleLayer.boot().findModule("jdk.jfr").isEmpty()) {
            return NoEvents.INSTANCE;
        }
        try {
            JfrEvents.loadAll();
            return new JfrEvents(scheduler);
        } catch (LinkageError hidden) {
            return NoEvents.INSTANCE;
        }
    }
}
