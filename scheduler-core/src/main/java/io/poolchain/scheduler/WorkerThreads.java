// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The workers' threads: hired when there is work and nobody sleeps, woken, counted, and let go. The step names are those
 * of docs/idle-protocol.md.
 */
final class WorkerThreads {
    final SchedulerOptions options;
    final SchedulerLog log;

    /** For messages; and so that threads keep it alive, as those of a ThreadPoolExecutor do: its figures go on with them. */
    private final WorkStealingScheduler scheduler;

    private final ThreadFactory factory;
    private final TaskQueues queues;
    private final IdleWorkers idle;
    private final RunState runState;
    private final @Nullable TaskRoom room;

    /** All there have ever been, by index. Replaced by a longer copy, under the lock, before the first new one begins. */
    private volatile Worker[] workers = {};

    /** Guards the fields below. Never held while foreign code makes a thread. */
    private final Object lock = new Object();

    /** The workers that can be hired, in the first {@code freeCount} places; the last of them is hired next. */
    private Worker[] free = {};

    private int freeCount;

    /** Threads that were decided on and have not ended. The scheduler can't terminate before this is 0. */
    private int alive;

    /** The part of {@link #alive} that is about to end, though the scheduler is not. */
    private int leaving;

    /** Whether the only thread that is made is about to end, and looks whether it may. */
    private boolean lastLeaves;

    /** How many threads there may be. */
    private volatile int parallelism;

    /** The part of {@link #alive} that has been made. */
    private volatile int made;

    /** The part of {@link #made} that has begun to run. */
    private volatile int begun;

    /** The largest value that {@link #made} has had. */
    private volatile int largest;

    /** Whether a worker is free and no thread is still to begin: one at a time, each hires the next if there is work. */
    private volatile boolean mayHire;

    /** Whether there are more threads than there may be, beside those that leave. */
    private boolean surplus;

    /** Whether a worker has to look up before it takes a task: there is a surplus, or the scheduler stops. */
    private volatile boolean callOff;

    /** Held while a submitter makes the first thread, so that others learn whether that worked. */
    private final Object firstThread = new Object();

    /** Whether the last attempt to make a thread failed: a run of failures is logged once. */
    private volatile boolean hiringFails;

    WorkerThreads(
            WorkStealingScheduler scheduler,
            SchedulerOptions options,
            TaskQueues queues,
            RunState runState,
            @Nullable TaskRoom room) {
        this.scheduler = scheduler;
        this.options = options;
        this.log = new SchedulerLog(options.name(), options.uncaughtExceptionHandler());
        this.factory = options.threadFactory();
        this.queues = queues;
        this.runState = runState;
        this.room = room;
        idle = new IdleWorkers(options.parallelism());
        synchronized (lock) {
            growTo(options.parallelism());
        }
        log.debug("Scheduler {} starts with " + parallelism + " workers");
    }

    // ---- how many

    /** Allows so many threads from now on. */
    void resize(int threads) {
        StackReserve.require();
        int tooMany;
        synchronized (lock) {
            growTo(threads);
            tooMany = alive - leaving - threads;
        }
        while (tooMany > 0) {
            int claimed = idle.claim();
            if (claimed < 0) {
                break; // those who are busy see it after their task
            }
            tooMany -= wake(workers[claimed]) ? 1 : 0;
        }
        if (!queues.areEmpty()) {
            signal();
        }
    }

    private void growTo(int threads) {
        int before = workers.length;
        if (threads > before) {
            queues.growTo(threads);
            idle.growTo(threads);
            Worker[] more = Arrays.copyOf(workers, threads);
            free = Arrays.copyOf(free, threads);
            for (int index = threads - 1; index >= before; index--) {
                more[index] = new Worker(index, queues, idle, runState, this, room);
                free(more[index]);
            }
            workers = more;
        }
        parallelism = threads;
        count(0, 0, 0);
    }

    boolean callOff() {
        return callOff;
    }

    /** Has the workers look up, if the state is STOP. */
    void noteRunState() {
        synchronized (lock) {
            count(0, 0, 0);
        }
    }

    /** Whether this worker's thread, which has just found that there are too many, is the one to end. */
    boolean letGoSurplus(Worker worker) {
        synchronized (lock) {
            return surplus && letGo(worker);
        }
    }

    /** Whether this worker, which has slept long enough, is to end: not if it has been claimed meanwhile. */
    boolean letGoIdle(Worker worker) {
        synchronized (lock) {
            return worker.timeOut() && letGo(worker);
        }
    }

    private boolean letGo(Worker worker) {
        worker.leaving = true;
        leaving++;
        count(0, 0, 0);
        return true;
    }

    // ---- wake-ups

    /** Steps check, claim and wake, or hire: for whoever has made a task available, or found that there are more. */
    void signal() {
        if (!wakeOneUnlessSearching() && mayHire) {
            hireOrLog();
        }
    }

