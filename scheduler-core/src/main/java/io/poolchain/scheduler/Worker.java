// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import io.poolchain.scheduler.queue.PoolChain;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One worker: finds a task, runs it, and idles when there is none. It outlives its thread; at most one thread runs it at
 * a time, and that thread owns its chain and its counters. The step names are those of docs/idle-protocol.md.
 */
final class Worker extends WorkerStatus {
    /** How many tasks a worker has to run after a wake-up to search long when it runs out of them. */
    private static final int BUSY = 8;

    /** Looks of a long search that follow a pause; one processor has nobody to pause for. */
    private static final int PAUSES = Runtime.getRuntime().availableProcessors() > 1 ? 2 : 0;

    /**
     * Spin-wait hints in a pause, a microsecond or two: time for others to make some tasks in a row. Who comes at once takes
     * each task from under its maker's hands, and the cache lines with it (docs/decisions/0009).
     */
    private static final int PAUSE = 40;

    /** Pauses after a look at a stripe that was left to others: each look costs those a cache line (docs/decisions/0021). */
    private static final int PAUSES_BESIDE_A_STRIPE = 4;

    /** And so many such looks a yield, lest a submitter waits for this processor. */
    private static final int LOOKS_TO_A_YIELD = 4;

    /** Looks of a long search, after those, that follow a yield of the processor. The last look is the one before sleep. */
    private static final int YIELDS = 2;

    /** Looks of a search that has left tasks to others: sleep would soon end, at its cost (docs/decisions/0011). */
    private static final int LOOKS_FOR_THOSE_LEFT = 16;

    /** What {@link #runningTask} returns between two tasks. */
    static final long NO_TASK = 0;

    final WorkerCounters counters = new WorkerCounters();

    final StealCounts steals = new StealCounts();
    final TaskTimes times;

    private final Stopwatch threadTime = new Stopwatch();
    private final Stopwatch parkedTime = new Stopwatch();
    private final WorkerFutures futures = new WorkerFutures();
    final int index;
    private final TaskQueues queues;
    private final PoolChain<Runnable> chain;
    private final TaskSource source;
    private final Sampler sampler;
    private final IdleWorkers idle;
    private final RunState runState;
    private final WorkerThreads threads;
    private final @Nullable TaskRoom room;
    private final long keepAliveNanos;

    /** The count of submitted tasks at which one is measured. Owned by the worker's thread. */
    private long nextSample;

    /** Whether {@link IdleWorkers} counts this worker as searching. Owned by the worker's thread. */
    private boolean searching;

    /** Whether the search under way follows a wake-up from sleep. Owned by the worker's thread. */
    private boolean woken;

    /** How many tasks it had started when it last woke up, or began. Owned by the worker's thread. */
    private long startedAtWakeup;

    Worker(
            int index,
            TaskQueues queues,
            IdleWorkers idle,
            RunState runState,
            WorkerThreads threads,
            @Nullable TaskRoom room) {
        this.index = index;
        this.queues = queues;
        this.chain = queues.chain(index);
        this.source = new TaskSource(index, queues, runState, threads, counters, steals);
        this.times = new TaskTimes(index, threads.sampling);
        this.sampler = threads.sampling.sampler(index);
        this.nextSample = sampler.first();
        this.idle = idle;
        this.runState = runState;
        this.threads = threads;
        this.room = room;
        this.keepAliveNanos = threads.options.keepAliveNanos();
    }

    /** The worker of the given scheduler's threads that the calling thread runs, or null. */
    static @Nullable Worker current(WorkerThreads threads) {
        Worker worker = threads.areOfOwnClass ? CurrentWorker.getOfWorkerThread() : CurrentWorker.get();
        return worker != null && worker.threads == threads ? worker : null;
    }

    /** The times of the worker that the calling thread runs, if they are kept for the same scheduler; or null. */
    static @Nullable TaskTimes currentTimes(TaskSampling sampling) {
        Worker worker = CurrentWorker.get();
        return worker != null && worker.times.sampling == sampling ? worker.times : null;
    }

    /** Ends an interrupt that somebody has left who was told of a task about to run. */
    static void clearInterruptOfListener() {
        Worker worker = CurrentWorker.get();
        if (worker != null) {
            worker.clearInterrupt();
        }
    }

    // ---- submission, by this worker's thread

    /** Adds a task to this worker's chain; false if the scheduler no longer accepts any. */
    boolean submit(Runnable task) {
        return counters.submitted == nextSample ? pushSampled(task) : push(task);
    }

    private boolean pushSampled(Runnable task) {
        nextSample = sampler.nextAfter(nextSample);
        return push(sampler.wrap(task));
    }

    private boolean push(Runnable task) {
        assert isRunBy(Thread.currentThread()) : "submit from a thread that does not own this chain";
        if (!runState.isRunning()) {
            return false;
        }
        chain.pushHead(task); // step push
        VarHandle.fullFence(); // step fence
        if (!runState.isRunning() && chain.popHead() != null) {
            return false; // closed in between and nobody had taken it
        }
        counters.countSubmitted();
        threads.signal();
        return true;
    }

