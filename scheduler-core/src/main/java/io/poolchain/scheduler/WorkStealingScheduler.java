// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A drop-in replacement for {@link java.util.concurrent.Executors#newFixedThreadPool(int)} that runs small tasks
 * faster, empty ones several times. Each worker owns a chain of ring buffers: tasks that it submits go to the head and are taken from there,
 * the newest first; idle workers pick victims at random and steal at the tail, the oldest first, some at a time. Tasks from other threads
 * are started in the order of their submission, per submitting thread.
 *
 * <p><b>Same as a fixed thread pool:</b> never more than {@code parallelism} tasks in flight; threads made on demand by
 * any {@link ThreadFactory}, non-daemon by default; a queue without a bound unless one is asked for; {@code shutdown}, {@code shutdownNow} and
 * {@code awaitTermination}; futures and their cancellation; actions in a thread before it submits a task happen-before
 * the task, and the task happens-before what {@code Future.get} or {@code awaitTermination} returns to.
 *
 * <p><b>Different:</b> tasks that a task submits are started newest first; a worker whose task throws lives on; there is
 * no {@code getQueue}, {@code remove} or {@code purge}.
 *
 * <p><b>Nobody waits for ever</b> while others submit themselves again and again. Of the tasks that a worker takes, at
 * least each 64th comes from the submission queue (eight of 64 if so many wait there) and another 64th from the tail of its
 * own chain, if there is any there; and each 512th is another worker's oldest, the others in rotation, if it was that at the turn before. {@link SchedulerBuilder#fairnessInterval(int)} sets
 * these bounds.
 *
 * <p><b>Tasks may wait for tasks.</b> When a task calls {@code get} on a future that {@code submit} returned, or {@code
 * invokeAll} or {@code invokeAny}, its worker runs what it waits for itself, unless somebody has started that; never an
 * unrelated task. So such waiting never deadlocks for want of threads; the depth is limited by the stack. Waiting by other
 * means, a latch or {@code CompletableFuture.join}, can.
 *
 * <p>Thread-safe. A null task is refused with a {@link NullPointerException}, a task after shutdown with a {@link
 * RejectedExecutionException}.
 *
 * <p>The queue is that of Go's {@code sync.Pool} ({@code src/sync/poolqueue.go}); the idle protocol, in
 * docs/idle-protocol.md, follows the schedulers of Go and Tokio.
 */
public final class WorkStealingScheduler extends AbstractExecutorService implements AutoCloseable {
    /** The largest number of workers. */
    public static final int MAX_PARALLELISM = IdleCounters.MAX_WORKERS;

    private final SchedulerOptions options;
    private final RunState runState = new RunState();
    private final TaskSampling sampling;
    private final TaskQueues queues;
    private final WorkerThreads threads;
    private final DroppedTasks dropped;
    private final SchedulerFigures figures;

    /** Null if none was asked for. */
    private final @Nullable TaskWatch watch;

    /** Takes this out of JMX. */
    private final Runnable unregister;

    /** Null if there is no bound. */
    private final @Nullable TaskRoom room;

    /** Whether there is neither a bound nor a decorator: then a task pays for one look at this and no more. */
    private final boolean plain;

    WorkStealingScheduler(SchedulerOptions options) {
        this.options = options;
        SchedulerLog log = new SchedulerLog(options.name(), options.uncaughtExceptionHandler());
        SchedulerEvents events = SchedulerEvents.of(options.name());
        dropped = new DroppedTasks(events);
        sampling = new TaskSampling(options.sampleOneIn(), events, log);
        queues = new TaskQueues(options.parallelism(), Runtime.getRuntime().availableProcessors(), sampling);
        room = options.capacity() == SchedulerOptions.UNBOUNDED
                ? null
                : new TaskRoom(options.parallelism(), options.capacity(), options.rejectionPolicy(), queues, dropped);
        threads = new WorkerThreads(this, options, log, sampling, queues, runState, room);
        figures = new SchedulerFigures(options, runState, queues, threads, dropped);
        watch = options.watchNanos() == SchedulerOptions.NO_WATCH
                ? null
                : new TaskWatch(this, options.watchNanos(), runState, log, events);
        plain = room == null && options.taskDecorator() == null;
        unregister = options.jmx() ? register(log) : () -> {};
    }

