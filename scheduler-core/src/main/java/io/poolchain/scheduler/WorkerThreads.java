// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers' threads: made when a worker is woken that has none, counted, and reported when they or their tasks fail.
 * The only class that logs. The step names are those of docs/idle-protocol.md.
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

    /** Guards the counts below. Never held while foreign code runs. */
    private final Object lock = new Object();

    /** Threads that run, and those about to be made. The scheduler can't terminate before this is 0. */
    private int alive;

    /** The part of {@link #alive} that is about to be made. */
    private int starting;

    /** {@code alive - starting}. Written under the lock, read by everybody. */
    private volatile int running;

    /** The largest value that {@link #running} has had. Written under the lock, read by everybody. */
    private volatile int largest;

    /** Held while a submitter makes the first thread, so that others learn whether that worked. */
    private final Object firstThread = new Object();

    /** Whether the last attempt to make a thread failed: a run of failures is logged once. */
    private volatile boolean startFailing;

    WorkerThreads(WorkStealingScheduler scheduler, ThreadFactory factory, TaskQueues queues, RunState runState) {
        this.scheduler = scheduler;
        this.factory = factory;
        this.queues = queues;
        this.runState = runState;
        this.idle = new IdleWorkers(queues.workers());
        this.workers = new Worker[queues.workers()];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(i, queues, idle, runState, this);
        }
        logDebug("Scheduler {} starts with " + workers.length + " workers");
    }

    // ---- wake-ups

    /** Steps claim and wake, if nobody searches: for those who made a task available. */
    void wakeOneUnlessSearching() {
        int claimed = idle.claimUnlessSearching();
        if (claimed != IdleWorkers.NONE) {
            wakeOrPutBack(claimed);
        }
    }

    /** Makes sure that there is a thread for a task that is about to be submitted, or throws what prevented it. */
    void ensureOne() {
        if (running > 0) {
            return;
        }
        synchronized (firstThread) {
            int claimed = running > 0 ? IdleWorkers.NONE : idle.claim();
            if (claimed == IdleWorkers.NONE) {
                return; // there is one by now, or somebody is just making it
            }
            boolean woken = false;
            try {
                woken = wake(workers[claimed]);
            } finally {
                if (!woken) {
                    putBackFailed(List.of(claimed));
                }
            }
        }
    }

    /** Makes a thread for each worker that has none; returns how many. */
    int startAll() {
        List<Integer> claimed = new ArrayList<>();
        for (int worker = idle.claim(); worker != IdleWorkers.NONE; worker = idle.claim()) {
            claimed.add(worker);
        }
        int done = 0;
        int made = 0;
        try {
            for (; done < claimed.size(); done++) {
                Worker worker = workers[claimed.get(done)];
                boolean slept = worker.isParked();
                if (!wake(worker)) {
                    break;
                }
                made += slept ? 0 : 1;
            }
        } finally {
            putBackFailed(claimed.subList(done, claimed.size()));
        }
        return made;
    }

    /** Wakes the claimed worker; if that one has no thread and can't get one, wakes another that sleeps. */
    private void wakeOrPutBack(int claimed) {
        List<Integer> failed = new ArrayList<>(0);
        for (int worker = claimed; worker != IdleWorkers.NONE; worker = idle.claim()) {
            if (tryWake(workers[worker])) {
                break;
            }
            failed.add(worker);
        }
        putBackFailed(failed);
    }

    /**
     * Wakes every sleeping thread, so that each searches once more and then, since the scheduler is shut down, ends. Leaves
     * workers without a thread as they are.
     */
    void wakeAll() {
        List<Integer> withoutThread = new ArrayList<>();
        for (int claimed = idle.claim(); claimed != IdleWorkers.NONE; claimed = idle.claim()) {
            Worker worker = workers[claimed];
            if (!worker.unpark()) {
                worker.hasNoThread();
                withoutThread.add(claimed);
            }
        }
        Collections.reverse(withoutThread);
        if (putBack(withoutThread) && !queues.areEmpty()) {
            wakeOneUnlessSearching();
        }
    }

    /**
     * Makes claimed workers idle again.
     *
     * @return whether they were the last that counted as searching: then somebody may have relied on them, and the caller
     *     has to look for work
     */
    private boolean putBack(List<Integer> claimed) {
        boolean last = false;
        for (int worker : claimed) {
            last = idle.fallAsleep(worker);
        }
        return last;
    }

    /** As {@link #putBack} for workers that got no thread; they are not tried again before the next submission. */
    private void putBackFailed(List<Integer> claimed) {
        if (putBack(claimed) && !queues.areEmpty() && anyParked()) {
            wakeOneUnlessSearching();
        }
    }

    private boolean anyParked() {
        for (Worker worker : workers) {
            if (worker.isParked()) {
                return true;
            }
        }
        return false;
    }

    private boolean tryWake(Worker worker) {
        try {
            return wake(worker);
        } catch (Throwable failure) {
            if (!startFailing) {
                startFailing = true;
                logError("Scheduler {} could not make a thread; its tasks wait for the threads that it has", failure);
            }
            return false;
        }
    }

    /** False if the worker has no thread and the scheduler stops. */
    private boolean wake(Worker worker) {
        if (worker.unpark()) {
            return true;
        }
        boolean started = false;
        try {
            started = start(worker);
        } finally {
            if (!started) {
                worker.hasNoThread();
            }
        }
        return started;
    }

    // ---- beginning and end of threads

    private boolean start(Worker worker) {
        synchronized (lock) {
            if (runState.isAtLeast(RunState.STOP)) {
                return false;
            }
            alive++;
            starting++;
            worker.starting = true;
        }
        boolean started = false;
        try {
            newThread(worker).start();
            started = true;
            startFailing = false;
        } finally {
            if (started) {
                began(worker);
            } else {
                failedToBegin(worker);
            }
        }
        return true;
    }

    private Thread newThread(Worker worker) {
        @Nullable Thread thread = factory.newThread(worker);
        if (thread == null) {
            throw new RejectedExecutionException(
                    "The thread factory of scheduler " + scheduler.name() + " returned null");
        }
        return thread;
    }

    /** Called by the thread and by the one who made it, so that neither sees a count without it. */
    void began(Worker worker) {
        synchronized (lock) {
            if (worker.starting) {
                worker.starting = false;
                starting--;
                running = alive - starting;
                largest = Math.max(largest, running);
            }
        }
    }

    private void failedToBegin(Worker worker) {
        synchronized (lock) {
            worker.starting = false;
            starting--;
            alive--;
        }
        terminateIfDone();
    }

    /** The last that a thread does here. */
    void ended() {
        synchronized (lock) {
            alive--;
            running = alive - starting;
        }
        terminateIfDone();
    }

    /** No thread can be made between the look and the step, because that needs the lock too. */
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
        for (Worker worker : workers) {
            worker.interrupt();
        }
    }

    int running() {
        return Math.max(0, running);
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

    // ---- failures

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
            System.err.println(
                    message.replace("{}", scheduler.name()) + ": " + failure + "; logging it failed: " + logFailure);
        }
    }
}