    /** Steps check, claim and wake. False if nobody searches and nobody sleeps. */
    private boolean wakeOneUnlessSearching() {
        while (true) {
            int found = idle.check();
            if (found < 0) {
                return found == IdleWorkers.SOMEBODY_SEARCHES;
            }
            StackReserve.require(); // nothing may fail between claim and wake
            int claimed = idle.claimUnlessSearching();
            if (claimed >= 0 && wake(workers[claimed])) {
                return true;
            }
        }
    }

    /** Wakes everybody who sleeps: each searches once more and sees the run state. */
    void wakeAll() {
        StackReserve.require();
        boolean all = true;
        for (int claimed = idle.claim(); claimed >= 0; claimed = idle.claim()) {
            all &= wake(workers[claimed]);
        }
        if (!all && !queues.areEmpty()) {
            signal(); // somebody may have taken a worker that had left for one who searches
        }
    }

    /** Step wake; or step withdraw, if the worker has left: then the caller has to check again. Returns which. */
    private boolean wake(Worker claimed) {
        if (claimed.unpark()) {
            return true;
        }
        idle.stopSearching();
        claimed.offStack = true;
        synchronized (lock) {
            freeIfGone(claimed);
        }
        return false;
    }

    // ---- hiring

    /** Makes sure that there is a thread for a task that is about to be submitted, or throws what prevented it. */
    void ensureOne() {
        if (begun == 0) {
            synchronized (firstThread) {
                if (begun == 0) {
                    hireFirst();
                }
            }
        }
    }

    /** Whether this very thread is in the factory for the first thread: what it submits meanwhile that one will find. */
    boolean isMakingTheFirst() {
        return Thread.holdsLock(firstThread);
    }

    /** Another submitter's thread may have been made and not begun: then this one's need not succeed. */
    private void hireFirst() {
        freeThoseOnStack();
        if (made == 0) {
            hire();
        } else {
            hireOrLog();
        }
    }

    /** Makes a thread for each worker that has none, or throws what prevented it; returns how many. */
    int hireAll() {
        int hired = 0;
        synchronized (firstThread) {
            freeThoseOnStack();
            hired += hire() ? 1 : 0;
        }
        while (hire()) {
            hired++;
        }
        return hired;
    }

    /** Workers that left are not free while they lie on the stack: takes everybody off it. */
    private void freeThoseOnStack() {
        boolean needed;
        synchronized (lock) {
            needed = alive + freeCount < parallelism;
        }
        if (needed) {
            wakeAll();
        }
    }

    private void hireOrLog() {
        try {
            if (made == 0) {
                synchronized (firstThread) {
                    hire();
                }
            } else {
                hire();
            }
        } catch (Throwable failure) {
            if (!hiringFails) {
                hiringFails = true;
                log.error("Scheduler {} could not make a thread; its tasks wait for the threads that it has", failure);
            }
        }
    }

    /**
     * Step hire: makes a thread for a free worker. False if there is none, or the scheduler stops.
     *
     * @throws StackOverflowError if there is not enough stack to take back what an overflow in the factory would interrupt
     */
    private boolean hire() {
        StackReserve.require();
        Worker worker;
        synchronized (lock) {
            worker = takeFree();
        }
        if (worker == null) {
            return false;
        }
        Start start = null;
        boolean made = false;
        try {
            start = new Start(worker);
            makeThread(start);
            made = true;
        } finally {
            if (!made && cancel(start, worker)) {
                // Somebody may have relied on this thread.
                VarHandle.fullFence();
                if (!queues.areEmpty()) {
                    wakeOneUnlessSearching();
                }
            }
        }
        hiringFails = false;
        return true;
    }

    private @Nullable Worker takeFree() {
        if (freeCount == 0 || alive >= parallelism || runState.isAtLeast(RunState.STOP)) {
            return null;
        }
        freeCount--;
        Worker worker = free[freeCount];
        worker.hire();
        count(1, 0, 0);
        return worker;
    }

    private void makeThread(Start start) {
        @Nullable Thread thread = factory.newThread(start);
        if (thread == null) {
            throw new RejectedExecutionException(
                    "The thread factory of scheduler " + scheduler.name() + " returned null");
        }
        thread.start();
        synchronized (lock) {
            countMade(start);
        }
    }

