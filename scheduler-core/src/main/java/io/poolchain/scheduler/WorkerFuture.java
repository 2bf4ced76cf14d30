// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What {@code submit} returns: a future that behaves as a {@link java.util.concurrent.FutureTask}, and that a worker of the
 * same scheduler runs itself when it waits for it and nobody has started it. So tasks that wait for tasks they have
 * submitted need no further thread. Only the awaited task is run, never an unrelated one.
 *
 * <p>A task that runs another in this way is <em>helping</em>. An interrupt by its own {@code cancel(true)} is not for the
 * task that it runs meanwhile, so it is kept back until that one has ended.
 *
 * <p>FutureTask would need more of the stack for each level of a recursion. And where that ends, an overflow within
 * FutureTask can leave it between two states for ever; here one compare-and-set makes a future done, and {@link #settle}
 * does it for a call that had no stack left to.
 */
class WorkerFuture<V> implements RunnableFuture<V> {
    private static final Object NULL = new Object();
    private static final Object CANCELLED = new Object();
    private static final Object NOT_RUN = new Object();
    private static final Object NOBODY = new Object();
    private static final Object RETURNED = new Object();

    /** What the task threw. */
    private record Failure(Throwable thrown) {}

    private final WorkerThreads threads;

    /** What the scheduler's decorator has made of {@link #callDecorated()}; null if there is none, or the future is done. */
    private @Nullable Runnable decorated;

    /** What {@link #callDecorated()} has come to, until the decorator's part is over. Owned by the runner. */
    private @Nullable Object decoratedResult;

    /** Null once the future is done, lest it keeps alive what it has no use for. */
    private @Nullable Callable<V> task;

    /**
     * The thread that runs the task; or NOBODY, if nobody is to; or RETURNED, which leads to a thread if somebody runs the
     * task all the same. Set by compare-and-set; cleared by that thread once there is an outcome, under the lock if that is a
     * cancellation, so that no interrupt comes after the end.
     */
    private volatile @Nullable Object runner;

    /** The result, or NULL, CANCELLED or a Failure. Set once, by compare-and-set. */
    private volatile @Nullable Object outcome;

    /** What those wait at who found no outcome. Set once, by the first of them, who then looks at the outcome again. */
    private volatile @Nullable CountDownLatch waiters;

    /** Whether the thread that runs this task is running another one in it. Guarded by this. */
    private boolean helping;

    /** Whether a cancellation came meanwhile that wants the thread interrupted. Guarded by this. */
    private boolean interruptOwed;

    private static final VarHandle RUNNER = field("runner", Object.class);
    private static final VarHandle OUTCOME = field("outcome", Object.class);
    private static final VarHandle WAITERS = field("waiters", CountDownLatch.class);

    private static VarHandle field(String name, Class<?> type) {
        return ConstantBootstraps.fieldVarHandle(
                MethodHandles.lookup(), name, VarHandle.class, WorkerFuture.class, type);
    }

    WorkerFuture(WorkerThreads threads, Callable<V> task) {
        this.threads = threads;
        this.task = task;
        this.decorated = threads.options.taskDecorator() == null ? null : threads.decorate(this::callDecorated);
    }

    WorkerFuture(WorkerThreads threads, Runnable task, V result) {
        this(threads, new ResultTask<>(task, result));
    }

    /** A runnable with the result that its submitter chose. */
    private record ResultTask<V>(Runnable task, V result) implements Callable<V> {
        ResultTask {
            Objects.requireNonNull(task, "task");
        }

        @Override
        public V call() {
            task.run();
            return result;
        }

        @Override
        public String toString() {
            return task.toString();
        }
    }

    /** The class of what was submitted; or of this, once it has been run. */
    final Class<?> typeOfTask() {
        Callable<V> called = task;
        if (called instanceof ResultTask<V> adapted) {
            return adapted.task.getClass();
        }
        return called == null ? getClass() : called.getClass();
    }

    final boolean isOf(WorkerThreads others) {
        return threads == others;
    }

    // ---- run

    @Override
    public void run() {
        if (runner == Thread.currentThread()) {
            return; // it runs further out, as with FutureTask
        }
        Worker worker = Worker.current(threads);
        if (worker == null) {
            runTask(decorated, start());
        } else {
            worker.beginFuture(this);
            try {
                runTask(decorated, start());
            } finally {
                worker.endFuture(this);
            }
        }
    }

    /** Runs the task in the calling thread, if it is this thread's to run; its decorated form is to be read before. */
    private void runTask(@Nullable Runnable body, @Nullable Callable<V> started) {
        if (started != null) {
            Object result;
            try {
                result = body == null ? started.call() : runDecorated(body);
            } catch (Throwable failure) {
                result = new Failure(failure);
            }
            finish(result);
        }
    }

    /** The outcome of the task, whatever the decorator does after it; nobody must wait for ever if it does not run it. */
    private @Nullable Object runDecorated(Runnable body) {
        decoratedResult = NOT_RUN;
        try {
            body.run();
        } catch (Throwable failure) {
            if (decoratedResult == NOT_RUN) {
                return new Failure(failure);
            }
            threads.log.taskFailed(failure);
        }
        Object result = decoratedResult;
        decoratedResult = null;
        return result != NOT_RUN
                ? result
                : new Failure(new IllegalStateException("the decorated task did not run its task: " + this));
    }

    /** What the decorator is given: runs the task, once, in the thread that is to run it. */
    private void callDecorated() {
        Callable<V> started = task;
        if (started != null && runner == Thread.currentThread() && decoratedResult == NOT_RUN) {
            try {
                decoratedResult = started.call();
            } catch (Throwable failure) {
                decoratedResult = new Failure(failure);
            }
        }
    }

    /** The task, if it is now the calling thread's to run. */
    private @Nullable Callable<V> start() {
        return claim(null) || claim(RETURNED) ? claimed() : null;
    }

    /** As {@link #start}, for who waits for it; but one that was returned is not for a task that shutdownNow has interrupted. */
    private @Nullable Callable<V> startHelping() throws InterruptedException {
        if (claim(null)) {
            return claimed();
        }
        if (runner == RETURNED && Thread.interrupted()) {
            throw new InterruptedException();
        }
        return claim(RETURNED) ? claimed() : null;
    }

    private boolean claim(@Nullable Object from) {
        return outcome == null && RUNNER.compareAndSet(this, from, Thread.currentThread());
    }

    private @Nullable Callable<V> claimed() {
        Callable<V> started = outcome == null ? task : null; // a cancellation before this had nobody to interrupt
        if (started == null) {
            synchronized (this) { // the cancellation may be about to interrupt
                runner = null;
            }
        }
        return started;
    }

    private void finish(@Nullable Object result) {
        if (complete(result == null ? NULL : result)) {
            runner = null; // no cancellation can come any more
        } else {
            synchronized (this) { // it has come, and may be about to interrupt
                runner = null;
            }
        }
    }

    private boolean complete(Object result) {
        boolean first = OUTCOME.compareAndSet(this, null, result);
        task = null;
        decorated = null;
        CountDownLatch latch = waiters;
        if (latch != null) {
            latch.countDown();
        }
        if (first) {
            done();
        }
        return first;
    }

    /** For a thread that has left this future, perhaps by a stack overflow that kept it from ending the task. */
    final void settle() {
        if (runner == Thread.currentThread()) {
            finish(new Failure(new StackOverflowError("there was no stack left to end " + this)));
        }
    }

    /** Called once when there is an outcome. */
    void done() {}

    /** Whether it has been run, or is. */
    final boolean isStarted() {
        Object by = runner;
        return (by != null && by != RETURNED) || (outcome != null && outcome != CANCELLED);
    }

    /**
     * For shutdownNow, which has taken it from a queue: whether it is to be returned, as nobody has started it. Who is about to
     * do so, because it waits for it, has been interrupted, and will see that if it finds it returned.
     */
    final boolean handBack() {
        Object before = RUNNER.compareAndExchange(this, null, RETURNED);
        return (before == null || before == RETURNED) && (outcome == null || outcome == CANCELLED);
    }

    final boolean hasSucceeded() {
        Object result = outcome;
        return result != null && result != CANCELLED && !(result instanceof Failure);
    }

    // ---- wait

    /** Has a worker that is about to wait for this task run it, unless it has been started or cancelled. */
    final void runBy(Worker worker) throws InterruptedException {
        if (worker.mayHelp(this)) {
            try {
                worker.beginHelping(this);
                runTask(decorated, startHelping());
            } finally {
                worker.endHelping(this);
            }
        }
    }

    /**
     * As {@link java.util.concurrent.FutureTask#get()}. Does what {@link #runBy} does with fewer frames on the stack
     * (docs/decisions/0007).
     *
     * @throws IllegalStateException if the calling task is this one, or is run by a task that this one waits for
     */
    @Override
    public V get() throws InterruptedException, ExecutionException {
        Worker worker = Worker.current(threads);
        if (worker != null && worker.mayHelp(this)) {
            try {
                worker.beginHelping(this);
                Runnable body = decorated;
                Callable<V> started = startHelping();
                if (started != null) {
                    Object result;
                    try {
                        result = body == null ? started.call() : runDecorated(body);
                    } catch (Throwable failure) {
                        result = new Failure(failure);
                    }
                    finish(result);
                }
            } finally {
                worker.endHelping(this);
            }
        }
        if (outcome == null) {
            CountDownLatch latch = latch();
            if (outcome == null) {
                latch.await();
            }
        }
        return report();
    }

    /**
     * As {@link java.util.concurrent.FutureTask#get(long, TimeUnit)}; but a worker that runs the task itself does so to its
     * end.
     *
     * @throws IllegalStateException as {@link #get()}
     */
    @Override
    public V get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        Worker worker = Worker.current(threads);
        if (worker != null && timeout > 0) { // when time is over nothing more is begun
            runBy(worker);
        }
        if (outcome == null) {
            CountDownLatch latch = latch();
            if (outcome == null && !latch.await(timeout, unit)) {
                throw new TimeoutException();
            }
        }
        return report();
    }

    private CountDownLatch latch() {
        CountDownLatch made = new CountDownLatch(1);
        CountDownLatch before = (CountDownLatch) WAITERS.compareAndExchange(this, null, made);
        return before == null ? made : before;
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // what the task returned, which may be null
    private V report() throws ExecutionException {
        Object result = outcome;
        if (result instanceof Failure failure) {
            throw failed(failure.thrown);
        }
        if (result == CANCELLED) {
            throw new CancellationException();
        }
        return result == NULL ? null : (V) result;
    }

    /** The message is that of the innermost: one that held all between would make those of deep joins fill the memory. */
    private static ExecutionException failed(Throwable thrown) {
        return thrown instanceof ExecutionException
                ? new ExecutionException(thrown.getMessage(), thrown)
                : new ExecutionException(thrown);
    }

    @Override
    public boolean isDone() {
        return outcome != null;
    }

    // ---- cancel

    @Override
    public boolean isCancelled() {
        return outcome == CANCELLED;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        synchronized (this) {
            if (!complete(CANCELLED)) {
                return false;
            }
            if (mayInterruptIfRunning && runner instanceof Thread running) {
                if (helping) {
                    interruptOwed = true;
                } else {
                    running.interrupt();
                }
            }
            return true;
        }
    }

    /** For a policy that throws a queued task away, which a worker that waits for it may be running. */
    final void cancelUnlessStarted() {
        if (outcome == null
                && (RUNNER.compareAndSet(this, null, NOBODY) || RUNNER.compareAndSet(this, RETURNED, NOBODY))) {
            finish(CANCELLED);
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

    /** {@return the form of {@link java.util.concurrent.FutureTask#toString()}} */
    @Override
    public String toString() {
        Object result = outcome;
        Callable<V> waiting = task;
        String status = result instanceof Failure failure
                ? "Completed exceptionally: " + failure.thrown
                : result == CANCELLED
                        ? "Cancelled"
                        : result != null || waiting == null ? "Completed normally" : "Not completed, task = " + waiting;
        return super.toString() + '[' + status + ']';
    }
}
