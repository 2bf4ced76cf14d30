// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.lang.invoke.VarHandle;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers' threads: hired when there is work and nobody sleeps, woken, counted, and reported when they or their tasks
 * fail. The only class that logs. The step names are those of docs/idle-protocol.md.
 */
final class WorkerThreads {
    private static final Logger LOG = LoggerFactory.getLogger(WorkStealingScheduler.class);

    /** Its name; and so that threads keep it alive, as those of a ThreadPoolExecutor do: its figures go on with them. */
    private final WorkStealingScheduler scheduler;

    private final ThreadFactory factory;
    private final TaskQueues queues;
    private final IdleWorkers idle;
    private final RunState runState;
    private final Worker[] workers;

    /** Guards the fields below. Never held while foreign code makes a thread. */
    private final Object lock = new Object();

    /** The workers without a thread, in the first {@code workers.length - alive} places; the last of them is hired next. */
    private final Worker[] free;

    /** Threads that were decided on and have not ended. The scheduler can't terminate before this is 0. */
    private int alive;

    /** The part of {@link #alive} that has been made. */
    private volatile int made;

    /** The part of {@link #made} that has begun to run. */
    private volatile int begun;

    /** The largest value that {@link #made} has had. */
    private volatile int largest;

    /** Whether a worker is free and no thread is still to begin: one at a time, each hires the next if there is work. */
    private volatile boolean mayHire = true;

    /**
     * A worker that was claimed and not woken, because its claimer ran out of stack. {@link #signal} leaves but one, since it
     * counts as searching; the next one who has a task to tell of wakes it, and so does {@link #wakeAll} before it claims.
     */
    private volatile @Nullable Worker owed;

    /** Held while a submitter makes the first thread, so that others learn whether that worked. */
    private final Object firstThread = new Object();

    /** Whether the last attempt to make a thread failed: a run of failures is logged once. */
    private volatile boolean hiringFails;

    WorkerThreads(WorkStealingScheduler scheduler, ThreadFactory factory, TaskQueues queues, RunState runState) {
        this.scheduler = scheduler;
        this.factory = factory;
        this.queues = queues;
        this.runState = runState;
        int n = queues.workers();
        idle = new IdleWorkers(n);
        workers = new Worker[n];
        free = new Worker[n];
        for (int i = 0; i < n; i++) {
            workers[i] = new Worker(i, queues, idle, runState, this);
            free[n - 1 - i] = workers[i];
        }
        logDebug("Scheduler {} starts with " + n + " workers");
    }

    // ---- wake-ups

    /** Steps check, claim and wake, or hire: for whoever has made a task available, or found that there are more. */
    void signal() {
        int claimed = idle.claimUnlessSearching();
        if (claimed >= 0) {
            wake(workers[claimed]);
        } else if (claimed == IdleWorkers.SOMEBODY_SEARCHES) {
            wakeOwed();
        } else if (mayHire) {
            hireOrLog();
        }
    }

    /** Wakes everybody who sleeps: each searches once more and sees the run state. */
    void wakeAll() {
        wakeOwed();
        for (int claimed = idle.claim(); claimed >= 0; claimed = idle.claim()) {
            wake(workers[claimed]);
        }
    }

    private void wake(Worker claimed) {
        try {
            claimed.unpark();
        } catch (StackOverflowError e) { // of a task that submits at the end of its stack
            owed = claimed;
            throw e;
        }
    }

    private void wakeOwed() {
        Worker claimed = owed;
        if (claimed != null) {
            owed = null;
            claimed.unpark();
        }
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

    /** Another submitter's thread may have been made and not begun: then this one's need not succeed. */
    private void hireFirst() {
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
            hired += hire() ? 1 : 0;
        }
        while (hire()) {
            hired++;
        }
        return hired;
    }

    private void hireOrLog() {
        try {
            hire();
        } catch (Throwable failure) {
            if (!hiringFails) {
                hiringFails = true;
                logError("Scheduler {} could not make a thread; its tasks wait for the threads that it has", failure);
            }
        }
    }

