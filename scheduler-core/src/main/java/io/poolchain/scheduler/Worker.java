// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import io.poolchain.scheduler.queue.PoolChain;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One worker: finds a task, runs it, and idles when there is none. It outlives its thread; at most one thread runs it at
 * a time, and that thread owns its chain and its counters. The step names are those of docs/idle-protocol.md.
 */
final class Worker implements Runnable {
    /**
     * Every so many tasks a worker takes one from the submission queue, and as often one from the tail of its own chain,
     * if there is any: so neither outside tasks nor old local ones wait for ever. Must be a power of two, at least 64 is
     * a stated promise.
     */
    static final int FAIR_INTERVAL = 64;

    /**
     * Every so many tasks a worker takes one from the tail of another's chain, the others in rotation: so tasks behind a
     * worker that blocks are reached though nobody is idle. Rarer, because it touches another worker's cache lines.
     */
    static final int RESCUE_INTERVAL = 512;

    private static final int QUARTER = FAIR_INTERVAL / 4;

    private static final int RESCUE_PHASE = 3 * QUARTER;

    /** Rounds of looking everywhere before a searcher falls asleep; one processor has nobody to wait for. */
    private static final int SEARCH_ROUNDS = Runtime.getRuntime().availableProcessors() > 1 ? 3 : 1;

    /** The worker that the current thread is running, of whatever scheduler. */
    private static final ThreadLocal<@Nullable Worker> CURRENT = new ThreadLocal<>();

    final WorkerCounters counters = new WorkerCounters();

    private final int index;
    private final TaskQueues queues;
    private final PoolChain<Runnable> chain;
    private final SubmissionQueue submissions;
    private final Victims victims;
    private final IdleWorkers idle;
    private final RunState runState;
    private final WorkerThreads threads;

    /**
     * Whether this worker has a thread and who may wake it.
     *
     * <pre>
     *   NO_THREAD -> AWAKE      whoever claimed the worker, then starts a thread
     *   AWAKE     -> PARKED     the worker, before it joins the idle ones
     *   PARKED    -> AWAKE      whoever claimed the worker, then unparks its thread
     *   PARKED    -> NO_THREAD  the worker, when its thread is to end
     *   AWAKE     -> NO_THREAD  whoever claimed the worker and could not start a thread
     * </pre>
     */
    private volatile int status = NO_THREAD;

    private static final int NO_THREAD = 0;
    private static final int PARKED = 1;
    private static final int AWAKE = 2;

    private static final VarHandle STATUS = ConstantBootstraps.fieldVarHandle(
            MethodHandles.lookup(), "status", VarHandle.class, Worker.class, int.class);

    /** Whether a thread is being made that has not begun to run. Guarded by the lock of {@link WorkerThreads}. */
    boolean starting;

    /** The thread that runs this worker. Written by that thread. */
    private volatile @Nullable Thread thread;

    /** Whether {@link IdleWorkers} counts this worker as searching. Owned by the worker's thread. */
    private boolean searching;

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
        threads.wakeOneUnlessSearching();
        return true;
    }

    // ---- the life of a thread

    /** The body of this worker's thread, which starts as a searcher on behalf of whoever claimed this worker. */
    @Override
    public void run() {
        Worker outer = CURRENT.get();
        CURRENT.set(this);
        threads.began(this);
        thread = Thread.currentThread();
        searching = true;
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
            threads.ended();
        }
    }

    /** From one search to the end of the next sleep; false if the thread is to end. */
    private boolean searchThenWork() {
        if (!searching) {
            idle.startSearching(); // step search
            searching = true;
        }
        // Read before the search: once the scheduler is shut down no task is added that the search could miss.
        boolean ending = runState.isAtLeast(RunState.SHUTDOWN);
        Runnable task = search();
        if (task == null) {
            if (woken) {
                counters.countUselessWakeup();
            }
            return ending ? !tryEnd() : sleep();
        }
        woken = false;
        do {
            runTask(task);
            task = next();
        } while (task != null);
        return true;
    }

    /** The next task without a search: from the own chain, else from the submission queue; fairly from time to time. */
    private @Nullable Runnable next() {
        if (runState.isAtLeast(RunState.STOP)) {
            return null;
        }
        long taken = counters.startedPlain();
        Runnable task = (taken & (QUARTER - 1)) == 0 ? nextInFairness(taken) : null;
        if (task == null) {
            task = chain.popHead();
        }
        return task != null ? task : submissions.poll(taken);
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
            Runnable task = submissions.poll(counters.startedPlain());
            if (task == null) {
                task = steal();
            }
            if (task != null) {
                searching = false;
                if (idle.stopSearching() && !queues.areEmpty()) { // step found
                    threads.wakeOneUnlessSearching(); // step pass on
                }
                return task;
            }
            if (round >= SEARCH_ROUNDS) {
                return null;
            }
            Thread.onSpinWait();
        }
        return null;
    }

    /** Visits each other worker's chain once. */
    private @Nullable Runnable steal() {
        for (victims.shuffle(); victims.hasNext(); ) {
            Runnable task = stealFrom(victims.next());
            if (task != null) {
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
        }
        counters.countCompleted();
    }

    // ---- sleep

    /** From searching to idle, and to searching again. Always true: the thread goes on. */
    private boolean sleep() {
        giveBackMemory();
        announce();
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
        return true;
    }

    /** Gives up the thread, unless somebody has just claimed this worker. From then on another thread may run it. */
    private boolean tryEnd() {
        announce();
        thread = null;
        if (STATUS.compareAndSet(this, PARKED, NO_THREAD)) {
            return true;
        }
        thread = Thread.currentThread();
        searching = true;
        woken = false;
        return false;
    }

    private void announce() {
        status = PARKED;
        searching = false;
        if (idle.fallAsleep(index) && !queues.areEmpty()) { // step announce, step look again
            threads.wakeOneUnlessSearching();
        }
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

    /** Step wake: true if a sleeping thread was woken; false if there is none, and the caller has to start one. */
    boolean unpark() {
        if (STATUS.compareAndSet(this, PARKED, AWAKE)) {
            LockSupport.unpark(thread);
            return true;
        }
        status = AWAKE;
        return false;
    }

    /** Undoes an {@link #unpark} after which no thread could be started. */
    void hasNoThread() {
        status = NO_THREAD;
    }

    boolean isParked() {
        return status == PARKED;
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