    private void countMade(Start start) {
        if (!start.made) {
            start.made = true;
            count(0, 1, 0);
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock
    private void count(int moreAlive, int moreMade, int moreBegun) {
        alive += moreAlive;
        made += moreMade;
        begun += moreBegun;
        largest = Math.max(largest, made);
        mayHire = alive == begun && alive < parallelism && freeCount > 0;
        queues.submissions.setAttended(made > (lastLeaves ? 1 : 0));
        int staying = alive - leaving;
        surplus = staying > parallelism;
        callOff = surplus || runState.isAtLeast(RunState.STOP);
        if (room != null) {
            room.resizeTo(Math.max(parallelism, staying)); // what a surplus worker runs takes no room from what waits
        }
    }

    private void free(Worker worker) {
        free[freeCount] = worker;
        freeCount++;
    }

    /** Both must have come about, in whichever order: the thread's end, and the claim that takes the worker off the stack. */
    private void freeIfGone(Worker worker) {
        if (worker.isGone()) {
            worker.end();
            free(worker);
            count(0, 0, 0);
        }
    }

    /** False if the thread has begun all the same: a factory started it, and then failed. */
    private boolean cancel(@Nullable Start start, Worker worker) {
        synchronized (lock) {
            if (start != null && !start.expected) {
                return false;
            }
            if (start != null) {
                start.expected = false;
            }
            worker.end();
            free(worker);
            count(-1, 0, 0);
        }
        terminateIfDone();
        return true;
    }

    /** The body of a thread. A factory may run it late, never, twice, or by a thread that it has not told us of. */
    private final class Start implements Runnable {
        private final Worker first;

        /** Whether the thread is to begin. Guarded by the lock. */
        private boolean expected = true;

        /** Whether the thread counts as made. Guarded by the lock. */
        private boolean made;

        Start(Worker worker) {
            this.first = worker;
        }

        @Override
        public void run() {
            synchronized (lock) {
                if (!expected) {
                    return;
                }
                expected = false;
                countMade(this);
                count(0, 0, 1);
                first.begin(Thread.currentThread());
            }
            Worker worker = first;
            while (worker != null) {
                worker.run();
                worker = leave(worker);
            }
        }
    }

    /**
     * Step leave. Whoever found this thread still there may have relied on it, so it looks at the queues once more.
     *
     * @return the worker that it takes up instead of ending, or null
     */
    private @Nullable Worker leave(Worker worker) {
        boolean last;
        synchronized (lock) {
            last = made == 1;
            lastLeaves = last;
            if (last) {
                count(0, 0, 0); // from now on submitters make a thread first
            } else {
                end(worker);
            }
        }
        Worker next = last ? leaveLast(worker) : takeUpFree();
        if (next == null) {
            terminateIfDone();
        }
        return next;
    }

    /** While there is a task, the last thread must not rely on others being made: its worker goes on. */
    private @Nullable Worker leaveLast(Worker worker) {
        queues.submissions.awaitOffersUnderWay();
        VarHandle.fullFence();
        while (!runState.isAtLeast(RunState.STOP) && !queues.areEmpty()) {
            wakeOneUnlessSearching(); // takes the worker off the stack, if that is where it timed out
            synchronized (lock) {
                if (!worker.liesOnStack()) {
                    lastLeaves = false;
                    leaving -= worker.leaving ? 1 : 0;
                    worker.endUnlessOnStack();
                    worker.hire();
                    worker.begin(Thread.currentThread());
                    count(0, 0, 0);
                    return worker;
                }
            }
            Thread.yield(); // somebody has just taken it off
        }
        synchronized (lock) {
            lastLeaves = false;
            end(worker);
        }
        return null;
    }

    /** If there is a task, wakes somebody or takes up a free worker. */
    private @Nullable Worker takeUpFree() {
        VarHandle.fullFence();
        if (queues.areEmpty() || wakeOneUnlessSearching()) {
            return null;
        }
        synchronized (lock) {
            Worker worker = mayHire ? takeFree() : null;
            if (worker != null) {
                count(0, 1, 1);
                worker.begin(Thread.currentThread());
            }
            return worker;
        }
    }

    private void end(Worker worker) {
        leaving -= worker.leaving ? 1 : 0;
        if (worker.endUnlessOnStack()) {
            free(worker);
        }
        count(-1, -1, -1);
        freeIfGone(worker);
    }

    /** No thread can be decided on between the look and the step, because that needs the lock too. */
    void terminateIfDone() {
        synchronized (lock) {
            boolean ending = runState.isAtLeast(RunState.SHUTDOWN);
            boolean done = ending && alive == 0 && (runState.isAtLeast(RunState.STOP) || queues.areEmpty());
            if (!done || !runState.advanceTo(RunState.TERMINATED)) {
                return;
            }
        }
        log.debug("Scheduler {} has terminated");
    }

    void interruptAll() {
        synchronized (lock) { // a thread that has ended is none of ours
            for (Worker worker : workers) {
                worker.interrupt();
            }
        }
    }

    // ---- what users have the threads do

    /** A future of ours has had itself decorated when it was made. */
    Runnable decorateUnlessFuture(Runnable task) {
        return task instanceof WorkerFuture<?> future && future.isOf(this) ? task : decorate(task);
    }

    Runnable decorate(Runnable task) {
        UnaryOperator<Runnable> decorator = options.taskDecorator();
        return decorator == null
                ? task
                : Objects.requireNonNull(decorator.apply(task), "the task decorator returned null");
    }

    void runHook(@Nullable Runnable hook) {
        if (hook != null) {
            try {
                hook.run();
            } catch (Throwable failure) {
                log.error("A thread hook of scheduler {} failed", failure);
            }
        }
    }

    // ---- figures

    int parallelism() {
        return parallelism;
    }

    int made() {
        return made;
    }

    int largest() {
        return largest;
    }

    int searching() {
        return idle.searching();
    }

    Worker[] workers() {
        return workers;
    }
}
