// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The workers' threads: hired when there is work and nobody sleeps, woken, and let go. The step names are those of
 * docs/idle-protocol.md.
 */
final class WorkerThreads {
    private static final long SHORTEST_NAP_NANOS = 1_000_000;

    /** How many searchers are enough for all but submitters: whoever makes a task available is awake, and will look for it. */
    private static final int ONE_SEARCHER = 1;

    /** For submitters from outside: the first one that was woken may wait for a processor (docs/decisions/0015). */
    private static final int TWO_SEARCHERS = 2;

    final SchedulerOptions options;
    final SchedulerLog log;
    final TaskSampling sampling;

    /** For messages; and so that threads keep it alive, as those of a ThreadPoolExecutor do: its figures go on with them. */
    private final WorkStealingScheduler scheduler;

    private final ThreadFactory factory;

    /** Whether each of them is a {@link WorkerThread}. */
    final boolean areOfOwnClass;

    private final TaskQueues queues;
    private final IdleWorkers idle;
    private final RunState runState;
    private final @Nullable TaskRoom room;

    private final Roster roster;

    /** Held while a submitter makes the first thread, so that others learn whether that worked. */
    private final Object firstThread = new Object();

    /** Whether the last attempt to make a thread failed: a run of failures is logged once. */
    private volatile boolean hiringFails;

    WorkerThreads(
            WorkStealingScheduler scheduler,
            SchedulerOptions options,
            SchedulerLog log,
            TaskSampling sampling,
            TaskQueues queues,
            RunState runState,
            @Nullable TaskRoom room) {
        this.scheduler = scheduler;
        this.options = options;
        this.log = log;
        this.sampling = sampling;
        this.factory = options.threadFactory();
        this.areOfOwnClass = factory instanceof WorkerThread.Factory;
        this.queues = queues;
        this.runState = runState;
        this.room = room;
        UncheckedTask.prepare();
        CurrentWorker.get(); // loads it before there is a task that could suffer for want of memory
        idle = new IdleWorkers(options.parallelism());
        roster = new Roster(runState, queues.submissions, room);
        roster.resize(options.parallelism(), this::growTo, this::makeWorker);
        log.debug("Scheduler {} starts with " + options.parallelism() + " workers");
    }

    // ---- how many

    /** Allows so many threads from now on. */
    void resize(int threads) {
        StackReserve.require();
        int tooMany = roster.resize(threads, this::growTo, this::makeWorker);
        while (tooMany > 0) {
            int claimed = idle.claim();
            if (claimed < 0) {
                break; // those who are busy see it after their task
            }
            tooMany -= wake(claimed) ? 1 : 0;
        }
        if (!queues.areEmpty()) {
            signal();
        }
    }

    private void growTo(int workers) {
        queues.growTo(workers);
        idle.growTo(workers);
    }

    private Worker makeWorker(int index) {
        return new Worker(index, queues, idle, runState, this, room);
    }

    boolean callOff() {
        return roster.callOff();
    }

    boolean letGoSurplus(Worker worker) {
        return roster.letGoSurplus(worker);
    }

    boolean letGoIdle(Worker worker) {
        return roster.letGoIdle(worker);
    }

    void noteRunState() {
        roster.noteRunState();
    }

    // ---- wake-ups

    /** Steps check, claim and wake, or hire: for whoever has made a task available, or found that there are more. */
    void signal() {
        signalUnlessSearching(ONE_SEARCHER);
    }

    /** As {@link #signal}, for a task from outside. */
    void signalFromOutside() {
        signalUnlessSearching(TWO_SEARCHERS);
    }

    private void signalUnlessSearching(int enough) {
        int found = idle.check(enough);
        if (found >= 0 || (found == IdleWorkers.NOBODY_SLEEPS && roster.mayMakeThread())) {
            wakeOrHire(enough);
        }
    }

    /** Apart, so that only the look before it is compiled into each push (docs/decisions/0013). */
    private void wakeOrHire(int enough) {
        if (!wakeUnlessSearching(enough) && (roster.mayHire() || roster.takeBackEnded())) {
            hireOrLog();
        }
    }

    private boolean wakeOneUnlessSearching() {
        return wakeUnlessSearching(ONE_SEARCHER);
    }

    /** Steps check, claim and wake. False if nobody searches and nobody sleeps. */
    private boolean wakeUnlessSearching(int enough) {
        while (true) {
            int found = idle.check(enough);
            if (found < 0) {
                return found == IdleWorkers.SOMEBODY_SEARCHES;
            }
            StackReserve.require(); // nothing may fail between claim and wake
            int claimed = idle.claimUnlessSearching(enough);
            if (claimed >= 0 && wake(claimed)) {
                return true;
            }
        }
    }

    /** Wakes everybody who sleeps: each searches once more and sees the run state. */
    void wakeAll() {
        StackReserve.require();
        boolean all = true;
        for (int claimed = idle.claim(); claimed >= 0; claimed = idle.claim()) {
            all &= wake(claimed);
        }
        if (!all && !queues.areEmpty()) {
            signal(); // somebody may have taken a worker that had left for one who searches
        }
    }

