// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import org.jspecify.annotations.Nullable;

/** Where there is no flight recorder. */
enum NoEvents implements SchedulerEvents {
    INSTANCE;

    @Override
    public void stolen(int thief, int victim) {}

    @Override
    public @Nullable Span parking() {
        return null;
    }

    @Override
    public void unparked(@Nullable Span parking, int worker) {}

    @Override
    public @Nullable Span waiting() {
        return null;
    }

    @Override
    public void waited(@Nullable Span waiting, int worker, TaskPath path, Class<?> task) {}

    @Override
    public @Nullable Span running() {
        return null;
    }

    @Override
    public void ran(@Nullable Span running, int worker, TaskPath path, Class<?> task) {}

    @Override
    public void grown(int capacity) {}

    @Override
    public void dropped(int capacity) {}

    @Override
    public void taskDropped(DropReason reason, long tasks) {}

    @Override
    public void longTask(@Nullable Thread thread, int worker, long nanos) {}

    @Override
    public void saturated(int workers, long queued, long completed) {}
}