    // ---- the life of a thread

    void run() {
        Worker outer = CurrentWorker.get();
        CurrentWorker.set(this);
        searching = false;
        woken = false;
        startedAtWakeup = counters.started;
        threadTime.start();
        try {
            threads.runHook(threads.options.onThreadStart());
            boolean goOn = true;
            while (goOn) {
                try {
                    goOn = searchThenWork();
                } catch (Throwable broken) {
                    threads.log.workerFailed(broken);
                }
            }
            clearInterrupt();
            threads.runHook(threads.options.onThreadStop());
        } finally {
            threadTime.stop();
            CurrentWorker.set(outer);
        }
    }

    /** From the begin of a search to the end of work, or of the sleep after it; false if the thread is to end. */
    private boolean searchThenWork() {
        if (!searching) {
            searching = true;
            idle.startSearching(); // step search
        }
        if (threads.callOff() && threads.letGoSurplus(this)) {
            stopSearching();
            return false;
        }
        // Read before the search: once the scheduler is shut down no task is added that the search could miss.
        boolean ending = runState.isAtLeast(RunState.SHUTDOWN);
        Runnable task = search();
        if (task == null) {
            futures.popDownTo(0); // of calls that ran out of stack
            if (woken) {
                counters.countUselessWakeup();
            }
            if (ending) {
                stopSearching();
                return false;
            }
            return sleep();
        }
        woken = false;
        do {
            runTask(task);
            task = next();
        } while (task != null);
        return true;
    }

    private @Nullable Runnable next() {
        return threads.callOff() ? null : source.next();
    }

    private @Nullable Runnable search() {
        boolean leftSome = false;
        for (int looks = 1; !runState.isAtLeast(RunState.STOP); looks++) {
            boolean lastLook = looks >= mostLooks(leftSome);
            if (looks > 1) {
                source.lookAgain(lastLook);
            }
            Runnable task = next();
            if (task == null) {
                task = source.steal(lastLook);
            }
            if (task != null) {
                stopSearching();
                return task;
            }
            if (lastLook) {
                return null;
            }
            leftSome |= source.leftSome() && PAUSES > 0;
            rest(looks, leftSome);
        }
        return null;
    }

    /** Who has had little to do since it woke up looks twice. */
    private int mostLooks(boolean leftSome) {
        return leftSome ? LOOKS_FOR_THOSE_LEFT : hasBeenBusy() ? 1 + PAUSES + YIELDS : 2;
    }

    private boolean hasBeenBusy() {
        return counters.started - startedAtWakeup >= BUSY;
    }

    /** Between two looks. */
    private void rest(int looks, boolean leftSome) {
        if (source.hasLeftStripe()) {
            for (int i = 0; i < PAUSES_BESIDE_A_STRIPE; i++) {
                pause();
            }
            if (looks % LOOKS_TO_A_YIELD == 0) {
                Thread.yield();
            }
        } else if (leftSome) {
            pause();
            if (looks > PAUSES) {
                Thread.yield();
            }
        } else if (!hasBeenBusy()) {
            Thread.onSpinWait();
        } else if (looks <= PAUSES) {
            pause();
        } else {
            Thread.yield();
        }
    }

    private static void pause() {
        for (int i = 0; i < PAUSE; i++) {
            Thread.onSpinWait();
        }
    }

    private void stopSearching() {
        searching = false;
        if (idle.stopSearching() && !runState.isAtLeast(RunState.STOP) && !queues.areEmpty()) { // step found
            threads.signal(); // step pass on
        }
    }

    private void runTask(Runnable task) {
        counters.countStarted();
        clearInterrupt();
        try {
            task.run();
        } catch (Throwable failure) {
            counters.countFailed();
            futures.popDownTo(0); // of calls that ran out of stack
            threads.log.taskFailed(failure);
        } finally {
            completed();
        }
    }

    /** Ends an interrupt of the task before; but not one by shutdownNow. */
    private void clearInterrupt() {
        if (Thread.interrupted() && runState.isAtLeast(RunState.STOP)) {
            Thread.currentThread().interrupt();
        }
    }

    private void completed() {
        counters.countCompleted();
        if (room != null) {
            room.leave();
        }
    }

    // ---- futures

    /** The current thread is about to run a future that has been taken from a queue, and will call {@link #endFuture}. */
    void beginFuture(WorkerFuture<?> future) {
        futures.push(future);
    }

    void endFuture(WorkerFuture<?> future) {
        futures.pop(future);
    }

    /** Whether the current task is about to wait for a future that is not done, and so may run it first. */
    boolean mayHelp(WorkerFuture<?> awaited) {
        if (awaited.isDone()) {
            return false;
        }
        if (futures.contains(awaited)) {
            throw new IllegalStateException("A task waits for itself: " + awaited);
        }
        return true;
    }

