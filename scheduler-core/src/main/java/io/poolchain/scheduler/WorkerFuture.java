// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What {@code submit} returns: a {@link FutureTask} that a worker of the same scheduler runs itself when it waits for it
 * and nobody has started it. So tasks that wait for tasks they have submitted need no further thread. Only the awaited
 * task is run, never an unrelated one.
 *
 * <p>A task that runs another in this way is <em>helping</em>. An interrupt by its own {@code cancel(true)} is not for the
 * task that it runs meanwhile, so it is kept back until that one has ended.
 */
class WorkerFuture<V> extends FutureTask<V> {
    private final WorkerThreads threads;

    /** Whether the thread that runs this task is running another one in it. Guarded by this. */
    private boolean helping;

    /** Whether a cancellation came meanwhile that wants the thread interrupted. Guarded by this. */
    private boolean interruptOwed;

    WorkerFuture(WorkerThreads threads, Callable<V> callable) {
        super(callable);
        this.threads = threads;
    }

    WorkerFuture(WorkerThreads threads, Runnable runnable, V result) {
        super(runnable, result);
        this.threads = threads;
    }

    @Override
    public void run() {
        Worker worker = Worker.current(threads);
        if (worker == null) {
            super.run();
        } else {
            worker.run(this);
        }
    }

    /** Runs the task in the calling thread, unless it has been started or cancelled. */
    final void runHere() {
        super.run();
    }

    /**
     * As {@link FutureTask#get()}.
     *
     * @throws IllegalStateException if the calling task is this one, or is run by a task that this one waits for
     */
    @Override
    public V get() throws InterruptedException, ExecutionException {
        Worker worker = Worker.current(threads);
        if (worker != null) {
            worker.help(this);
        }
        return super.get();
    }

    /**
     * As {@link FutureTask#get(long, TimeUnit)}; but a worker that runs the task itself does so to its end.
     *
     * @throws IllegalStateException as {@link #get()}
     */
    @Override
    public V get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        Worker worker = Worker.current(threads);
        if (worker != null) {
            worker.help(this);
        }
        return super.get(timeout, unit);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        synchronized (this) {
            if (!helping) {
                return super.cancel(mayInterruptIfRunning);
            }
            boolean cancelled = super.cancel(false);
            interruptOwed |= cancelled && mayInterruptIfRunning;
            return cancelled;
        }
    }

    final synchronized void beginHelping() {
        helping = true;
    }

    /** Returns whether the thread is to be interrupted now. */
    final synchronized boolean endHelping() {
        boolean owed = interruptOwed;
        helping = false;
        interruptOwed = false;
        return owed;
    }
}
