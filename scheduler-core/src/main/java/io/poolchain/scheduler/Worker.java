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
final class Worker {
    /**
     * Every so many tasks a worker takes one from the submission queue, and as often one from the tail of its own chain,
     * if there is any: so neither outside tasks nor old local ones wait for ever. A power of two, and no more than the 64
     * that are promised.
     */
    static final int FAIR_INTERVAL = 64;

    /**
     * Every so many tasks a worker takes one from the tail of another's chain, the others in rotation: so tasks behind a
     * worker that blocks are reached though nobody is idle. Rarer, because it touches another worker's cache lines.
     */
    static final int RESCUE_INTERVAL = 512;

    private static final int QUARTER = FAIR_INTERVAL / 4;

    private static final int RESCUE_PHASE = 3 * QUARTER;

    /** A searcher looks everywhere once, once more after each of so many short waits; one processor has none to wait for. */
    private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 2 : 0;

    /** And once more after giving up the processor so many times, before it falls asleep (docs/decisions/0004). */
    private static final int YIELDS = 2;

    /** The worker that the current thread is running, of whatever scheduler. */
    private static final ThreadLocal<@Nullable Worker> CURRENT = new ThreadLocal<>();

    final WorkerCounters counters = new WorkerCounters();

    private final WorkerFutures futures = new WorkerFutures();
    private final int index;
    private final TaskQueues queues;
    private final PoolChain<Runnable> chain;
    private final SubmissionQueue submissions;
    private final Victims victims;
    private final IdleWorkers idle;
    private final RunState runState;
    private final WorkerThreads threads;

    /**
     * Whether this worker's thread sleeps.
     *
     * <pre>
     *   NO_THREAD -> AWAKE      whoever hires it, before the thread is made
     *   AWAKE     -> PARKED     the thread, before it announces that it sleeps
     *   PARKED    -> AWAKE      whoever claimed the worker, before the thread is unparked
     *   AWAKE     -> NO_THREAD  the thread, when it ends; or whoever could not make one
     * </pre>
     */
    private volatile int status = NO_THREAD;

    private static final int NO_THREAD = 0;
    private static final int PARKED = 1;
    private static final int AWAKE = 2;

    /** The thread that runs this worker. Written by that thread, when it begins and ends. */
    private volatile @Nullable Thread thread;

    /** Whether {@link IdleWorkers} counts this worker as searching. Owned by the worker's thread. */
    private boolean searching;

    /** The worker from which the last search stole, or NOBODY once that has failed. Owned by the worker's thread. */
    private int lastVictim = NOBODY;

    private static final int NOBODY = -1;

    /** Whether the search under way follows a wake-up from sleep. Owned by the worker's thread. */
    private boolean woken;

    Worker(int index, TaskQueues queues, IdleWorkers idle, RunState runState, WorkerThreads threads) {
        this.index = index;
        this.queues = queues;
        this.chain = queues.chain(index);
        this.submissions = queues.submissions;
        this.victims = new Victims(index, queues.workers(), (index + 1) * 0x9E3779B9);
        this.idle = idle;
        this.runState = runState;
        this.threads = threads;
    }

    /** The worker of the given scheduler's threads that the calling thread runs, or null. */
    static @Nullable Worker current(WorkerThreads threads) {
        Worker worker = CURRENT.get();
        return worker != null && worker.threads == threads ? worker : null;
    }

    // ---- submission, by this worker's thread