    /**
     * Makes a scheduler in place of {@link java.util.concurrent.Executors#newFixedThreadPool(int)}.
     *
     * @param parallelism the number of workers, from 1 to {@link #MAX_PARALLELISM}
     * @return a scheduler with no thread yet
     * @throws IllegalArgumentException if {@code parallelism} is out of this range
     */
    public static WorkStealingScheduler newFixedThreadPool(int parallelism) {
        return builder().parallelism(parallelism).build();
    }

    /**
     * Makes a scheduler in place of {@link java.util.concurrent.Executors#newFixedThreadPool(int, ThreadFactory)}.
     *
     * @param parallelism the number of workers, from 1 to {@link #MAX_PARALLELISM}
     * @param threadFactory makes the workers' threads
     * @return a scheduler with no thread yet
     * @throws IllegalArgumentException if {@code parallelism} is out of this range
     * @throws NullPointerException if {@code threadFactory} is null
     */
    public static WorkStealingScheduler newFixedThreadPool(int parallelism, ThreadFactory threadFactory) {
        return builder().parallelism(parallelism).threadFactory(threadFactory).build();
    }

    /** {@return a builder with all options at their defaults} */
    public static SchedulerBuilder builder() {
        return new SchedulerBuilder();
    }

    // ---- submission

    /**
     * Runs a task at some time in the future, on a worker; or does with it what the {@link RejectionPolicy} says, if this
     * scheduler has a bound and no room.
     *
     * @throws NullPointerException if {@code task} is null, or becomes so by the task decorator
     * @throws RejectedExecutionException if this scheduler is shut down, or has no room and such a policy, or has no thread
     *     and its factory returns null
     * @throws RuntimeException whatever the thread factory throws, if this scheduler has no thread; or the task decorator
     */
    @Override
    public void execute(Runnable task) {
        Objects.requireNonNull(task, "task");
        Worker worker = Worker.current(threads);
        if (plain) {
            executePlainly(task, worker);
            return;
        }
        Runnable decorated = threads.decorateUnlessFuture(task);
        if (room == null) {
            executePlainly(decorated, worker);
        } else {
            executeWithin(room, decorated, worker);
        }
    }

    private void executePlainly(Runnable task, @Nullable Worker worker) {
        if (!submit(task, worker)) {
            refuse(task);
        }
    }

    private void executeWithin(TaskRoom room, Runnable task, @Nullable Worker worker) {
        StackReserve.requireTwice(); // a permit and its task must not come apart
        if (!runState.isRunning()) {
            refuse(task);
            return;
        }
        if (room.admit(task, worker != null, this)) {
            boolean accepted = false;
            try {
                accepted = submit(task, worker);
            } finally {
                if (!accepted) {
                    room.leave();
                }
            }
            if (!accepted) {
                refuse(task);
            }
        }
    }

    private boolean submit(Runnable task, @Nullable Worker worker) {
        return worker != null ? worker.submit(task) : submitFromOutside(task);
    }

    private boolean submitFromOutside(Runnable task) {
        if (!runState.isRunning()) {
            return false;
        }
        threads.ensureOne();
        SubmissionQueue.Offer offer = queues.submissions.offer(task); // step push, step fence
        while (offer == SubmissionQueue.Offer.UNATTENDED) {
            offer = submitToNobody(task);
        }
        if (offer == SubmissionQueue.Offer.CLOSED) {
            return false;
        }
        threads.signalFromOutside();
        return true;
    }

    /** The last worker is about to leave, or has just left; or a factory submits a task while it makes the first thread. */
    private SubmissionQueue.Offer submitToNobody(Runnable task) {
        if (threads.isMakingTheFirst()) {
            return queues.submissions.offerUnattended(task);
        }
        Thread.yield();
        threads.ensureOne();
        return queues.submissions.offer(task);
    }

