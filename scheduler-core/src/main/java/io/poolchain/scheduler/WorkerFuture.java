// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What {@code submit} returns: a {@link FutureTask} that a worker of the same scheduler runs itself when it waits for it
 * and nobody has started it. So tasks that wait for tasks they have submitted need no further thread. Only the awaited
 * task is run, never an unrelated one.
 *
 * <p>A task that runs another in this way is <em>helping</em>. An interrupt by its own {@code cancel(true)} is not for the
 * task that it runs meanwhile, so it is kept back until that one has ended.
 *
 * <p>It runs the task in its own way, the result and those who wait for it are FutureTask's: fewer frames lie on the stack
 * for each level of a recursion.
 */
class WorkerFuture<V> extends FutureTask<V> {
    private static final Callable<?> RUN_HERE = () -> {
        throw new AssertionError("the task is run by WorkerFuture");
    };

    private final WorkerThreads threads;

    /** Null once the future is done, lest it keeps alive what it has no use for. */
    private @Nullable Callable<V> task;

    /** What the scheduler's decorator has made of {@link #runTask()}; null if there is none. */
    private final @Nullable Runnable decorated;

    /**
     * The thread that runs the task. Set by compare-and-set; cleared by that thread, under the lock if the future is
     * cancelled, so that no interrupt comes after the end.
     */
    private volatile @Nullable Thread runner;

    private static final VarHandle RUNNER = ConstantBootstraps.fieldVarHandle(
            MethodHandles.lookup(), "runner", VarHandle.class, WorkerFuture.class, Thread.class);

    /** Whether the thread that runs this task is running another one in it. Guarded by this. */
    private boolean helping;

    /** Whether a cancellation came meanwhile that wants the thread interrupted. Guarded by this. */
    private boolean interruptOwed;

    @SuppressWarnings("unchecked") // never called
    WorkerFuture(WorkerThreads threads, Callable<V> task) {
        super((Callable<V>) RUN_HERE);
        this.threads = threads;
        this.task = task;
        this.decorated = threads.options.taskDecorator() == null ? null : threads.decorate(this::runTask);
    }

    WorkerFuture(WorkerThreads threads, Runnable task, V result) {
        this(threads, Executors.callable(task, result));
    }

    final boolean isOf(WorkerThreads others) {
        return threads == others;
    }

    @Override
    public void run() {
        Worker worker = Worker.current(threads);
        if (worker == null) {
            runAsDecorated();
        } else {
            worker.begin(this);
            try {
                runAsDecorated();
            } finally {
                worker.end(this);
            }
        }
    }

    private void runAsDecorated() {
        if (decorated == null) {
            runTask();
        } else {
            runDecorated(decorated);
        }
    }

    private void runDecorated(Runnable body) {
        try {
            body.run();
        } catch (Throwable failure) {
            setException(failure); // of the decorator's own: nobody must wait for ever
        }
    }

    /** Runs the task in the calling thread, unless it has been started or cancelled. */
    private void runTask() {
        Callable<V> started = start();
        if (started != null) {
            try {
                set(started.call());
            } catch (Throwable failure) {
                setException(failure);
            } finally {
                finish();
            }
        }
    }

    /** The task, if it is now the calling thread's to run. */
    private @Nullable Callable<V> start() {
        if (isDone() || !RUNNER.compareAndSet(this, null, Thread.currentThread())) {
            return null;
        }
        Callable<V> started = isDone() ? null : task; // once more: a cancellation before this had nobody to interrupt
        if (started == null) {
            finish();
        }
        return started;
    }

    /** The calling thread ran out of stack when it ran this task or ended it: nobody must wait for ever. */
    final void failIfUnfinished() {
        if (runner == Thread.currentThread()) {
            setException(new StackOverflowError("there was no stack left to end the task"));
            finish();
        }
    }

    private void finish() {
        if (isCancelled()) {
            synchronized (this) {
                runner = null;
            }
        } else {
            runner = null; // no cancellation can come any more
        }
    }

    @Override
    protected void done() {
        task = null;
    }

    /** Has a worker that is about to wait for this task run it, unless it has been started or cancelled. */
    final void runBy(Worker worker) throws InterruptedException {
        if (worker.mayHelp(this)) {
            try {
                worker.beginHelping(this);
                runAsDecorated();
            } finally {
                worker.endHelping(this);
            }
        }
    }

    /**
     * As {@link FutureTask#get()}. Does what {@link #runBy} does with fewer frames on the stack.
     *
     * @throws IllegalStateException if the calling task is this one, or is run by a task that this one waits for
     */
    @Override
    public V get() throws InterruptedException, ExecutionException {
        Worker worker = Worker.current(threads);
        if (worker == null || !worker.mayHelp(this)) {
            return super.get();
        }
        try {
            worker.beginHelping(this);
            Callable<V> started = decorated == null ? start() : null;
            if (started != null) {
                try {
                    set(started.call());
                } catch (Throwable failure) {
                    setException(failure);
                } finally {
                    finish();
                }
            } else if (decorated != null) {
                runDecorated(decorated);
            }
        } finally {
            worker.endHelping(this);
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
            runBy(worker);
        }
        return super.get(timeout, unit);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        synchronized (this) {
            boolean cancelled = super.cancel(false);
            Thread running = runner;
            if (cancelled && mayInterruptIfRunning && running != null) {
                if (helping) {
                    interruptOwed = true;
                } else {
                    running.interrupt();
                }
            }
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

    /** {@return the form of {@link FutureTask#toString()}} */
    @Override
    public String toString() {
        Callable<V> waiting = task;
        return waiting == null ? super.toString() : super.toString().replace(RUN_HERE.toString(), waiting.toString());
    }
}