    /** Step hire: makes a thread for a free worker. False if there is none, or the scheduler stops. */
    private boolean hire() {
        Worker worker;
        synchronized (lock) {
            if (alive == workers.length || runState.isAtLeast(RunState.STOP)) {
                return false;
            }
            worker = free[workers.length - alive - 1];
            count(1, 0, 0);
            worker.hire();
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
                    wakeOneWhoSleeps();
                }
            }
        }
        hiringFails = false;
        return true;
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

    /** As {@link #signal}, but hires nobody. */
    private void wakeOneWhoSleeps() {
        int claimed = idle.claimUnlessSearching();
        if (claimed >= 0) {
            wake(workers[claimed]);
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
        mayHire = alive == begun && alive < workers.length;
    }

    private void free(Worker worker) {
        free[workers.length - alive - 1] = worker;
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
            count(-1, 0, 0);
            free(worker);
        }
        terminateIfDone();
        return true;
    }

    /** The body of a thread. A factory may run it late, never, twice, or by a thread that it has not told us of. */
    private final class Start implements Runnable {
        private final Worker worker;

        /** Whether the thread is to begin. Guarded by the lock. */
        private boolean expected = true;

        /** Whether the thread counts as made. Guarded by the lock. */
        private boolean made;

        Start(Worker worker) {
            this.worker = worker;
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
                worker.begin(Thread.currentThread());
            }
            try {
                worker.run();
            } finally {
                ended(worker);
            }
        }
    }

    private void ended(Worker worker) {
        synchronized (lock) {
            worker.end();
            count(-1, -1, -1);
            free(worker);
        }
        terminateIfDone();
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
        logDebug("Scheduler {} has terminated");
    }

    void interruptAll() {
        synchronized (lock) { // a thread that has ended is none of ours
            for (Worker worker : workers) {
                worker.interrupt();
            }
        }
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

    // ---- failures; none of these methods throws

    /**
     * Hands what a task threw to the thread's handler, as a thread that dies of it would. Where nobody has set a handler,
     * it is logged, if there is a log, instead of being printed.
     */
    void reportTaskFailure(Throwable failure) {
        Thread thread = Thread.currentThread();
        try {
            Thread.UncaughtExceptionHandler handler = thread.getUncaughtExceptionHandler();
            if (onlyPrints(handler) && LOG.isErrorEnabled()) {
                logError("A task of scheduler {} failed", failure);
            } else {
                handler.uncaughtException(thread, failure);
            }
        } catch (Throwable handlerFailure) {
            if (handlerFailure != failure) {
                handlerFailure.addSuppressed(failure);
            }
            logError("The uncaught exception handler of scheduler {} failed", handlerFailure);
        }
    }

    private static boolean onlyPrints(Thread.UncaughtExceptionHandler handler) {
        return handler.getClass() == ThreadGroup.class && Thread.getDefaultUncaughtExceptionHandler() == null;
    }

    /** For what should not happen: an exception in a worker itself, which goes on. */
    void reportBug(Throwable failure) {
        logError("A worker of scheduler {} failed and goes on", failure);
    }

    private void logDebug(String message) {
        try {
            LOG.debug(message, scheduler.name());
        } catch (Throwable logFailure) {
            // A broken log must not keep a scheduler from its life; where something is at stake, logError says so.
        }
    }

    private void logError(String message, Throwable failure) {
        try {
            LOG.error(message, scheduler.name(), failure);
        } catch (Throwable logFailure) {
            printError(message, failure, logFailure);
        }
    }

    /** The last resort: names only, because the text of an exception may be what fails. */
    private void printError(String message, Throwable failure, Throwable logFailure) {
        try {
            System.err.println(message.replace("{}", scheduler.name()) + ": "
                    + failure.getClass().getName() + "; logging it failed: "
                    + logFailure.getClass().getName());
        } catch (Throwable nothingWorks) {
            // There is nobody left to tell.
        }
    }
}