    /** Step wake; or step withdraw, if the worker has left: then the caller has to check again. Returns which. */
    private boolean wake(int claimed) {
        Worker worker = roster.worker(claimed);
        if (worker.unpark()) {
            return true;
        }
        idle.stopSearching();
        roster.tookOffStack(worker);
        return false;
    }

    // ---- hiring

    /** Makes sure that there is a thread for a task that is about to be submitted, or throws what prevented it. */
    void ensureOne() {
        if (roster.begun() == 0) {
            synchronized (firstThread) {
                if (roster.begun() == 0) {
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
        roster.takeBackEnded();
        freeThoseOnStack();
        if (roster.made() == 0) {
            hire();
        } else {
            hireOrLog();
        }
    }

    /** Makes a thread for each worker that has none, or throws what prevented it; returns how many. */
    int hireAll() {
        int hired = 0;
        synchronized (firstThread) {
            roster.takeBackEnded();
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
        if (roster.someLieOnStack()) {
            wakeAll();
        }
    }

    private void hireOrLog() {
        try {
            if (roster.made() == 0) {
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
        Worker worker = roster.takeFree();
        if (worker == null) {
            return false;
        }
        Roster.Hiring hiring = null;
        boolean made = false;
        try {
            hiring = new Roster.Hiring(worker);
            makeThread(hiring);
            made = true;
        } finally {
            if (!made && roster.cancel(worker, hiring)) {
                cancelled();
            }
        }
        hiringFails = false;
        return true;
    }

    private void makeThread(Roster.Hiring hiring) {
        @Nullable Thread thread = factory.newThread(() -> runThread(hiring));
        if (thread == null) {
            throw new RejectedExecutionException(
                    "The thread factory of scheduler " + scheduler.name() + " returned null");
        }
        thread.start();
        roster.made(hiring, thread);
    }

    /** Somebody may have relied on the thread that could not be made. */
    private void cancelled() {
        terminateIfDone();
        VarHandle.fullFence();
        if (!queues.areEmpty()) {
            wakeOneUnlessSearching();
        }
    }

    // ---- the life of a thread

    private void runThread(Roster.Hiring hiring) {
        if (roster.begin(hiring)) {
            awaitMemory();
            Worker worker = hiring.worker;
            while (worker != null) {
                try {
                    worker.run();
                } catch (Throwable failure) {
                    log.workerFailed(failure);
                }
                worker = leave(worker);
            }
        }
    }

    /**
     * A thread may not find the memory that it needs as it begins. It goes on trying, as somebody may rely on it; but a try in vain
     * has the JVM collect its whole heap, so half of the time is left to those who could free some.
     */
    private void awaitMemory() {
        boolean told = false;
        long awakeSince = System.nanoTime();
        while (!runState.isAtLeast(RunState.STOP)) {
            try {
                scheduler.watch();
                CurrentWorker.prepare();
                return;
            } catch (Throwable failure) {
                told = told || tell(failure);
                nap(Math.max(SHORTEST_NAP_NANOS, System.nanoTime() - awakeSince));
                awakeSince = System.nanoTime();
            }
        }
    }

    /** Returns whether there was memory for the message. */
    private boolean tell(Throwable failure) {
        try {
            log.workerFailed(failure);
            return true;
        } catch (Throwable noMemory) {
            return false;
        }
    }

    private void nap(long nanos) {
        try {
            Thread.interrupted();
            LockSupport.parkNanos(this, nanos);
        } catch (Throwable noMemory) {
            // The first nap of a thread takes some, too.
        }
    }

    /**
     * Step leave. Whoever found this thread still there may have relied on it, so it looks at the queues once more.
     *
     * @return the worker that it takes up instead of ending, or null
     */
    private @Nullable Worker leave(Worker worker) {
        Worker next = roster.leaveUnlessLast(worker) ? leaveLast(worker) : takeUpFree();
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
            if (roster.stay(worker)) {
                return worker;
            }
            Thread.yield(); // somebody has just taken it off
        }
        roster.leaveAsLast(worker);
        return takeUpFree(); // another may have begun meanwhile, and not be able to do what was left to this one
    }

    /** If there is a task, wakes somebody or takes up a free worker. */
    private @Nullable Worker takeUpFree() {
        VarHandle.fullFence();
        return queues.areEmpty() || wakeOneUnlessSearching() ? null : roster.takeUpFree();
    }

    void terminateIfDone() {
        if (roster.terminateIfDone(queues)) {
            try {
                log.debug("Scheduler {} has terminated");
                scheduler.terminated();
            } finally {
                runState.openLatch();
            }
        }
    }

    void interruptAll() {
        roster.interruptAll();
    }

    /** For whoever has set the state to CLOSING: afterwards no task is moved from one chain to another. */
    void awaitTransfers() {
        for (Worker worker : roster.workers()) {
            worker.awaitTransfer();
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
        return roster.parallelism();
    }

    int made() {
        return roster.made();
    }

    int largest() {
        return roster.largest();
    }

    int searching() {
        return idle.searching();
    }

    Worker[] workers() {
        return roster.workers();
    }
}