    /** After shutdown. */
    private void refuse(Runnable task) {
        if (room != null && room.discards()) {
            dropped.discard(task, DropReason.SHUTDOWN);
        } else {
            dropped.count(DropReason.SHUTDOWN, 1);
            throw new RejectedExecutionException("Task " + task + " rejected from " + this);
        }
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Runnable runnable, T value) {
        return new WorkerFuture<>(threads, runnable, value);
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Callable<T> callable) {
        return new WorkerFuture<>(threads, callable);
    }

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks) throws InterruptedException, ExecutionException {
        Worker worker = Worker.current(threads);
        if (worker == null) {
            return super.invokeAny(tasks);
        }
        try {
            return new FirstSuccess<>(threads, tasks).await(this, worker, System.nanoTime() + Long.MAX_VALUE / 2);
        } catch (TimeoutException e) {
            throw new AssertionError("a century has passed", e);
        }
    }

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        Worker worker = Worker.current(threads);
        if (worker == null) {
            return super.invokeAny(tasks, timeout, unit);
        }
        return new FirstSuccess<>(threads, tasks).await(this, worker, System.nanoTime() + unit.toNanos(timeout));
    }

    // ---- end of life

    /** Accepts no more tasks, runs those it has, then ends. Returns at once; a second call does nothing. */
    @Override
    public void shutdown() {
        closeAndAdvanceTo(RunState.SHUTDOWN);
    }

    /**
     * Accepts no more tasks, interrupts those that run, hands back those that have not started, then ends. Returns at
     * once. Each task that was accepted either runs or is in the list of exactly one such call, never both; except that a
     * task which goes on in spite of its interrupt, and waits for a future in the list, runs it.
     *
     * @return the tasks that were not started, oldest first per queue; what {@code submit} made of them, if they came that
     *     way
     */
    @Override
    public List<Runnable> shutdownNow() {
        closeAndAdvanceTo(RunState.STOP);
        threads.interruptAll();
        List<Runnable> queued = queues.drain();
        dropped.count(DropReason.DISCARDED, queued.size());
        queued.removeIf(
                task -> task instanceof WorkerFuture<?> future && !future.handBack()); // started by who waits for it
        return queued;
    }

    private void closeAndAdvanceTo(int state) {
        StackReserve.requireTwice(); // a second call would not make up for what the first has left out
        boolean first = runState.advanceTo(RunState.CLOSING);
        queues.submissions.close(); // waits for the submissions under way
        threads.awaitTransfers();
        runState.advanceTo(state);
        threads.noteRunState();
        if (first && room != null) {
            room.shutDown();
        }
        threads.wakeAll();
        if (!queues.areEmpty()) {
            threads.signal(); // should a factory have failed when a thread was needed
        }
        threads.terminateIfDone();
    }

    @Override
    public boolean isShutdown() {
        return !runState.isRunning();
    }

    /** {@return whether this scheduler is shut down and has not yet terminated} */
    public boolean isTerminating() {
        return isShutdown() && !isTerminated();
    }

    @Override
    public boolean isTerminated() {
        return runState.isAtLeast(RunState.TERMINATED);
    }

    /**
     * Waits until the last worker has ended after a shutdown.
     *
     * @return whether that was the case within the time
     * @throws InterruptedException if the calling thread is interrupted
     * @throws NullPointerException if {@code unit} is null
     */
    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return runState.awaitTerminated(timeout, Objects.requireNonNull(unit, "unit"));
    }

    /**
     * Shuts down and waits until all tasks have run and all workers have ended. If the calling thread is interrupted,
     * stops as by {@link #shutdownNow()}, goes on waiting, and leaves the thread interrupted. As {@code
     * ExecutorService.close} of JDK 19.
     *
     * @throws IllegalStateException if a task of this scheduler calls this: it would wait for itself. The scheduler is shut
     *     down all the same
     */
    @Override
    public void close() {
        shutdown();
        if (Worker.current(threads) != null) {
            throw new IllegalStateException("A task can't wait for the end of its own scheduler: " + this);
        }
        boolean interrupted = false;
        for (boolean ended = false; !ended; ) {
            try {
                ended = awaitTermination(1, TimeUnit.DAYS);
            } catch (InterruptedException e) {
                if (!interrupted) {
                    shutdownNow();
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- inspection

    /** {@return the name given by {@link SchedulerBuilder#name(String)}, or one made up} */
    public String name() {
        return options.name();
    }

    /**
     * Changes the number of workers. More are made on demand. If there are to be fewer, threads that sleep end now, and
     * others after the task that they run; the tasks in their chains are run by those that stay.
     *
     * @param workers from 1 to {@link #MAX_PARALLELISM}
     * @throws IllegalArgumentException if {@code workers} is out of this range
     */
    public void setParallelism(int workers) {
        SchedulerBuilder.requireParallelism(workers);
        threads.resize(workers);
    }

    /**
     * Makes a thread for each worker that has none.
     *
     * @return how many were made
     * @throws RejectedExecutionException if the thread factory returns null
     * @throws RuntimeException whatever the thread factory throws; the threads made until then stay
     */
    public int prestartAllCoreThreads() {
        return runState.isRunning() ? threads.hireAll() : 0;
    }

    /** {@return the number of workers} */
    public int getCorePoolSize() {
        return threads.parallelism();
    }

    /** {@return the number of workers, as {@link #getCorePoolSize()}} */
    public int getMaximumPoolSize() {
        return threads.parallelism();
    }

    /** {@return how many workers have a thread} */
    public int getPoolSize() {
        return threads.made();
    }

    /** {@return the largest number of threads at one time so far} */
    public int getLargestPoolSize() {
        return threads.largest();
    }

    /** {@return about how many workers run a task} */
    public int getActiveCount() {
        return stats().activeWorkers();
    }

    /** {@return about how many tasks were ever accepted} */
    public long getTaskCount() {
        return stats().submitted();
    }

    /** {@return about how many tasks have run to their end} */
    public long getCompletedTaskCount() {
        return stats().completed();
    }

    /**
     * What the scheduler has done up to now. Costs the task path nothing; takes time in proportion to the workers, and to
     * the pairs of them between which tasks were stolen.
     *
     * @return a new snapshot
     */
    public SchedulerStats stats() {
        return figures.stats();
    }

    /**
     * What one worker has done up to now: cheaper than {@link #stats()} for those who want to know no more.
     *
     * @param worker its index, from 0; less than the number of workers that there have ever been
     * @return a new snapshot
     * @throws IndexOutOfBoundsException if there is no such worker
     */
    public WorkerStats stats(int worker) {
        return figures.stats(worker);
    }

    /**
     * Has the times of the tasks that are measured told to somebody, from now on.
     *
     * @param listener whom to tell
     * @throws NullPointerException if {@code listener} is null
     * @see SchedulerBuilder#sampleOneIn(int)
     */
    public void addTimeListener(TaskTimeListener listener) {
        sampling.add(Objects.requireNonNull(listener, "listener"));
    }

    /**
     * Ends what {@link #addTimeListener} began. Does nothing if the listener is not there.
     *
     * @param listener whom not to tell any more
     * @throws NullPointerException if {@code listener} is null
     */
    public void removeTimeListener(TaskTimeListener listener) {
        sampling.remove(Objects.requireNonNull(listener, "listener"));
    }

    /**
     * A picture of this moment, to be read by people: the state, the figures, and for each worker what it runs (the stack of
     * its thread), for how long at least, how many tasks wait in its chain, and from whom it has last stolen. How long a
     * task has run is not measured but seen: since the watchdog, or another call of this, first found it running.
     *
     * @return text of several lines, in no fixed format
     */
    public String dump() {
        return figures.dump();
    }

    /** The tasks that run now, and for how long they have been seen to. */
    List<TaskAges.Running> runningTasks() {
        return figures.runningTasks();
    }

    /** Whether it has a bound, and has come to it. */
    boolean isFull() {
        return room != null && room.isFull();
    }

    String state() {
        return runState.describe();
    }

    /** A worker begins. */
    void watch() {
        if (watch != null) {
            watch.start();
        }
    }

    /** The last worker has ended. */
    void terminated() {
        unregister.run();
    }

    private Runnable register(SchedulerLog log) {
        try {
            return JmxView.register(this, log);
        } catch (LinkageError noSuchModule) {
            log.error("Scheduler {} could not be registered in JMX: there is no module java.management", noSuchModule);
            return () -> {};
        }
    }

    /** How many workers look for a task; for tests of the idle protocol. */
    int searching() {
        return threads.searching();
    }

    /** The form of {@link java.util.concurrent.ThreadPoolExecutor#toString()}. */
    @Override
    public String toString() {
        SchedulerStats stats = stats();
        return super.toString() + '[' + runState.describe() + ", pool size = " + stats.poolSize()
                + ", active threads = " + stats.activeWorkers() + ", queued tasks = " + stats.queued()
                + ", completed tasks = " + stats.completed() + ']';
    }
}
