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
final class Worker {
    /** How much rarer than its own tail a worker looks at the tail of another's chain, for that touches its cache lines. */
    static final int RESCUE_FACTOR = 8;

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
    private final IdleWorkers idle;
    private final RunState runState;
    private final WorkerThreads threads;
    private final @Nullable TaskRoom room;
    private final boolean oldestFirst;
    private final long keepAliveNanos;

    /**
     * Every so many tasks a worker takes one from the submission queue, and as often one from the tail of its own chain,
     * if there is any: so neither outside tasks nor old local ones wait for ever. And {@link #RESCUE_FACTOR} times rarer
     * one from the tail of another's chain, the others in rotation: so tasks behind a worker that blocks are reached
     * though nobody is idle. A power of two from 4 on.
     */
    private final int fairInterval;

    /** A quarter of the interval, as a mask: at its multiples another source may have its turn. */
    private final int quarterMask;

    /**
     * Whether this worker's thread sleeps.
     *
     * <pre>
     *   NO_THREAD -> AWAKE      whoever hires it, before the thread is made
     *   AWAKE     -> PARKED     the thread, before it announces that it sleeps
     *   PARKED    -> AWAKE      whoever claimed the worker, before the thread is unparked
     *   PARKED    -> TIMED_OUT  the thread, to end after a long sleep; the worker still lies on the stack
     *   AWAKE     -> NO_THREAD  the thread, when it ends; or whoever could not make one
     *   TIMED_OUT -> NO_THREAD  when the thread has ended and a claim has taken the worker off the stack
     * </pre>
     *
     * From PARKED by compare-and-set; to and from NO_THREAD and TIMED_OUT under the lock of {@link WorkerThreads}.
     */
    private volatile int status = NO_THREAD;

    private static final VarHandle STATUS = ConstantBootstraps.fieldVarHandle(
            MethodHandles.lookup(), "status", VarHandle.class, Worker.class, int.class);

    private static final int NO_THREAD = 0;
    private static final int PARKED = 1;
    private static final int AWAKE = 2;
    private static final int TIMED_OUT = 3;

    /** Whether a claim has taken this worker off the stack after its time-out. Set by the claimer, cleared at the end. */
    volatile boolean offStack;

    /** Whether the thread is about to end before its time. Guarded by the lock of {@link WorkerThreads}. */
    boolean leaving;

    /** The thread that runs this worker. Written by that thread, when it begins and ends. */
    private volatile @Nullable Thread thread;

    /** For as many workers as there were at the last search. Owned by the worker's thread. */
    private Victims victims;

    /** Whether {@link IdleWorkers} counts this worker as searching. Owned by the worker's thread. */
    private boolean searching;

    /** The worker from which the last search stole, or NOBODY once that has failed. Owned by the worker's thread. */
    private int lastVictim = NOBODY;

    private static final int NOBODY = -1;