    /** The first that the thread does before it runs a future that its current task waits for. */
    void beginHelping(WorkerFuture<?> awaited) throws InterruptedException {
        WorkerFuture<?> waiting = futures.top();
        if (waiting != null) {
            waiting.beginHelping();
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        futures.push(awaited);
    }

    /** The last, whatever has happened in between. */
    void endHelping(WorkerFuture<?> awaited) {
        futures.pop(awaited);
        boolean interrupted = Thread.interrupted(); // one of the awaited task ends with it, but not one by shutdownNow
        WorkerFuture<?> waiting = futures.top();
        boolean owed = waiting != null && waiting.endHelping();
        if (owed || (interrupted && runState.isAtLeast(RunState.STOP))) {
            Thread.currentThread().interrupt();
        }
        dropFinished();
    }

    /** Empty shells must not pile up in the chain of a worker that goes on waiting and helping in one task. */
    private void dropFinished() {
        while (peekNewest() instanceof WorkerFuture<?> future
                && future.isDone()
                && StackReserve.isThereForAFewCalls() // an element and its counts must not come apart
                && chain.popHead() != null) {
            counters.countShell();
            counters.countStarted();
            completed();
        }
    }

    private @Nullable Runnable peekNewest() {
        Runnable newest = chain.peekHead();
        return newest == null ? null : SampledTask.unwrap(newest);
    }

    // ---- the end

    /** For whoever has set the state to CLOSING: from the end of this call on this worker moves no task to its chain. */
    void awaitTransfer() {
        source.transfer.awaitEnd();
    }

    // ---- sleep

    /** From searching to asleep, and to searching again; false if the thread is to end instead. */
    private boolean sleep() {
        adaptSampling();
        giveBackMemory();
        SchedulerEvents.Span parking = threads.sampling.events.parking(); // what may fail comes before the announcement
        setParked();
        searching = false;
        if (idle.fallAsleep(index) && !queues.areEmpty()) { // step announce, step look again
            threads.signal();
        }
        if (runState.isAtLeast(RunState.SHUTDOWN) || threads.callOff()) {
            threads.wakeAll(); // that may have come just too early to find this worker asleep
        }
        counters.countPark();
        parkedTime.start();
        boolean claimed = parkUntilClaimed();
        parkedTime.stop();
        threads.sampling.events.unparked(parking, index);
        if (!claimed) {
            return false;
        }
        counters.countWakeup();
        searching = true;
        woken = true;
        startedAtWakeup = counters.started;
        return true;
    }

    /** Step park. False if the keep-alive time has passed and nobody has claimed this worker: step time out. */
    private boolean parkUntilClaimed() {
        boolean forEver = keepAliveNanos == SchedulerOptions.FOR_EVER;
        long began = forEver ? 0 : System.nanoTime();
        while (isParked()) {
            try {
                if (forEver) {
                    LockSupport.park(this);
                } else {
                    LockSupport.parkNanos(this, keepAliveNanos - (System.nanoTime() - began));
                }
            } catch (OutOfMemoryError e) {
                Thread.onSpinWait(); // a virtual thread of JDK 21 could not park; it lies on the stack, so it stays
                // here
            }
            if (!forEver && System.nanoTime() - began >= keepAliveNanos && threads.letGoIdle(this)) {
                return false;
            }
            Thread.interrupted(); // a late interrupt of the last task must not keep us from sleeping
        }
        return true;
    }

    /** There may be fewer tasks than before, of which more are to be measured. */
    private void adaptSampling() {
        threads.sampling.relax();
        nextSample = sampler.sooner(nextSample, counters.submitted);
    }

    private void giveBackMemory() {
        try {
            chain.trim();
            queues.submissions.trim();
        } catch (OutOfMemoryError e) {
            // The large ring stays until the next time: nothing is lost.
        }
    }

    /**
     * The number of the task that it runs, or NO_TASK. The shells that this task drops do not count; but for the moment in
     * which one is counted the number may be one less.
     */
    long runningTask() {
        long completed = counters.completed();
        long started = counters.started();
        return started > completed ? started - counters.shells() : NO_TASK;
    }

    /** To be told how many tasks others have stolen from this worker. */
    WorkerStats stats(long stolen) {
        long parkedNanos = parkedTime.elapsed();
        long completed = counters.completed();
        long failed = counters.failed();
        long steals = counters.steals();
        long useless = counters.uselessWakeups();
        long wakeups = counters.wakeups();
        long parks = counters.parks();
        long started = counters.started();
        WorkerStats.State state = hasNoThread()
                ? WorkerStats.State.NO_THREAD
                : isParked()
                        ? WorkerStats.State.PARKED
                        : started > completed ? WorkerStats.State.RUNNING : WorkerStats.State.SEARCHING;
        return new WorkerStats(
                index,
                state,
                counters.submitted(),
                started,
                completed,
                failed,
                steals,
                counters.failedSteals(),
                stolen,
                parks,
                wakeups,
                useless,
                threadTime.elapsed(),
                parkedNanos,
                chain.growths(),
                chain.drops(),
                chain.size(),
                chain.capacity());
    }
}
