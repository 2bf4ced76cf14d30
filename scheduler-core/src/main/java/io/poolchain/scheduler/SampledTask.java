// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * A task that is measured, in the queue in place of the task itself. Whoever takes it out of a queue for anything else than
 * to run it, or looks what it is, {@link #unwrap unwraps} it: users never see one.
 */
final class SampledTask implements Runnable {
    private final Runnable task;

    /** The index of the worker that submitted it, or {@link Sampler#OUTSIDE}. */
    private final int origin;

    private final TaskSampling sampling;
    private final SchedulerEvents.@Nullable Span waiting;
    private final long submitted = System.nanoTime();

    SampledTask(Runnable task, int origin, TaskSampling sampling) {
        this.task = task;
        this.origin = origin;
        this.sampling = sampling;
        this.waiting = sampling.events.waiting();
    }

    static Runnable unwrap(Runnable task) {
        return task instanceof SampledTask sampled ? sampled.task : task;
    }

    @Override
    public void run() {
        TaskTimes times = Worker.currentTimes(sampling);
        if (times == null || isEmptyShell()) {
            task.run();
            return;
        }
        TaskPath path = pathTo(times.worker);
        long started = System.nanoTime();
        Class<?> type = typeOf(task); // a future forgets what it has run
        sampling.waited(times, path, started - submitted);
        sampling.events.waited(waiting, times.worker, path, type);
        SchedulerEvents.Span running = sampling.events.running();
        long began = System.nanoTime(); // those who were told of the wait have had their time
        try {
            task.run();
        } finally {
            sampling.ran(times, path, System.nanoTime() - began);
            sampling.events.ran(running, times.worker, path, type);
        }
    }

    private static Class<?> typeOf(Runnable task) {
        return task instanceof WorkerFuture<?> future ? future.typeOfTask() : task.getClass();
    }

    /** A future that is cancelled, or that a task has run which waited for it: it has not waited until now. */
    private boolean isEmptyShell() {
        return task instanceof WorkerFuture<?> future && (future.isDone() || future.isStarted());
    }

    private TaskPath pathTo(int worker) {
        if (origin == Sampler.OUTSIDE) {
            return TaskPath.SUBMITTED;
        }
        return origin == worker ? TaskPath.LOCAL : TaskPath.STOLEN;
    }

    @Override
    public String toString() {
        return task.toString();
    }
}