    /** Whether the search under way follows a wake-up from sleep. Owned by the worker's thread. */
    private boolean woken;

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
        this.submissions = queues.submissions;
        this.victims = new Victims(index, queues.workers(), seed());
        this.idle = idle;
        this.runState = runState;
        this.threads = threads;
        this.room = room;
        this.oldestFirst = threads.options.localOrder() == LocalOrder.FIFO;
        this.keepAliveNanos = threads.options.keepAliveNanos();
        this.fairInterval = threads.options.fairnessInterval();
        this.quarterMask = fairInterval / 4 - 1;
    }

    private int seed() {
        return (index + 1) * 0x9E3779B9;
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

    /** A thread is about to be made. This and the next methods are called under the lock of {@link WorkerThreads}. */
    void hire() {
        status = AWAKE;
    }

    /** The first that a thread does. */
    void begin(Thread current) {
        thread = current;
    }

    /** Whether the thread, asleep until now, may go: not if somebody has claimed the worker. */
    boolean timeOut() {
        return STATUS.compareAndSet(this, PARKED, TIMED_OUT);
    }

    /** The last that a thread does. Returns whether the worker is free, which it is not while it lies on the stack. */
    boolean endUnlessOnStack() {
        thread = null;
        leaving = false;
        if (liesOnStack()) {
            return false;
        }
        end();
        return true;
    }

    /** Whether the thread has timed out and no claim has met the worker since. */
    boolean liesOnStack() {
        return status == TIMED_OUT && !offStack;
    }

    /** Whether the thread has timed out and ended, and a claim has met the worker since. */
    boolean isGone() {
        return offStack && thread == null;
    }

    /** The worker is free. */
    void end() {
        status = NO_THREAD;
        offStack = false;
    }

    /** What a thread does between these two. */
    void run() {
        Worker outer = CURRENT.get();
        CURRENT.set(this);
        searching = false;
        woken = false;
        threads.runHook(threads.options.onThreadStart());
        try {
            boolean goOn = true;
            while (goOn) {
                try {
                    goOn = searchThenWork();
                } catch (Throwable broken) {
                    threads.log.error("A worker of scheduler {} failed and goes on", broken);
                }
            }
            clearInterrupt();
            threads.runHook(threads.options.onThreadStop());
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
        if (threads.callOff() && threads.letGoSurplus(this)) {
            stopSearching();
            return false;
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

    /** The next task without a search: from the own chain, the submission queue, the last victim; fairly from time to time. */
    private @Nullable Runnable next() {
        if (threads.callOff()) {
            return null;
        }
        long taken = counters.startedPlain();
        Runnable task = (taken & quarterMask) == 0 ? nextInFairness(taken) : null;
        if (task == null) {
            task = oldestFirst ? chain.popTail() : chain.popHead();
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
        futures.popDownTo(0); // of calls that ran out of stack
        int phase = (int) taken & (fairInterval - 1);
        if (phase == 0) {
            return submissions.poll(taken / fairInterval);
        }
        if (phase == fairInterval / 2) {
            return chain.popTail();
        }
        boolean rescue = (taken & (RESCUE_FACTOR * fairInterval - 1)) == fairInterval / 4 * 3L;
        return rescue && victims().others() > 0 ? stealFrom(victims.nextInTurn()) : null;
    }

    private Victims victims() {
        if (victims.workers() != queues.workers()) {
            victims = new Victims(index, queues.workers(), seed());
        }
        return victims;
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
        for (victims().shuffle(); victims.hasNext(); ) {
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
        clearInterrupt();
        try {
            task.run();
        } catch (Throwable failure) {
            counters.countFailed();
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

    /** The current thread is about to run a future that has been taken from a queue, and will call {@link #end}. */
    void begin(WorkerFuture<?> future) {
        futures.push(future);
    }

    void end(WorkerFuture<?> future) {
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
        if (chain.isEmpty()) {
            return;
        }
        StackReserve.require(); // an element and its counts must not come apart
        while (chain.peekHead() instanceof WorkerFuture<?> future && future.isDone() && chain.popHead() != null) {
            counters.countStarted();
            completed();
        }
    }

    // ---- sleep

    /** From searching to asleep, and to searching again; false if the thread is to end instead. */
    private boolean sleep() {
        giveBackMemory();
        status = PARKED;
        searching = false;
        if (idle.fallAsleep(index) && !queues.areEmpty()) { // step announce, step look again
            threads.signal();
        }
        if (runState.isAtLeast(RunState.SHUTDOWN) || threads.callOff()) {
            threads.wakeAll(); // that may have come just too early to find this worker asleep
        }
        counters.countPark();
        if (!parkUntilClaimed()) {
            return false;
        }
        counters.countWakeup();
        searching = true;
        woken = true;
        return true;
    }

    /** Step park. False if the keep-alive time has passed and nobody has claimed this worker: step time out. */
    private boolean parkUntilClaimed() {
        long began = keepAliveNanos == SchedulerOptions.FOR_EVER ? 0 : System.nanoTime();
        while (status == PARKED) {
            if (keepAliveNanos == SchedulerOptions.FOR_EVER) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, keepAliveNanos - (System.nanoTime() - began));
                if (System.nanoTime() - began >= keepAliveNanos && threads.letGoIdle(this)) {
                    return false;
                }
            }
            Thread.interrupted(); // a late interrupt of the last task must not keep us from sleeping
        }
        return true;
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

    /** Step wake. False if the worker has timed out. */
    boolean unpark() {
        if (!STATUS.compareAndSet(this, PARKED, AWAKE)) {
            return false;
        }
        LockSupport.unpark(thread);
        return true;
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
        WorkerStats.State state = seen == NO_THREAD || seen == TIMED_OUT
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