    /** Adds a task to this worker's chain; false if the scheduler no longer accepts any. */
    boolean submit(Runnable task) {
        assert Thread.currentThread() == thread : "submit from a thread that does not own this chain";
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

    /** A thread is about to be made. This and the next two methods are called under the lock of {@link WorkerThreads}. */
    void hire() {
        status = AWAKE;
    }

    /** The first that a thread does. */
    void begin(Thread current) {
        thread = current;
    }

    /** The last that a thread does; or none could be made. */
    void end() {
        status = NO_THREAD;
        thread = null;
    }

    /** What a thread does between these two. */
    void run() {
        Worker outer = CURRENT.get();
        CURRENT.set(this);
        searching = false;
        woken = false;
        try {
            boolean goOn = true;
            while (goOn) {
                try {
                    goOn = searchThenWork();
                } catch (Throwable broken) {
                    threads.reportBug(broken);
                }
            }
        } finally {
            if (outer == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(outer);
            }
        }
    }

    /** From the begin of a search to the end of work, or of the sleep after it; false if the thread is to end. */
    private boolean searchThenWork() {
        if (!searching) {
            searching = true;
            idle.startSearching(); // step search
        }
        // Read before the search: once the scheduler is shut down no task is added that the search could miss.
        boolean ending = runState.isAtLeast(RunState.SHUTDOWN);
        Runnable task = search();
        if (task == null) {
            if (woken) {
                counters.countUselessWakeup();
            }
            if (ending) {
                stopSearching();
            } else {
                sleep();
            }
            return !ending;
        }
        woken = false;
        do {
            runTask(task);
            task = next();
        } while (task != null);
        return true;
    }

    /** The next task without a search: from the own chain, the submission queue, the last victim; fairly from time to time. */
    private @Nullable Runnable next() {
        if (runState.isAtLeast(RunState.STOP)) {
            return null;
        }
        long taken = counters.startedPlain();
        Runnable task = (taken & (QUARTER - 1)) == 0 ? nextInFairness(taken) : null;
        if (task == null) {
            task = chain.popHead();
        }
        if (task == null) {
            task = submissions.poll(taken);
        }
        return task != null ? task : stealAgain();
    }

    /** Where one task was stolen there are often more: they are had without the cost of a search. */
    private @Nullable Runnable stealAgain() {
        if (lastVictim == NOBODY) {
            return null;
        }
        Runnable task = stealFrom(lastVictim);
        if (task == null) {
            lastVictim = NOBODY;
        }
        return task;
    }

    /** Gives other sources than the head of the own chain their turn. The count of tasks is never reset. */
    private @Nullable Runnable nextInFairness(long taken) {
        int phase = (int) taken & (FAIR_INTERVAL - 1);
        if (phase == 0) {
            return submissions.poll(taken / FAIR_INTERVAL);
        }
        if (phase == 2 * QUARTER) {
            return chain.popTail();
        }
        boolean rescue = (taken & (RESCUE_INTERVAL - 1)) == RESCUE_PHASE && victims.others() > 0;
        return rescue ? stealFrom(victims.nextInTurn()) : null;
    }

    private @Nullable Runnable search() {
        for (int round = 1; !runState.isAtLeast(RunState.STOP); round++) {
            Runnable task = next();
            if (task == null) {
                task = steal();
            }
            if (task != null) {
                stopSearching();
                return task;
            }
            if (round <= SPINS) {
                Thread.onSpinWait();
            } else if (round <= SPINS + YIELDS) {
                Thread.yield();
            } else {
                return null;
            }
        }
        return null;
    }

    private void stopSearching() {
        searching = false;
        if (idle.stopSearching() && !runState.isAtLeast(RunState.STOP) && !queues.areEmpty()) { // step found
            threads.signal(); // step pass on
        }
    }

    /** Visits each other worker's chain once. */
    private @Nullable Runnable steal() {
        for (victims.shuffle(); victims.hasNext(); ) {
            int victim = victims.next();
            Runnable task = stealFrom(victim);
            if (task != null) {
                lastVictim = victim;
                return task;
            }
        }
        return null;
    }

    private @Nullable Runnable stealFrom(int victim) {
        Runnable task = queues.chain(victim).popTail();
        if (task == null) {
            counters.countFailedSteal();
        } else {
            counters.countSteal();
        }
        return task;
    }

    private void runTask(Runnable task) {
        counters.countStarted();
        if (Thread.interrupted() && runState.isAtLeast(RunState.STOP)) {
            Thread.currentThread().interrupt(); // not a leak from an earlier task, but shutdownNow
        }
        try {
            task.run();
        } catch (Throwable failure) {
            counters.countFailed();
            threads.reportTaskFailure(failure);
        } finally {
            counters.countCompleted();
        }
    }

    // ---- futures

    void run(WorkerFuture<?> future) {
        futures.push(future);
        try {
            future.runHere();
        } finally {
            futures.pop(future);
        }
    }

    /** Runs a future that the current task waits for, unless somebody has started it. */
    void help(WorkerFuture<?> awaited) throws InterruptedException {
        if (awaited.isDone()) {
            return;
        }
        if (futures.contains(awaited)) {
            throw new IllegalStateException("A task waits for itself: " + awaited);
        }
        WorkerFuture<?> waiting = futures.top();
        if (waiting != null) {
            waiting.beginHelping();
        }
        try {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            futures.push(awaited); // as in run, with a frame less on the stack of a deep recursion
            awaited.runHere();
        } finally {
            futures.pop(awaited);
            Thread.interrupted(); // an interrupt of the awaited task ends with it
            boolean owed = waiting != null && waiting.endHelping();
            if (owed || runState.isAtLeast(RunState.STOP)) {
                Thread.currentThread().interrupt();
            }
        }
    }

    // ---- sleep

    /** From searching to asleep, and to searching again. */
    private void sleep() {
        giveBackMemory();
        status = PARKED;
        searching = false;
        if (idle.fallAsleep(index) && !queues.areEmpty()) { // step announce, step look again
            threads.signal();
        }
        if (runState.isAtLeast(RunState.SHUTDOWN)) {
            threads.wakeAll(); // shutdown may have come just too early to find this worker asleep
        }
        counters.countPark();
        while (status == PARKED) {
            LockSupport.park(this); // step park
            Thread.interrupted(); // a late interrupt of the last task must not keep us from sleeping
        }
        counters.countWakeup();
        searching = true;
        woken = true;
    }

    private void giveBackMemory() {
        try {
            chain.trim();
            submissions.trim();
        } catch (OutOfMemoryError e) {
            // The large ring stays until the next time: nothing is lost.
        }
    }

    // ---- for those who wake

    /** Step wake. */
    void unpark() {
        status = AWAKE;
        LockSupport.unpark(thread);
    }

    void interrupt() {
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }

    WorkerStats stats() {
        long completed = counters.completed();
        long failed = counters.failed();
        long steals = counters.steals();
        long useless = counters.uselessWakeups();
        long wakeups = counters.wakeups();
        long parks = counters.parks();
        long started = counters.started();
        int seen = status;
        WorkerStats.State state = seen == NO_THREAD
                ? WorkerStats.State.NO_THREAD
                : seen == PARKED
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
                parks,
                wakeups,
                useless,
                chain.growths(),
                chain.drops(),
                chain.size(),
                chain.capacity());
    }
}
