// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Which workers there are, and which of them have a thread: the counts and the list of free workers, changed under one lock
 * so that they always agree. The step names are those of docs/idle-protocol.md. Thread-safe.
 */
final class Roster {
    private final RunState runState;
    private final SubmissionQueue submissions;
    private final @Nullable TaskRoom room;

    /** All there have ever been, by index. Replaced by a longer copy, under the lock, before the first new one begins. */
    private volatile Worker[] workers = {};

    /** Guards the fields below. No foreign code is called under it. */
    private final Object lock = new Object();

    /** The workers that can be hired, in the first {@code freeCount} places; the last of them is hired next. */
    private Worker[] free = {};

    private int freeCount;

    /** Threads that were decided on and have not ended. The scheduler can't terminate before this is 0. */
    private int alive;

    /** The part of {@link #alive} that is about to end, though the scheduler is not. */
    private int leaving;

    /** The part of {@link #made} that is about to end and looks whether it may: nobody may rely on it. */
    private int lastLeaving;

    /** How many threads there may be. */
    private volatile int parallelism;

    /** The part of {@link #alive} that has been made. */
    private volatile int made;

    /** The part of {@link #made} that has begun to run. */
    private volatile int begun;

    /** The first of the threads that have been started and have not begun; they are linked. Written under the lock. */
    private volatile @Nullable Hiring awaited;

    /** The largest value that {@link #made} has had. */
    private volatile int largest;

    /** Whether a worker is free and no thread is still to begin: one at a time, each hires the next if there is work. */
    private volatile boolean mayHire;

    /** Whether {@link #mayHire}, or a thread is still to begin, which may turn out to have ended: all that a push looks at. */
    private volatile boolean mayMakeThread;

    /** Whether there are more threads than there may be, beside those that leave. */
    private boolean surplus;

    /** Whether a worker has to look up before it takes a task: there is a surplus, or the scheduler stops. */
    private volatile boolean callOff;

    Roster(RunState runState, SubmissionQueue submissions, @Nullable TaskRoom room) {
        this.runState = runState;
        this.submissions = submissions;
        this.room = room;
    }

    // ---- how many

    /** Allows so many threads from now on; returns how many too many there are. Makes workers that there have not been. */
    int resize(int threads, IntConsumer prepare, IntFunction<Worker> maker) {
        synchronized (lock) {
            int before = workers.length;
            if (threads > before) {
                prepare.accept(threads);
                Worker[] more = Arrays.copyOf(workers, threads);
                free = Arrays.copyOf(free, threads);
                for (int index = before; index < threads; index++) {
                    more[index] = maker.apply(index);
                }
                workers = more;
                for (int index = threads - 1; index >= before; index--) {
                    free(more[index]);
                }
            }
            parallelism = threads;
            count(0, 0, 0);
            return made - leaving - threads;
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock
    private void count(int moreAlive, int moreMade, int moreBegun) {
        alive += moreAlive;
        largest = Math.max(largest, made + moreMade); // first, so that who reads it last never sees less than made
        made += moreMade;
        begun += moreBegun;
        mayHire = alive == begun && alive < parallelism && freeCount > 0;
        mayMakeThread = mayHire || alive != begun;
        submissions.setAttended(made > lastLeaving);
        surplus = made - leaving > parallelism; // a thread that is still to be made looks when it begins
        callOff = surplus || runState.isAtLeast(RunState.STOP);
        if (room != null) {
            room.resizeTo(
                    Math.max(parallelism, alive - leaving)); // what a surplus worker runs takes no room from what waits
        }
    }

    private void free(Worker worker) {
        free[freeCount] = worker;
        freeCount++;
    }

    /** Has the workers look up, if the state is STOP. */
    void noteRunState() {
        synchronized (lock) {
            count(0, 0, 0);
        }
    }

    // ---- from free to begun

    /** How far the making of one thread has come. A factory may run its body late, never, twice, or before it returns. */
    static final class Hiring {
        final Worker worker;

        /** Whether the thread is to begin. Guarded by the lock. */
        private boolean expected = true;

        /** Whether the thread counts as made. Guarded by the lock. */
        private boolean made;

        /** Not null while it is awaited, but for those who still find it there. Written under the lock. */
        private @Nullable Thread thread;

        /** The next that is awaited. Guarded by the lock. */
        private @Nullable Hiring next;

        Hiring(Worker worker) {
            this.worker = worker;
        }

        private boolean hasEnded() {
            Thread started = thread;
            return started != null && started.getState() == Thread.State.TERMINATED;
        }
    }

    /** A worker for whom a thread is to be made; null if there is none, or the scheduler stops. */
    @Nullable
    Worker takeFree() {
        synchronized (lock) {
            if (freeCount == 0 || alive >= parallelism || runState.isAtLeast(RunState.STOP)) {
                return null;
            }
            freeCount--;
            Worker worker = free[freeCount];
            worker.hire();
            count(1, 0, 0);
            return worker;
        }
    }

    /** The thread has been started. */
    void made(Hiring hiring, Thread thread) {
        synchronized (lock) {
            countMade(hiring);
            if (hiring.expected) {
                hiring.thread = thread;
                hiring.next = awaited;
                awaited = hiring;
            }
        }
    }

    private void countMade(Hiring hiring) {
        if (!hiring.made) {
            hiring.made = true;
            count(0, 1, 0);
        }
    }

    /** The calling thread is the worker's; false if it is one too many. */
    boolean begin(Hiring hiring) {
        synchronized (lock) {
            if (!hiring.expected) {
                return false;
            }
            hiring.expected = false;
            awaitNoLonger(hiring);
            countMade(hiring);
            count(0, 0, 1);
            hiring.worker.begin(Thread.currentThread());
            return true;
        }
    }

    /** If it is. Then it holds on to no other, nor to its thread. */
    private void awaitNoLonger(Hiring hiring) {
        if (awaited == hiring) {
            awaited = hiring.next;
        } else {
            for (Hiring before = awaited; before != null; before = before.next) {
                if (before.next == hiring) {
                    before.next = hiring.next;
                }
            }
        }
        hiring.next = null;
        hiring.thread = null;
    }

    /**
     * A thread may end before it begins, by what the factory has it do first: then its worker is free again, and nobody may
     * rely on it any more. Returns whether there was one, and another may be hired.
     */
    boolean takeBackEnded() {
        Hiring first = awaited;
        if (first == null || !first.hasEnded()) {
            return false;
        }
        StackReserve.require(); // the list and the counts must not come apart
        synchronized (lock) {
            takeBackEndedOnes();
            return mayHire;
        }
    }

    private void takeBackEndedOnes() {
        Hiring next;
        for (Hiring hiring = awaited; hiring != null; hiring = next) {
            next = hiring.next;
            if (hiring.hasEnded()) {
                awaitNoLonger(hiring);
                hiring.expected = false;
                hiring.worker.end();
                free(hiring.worker);
                count(-1, -1, 0);
            }
        }
    }

    /** No thread could be made. False if one has begun all the same: a factory started it, and then failed. */
    boolean cancel(Worker worker, @Nullable Hiring hiring) {
        synchronized (lock) {
            if (hiring != null && !hiring.expected) {
                return false;
            }
            if (hiring != null) {
                hiring.expected = false;
            }
            worker.end();
            free(worker);
            count(-1, 0, 0);
            return true;
        }
    }

    /** A free worker for the calling thread, which has left its own, if one may be hired. */
    @Nullable
    Worker takeUpFree() {
        synchronized (lock) {
            takeBackEndedOnes();
            Worker worker = mayHire ? takeFree() : null;
            if (worker != null) {
                count(0, 1, 1);
                worker.begin(Thread.currentThread());
            }
            return worker;
        }
    }

    // ---- from begun to free

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

    /** Step leave, unless this is the last thread: then submitters make one first from now on. Returns whether it is. */
    boolean leaveUnlessLast(Worker worker) {
        synchronized (lock) {
            takeBackEndedOnes();
            boolean last = made - lastLeaving == 1;
            if (last) {
                lastLeaving++;
                count(0, 0, 0);
            } else {
                end(worker);
            }
            return last;
        }
    }

    void leaveAsLast(Worker worker) {
        synchronized (lock) {
            lastLeaving--;
            end(worker);
        }
    }

    /** The last thread goes on with its worker; false if that lies on the stack. */
    boolean stay(Worker worker) {
        synchronized (lock) {
            if (worker.liesOnStack()) {
                return false;
            }
            lastLeaving--;
            leaving -= worker.leaving ? 1 : 0;
            worker.endUnlessOnStack();
            worker.hire();
            worker.begin(Thread.currentThread());
            count(0, 0, 0);
            return true;
        }
    }

    private void end(Worker worker) {
        leaving -= worker.leaving ? 1 : 0;
        if (worker.endUnlessOnStack()) {
            free(worker);
        }
        count(-1, -1, -1);
    }

    /** A claim has taken a worker off the stack whose thread has timed out; it is free when that has ended too. */
    void tookOffStack(Worker worker) {
        worker.offStack = true;
        synchronized (lock) {
            if (worker.isGone()) {
                worker.end();
                free(worker);
                count(0, 0, 0);
            }
        }
    }

    // ---- the end

    /**
     * Moves to TERMINATED if that is due; returns whether it was. No thread can be decided on between the look and the step,
     * because that needs the lock too.
     */
    boolean terminateIfDone(TaskQueues queues) {
        synchronized (lock) {
            boolean ending = runState.isAtLeast(RunState.SHUTDOWN);
            boolean done = ending && (runState.isAtLeast(RunState.STOP) || queues.areEmpty());
            if (done) {
                takeBackEndedOnes();
            }
            return done && alive == 0 && runState.advanceTo(RunState.TERMINATED);
        }
    }

    void interruptAll() {
        synchronized (lock) { // a thread that has ended is none of ours
            for (Worker worker : workers) {
                worker.interrupt();
            }
        }
    }

    // ---- figures

    Worker worker(int index) {
        return workers[index];
    }

    Worker[] workers() {
        return workers;
    }

    boolean callOff() {
        return callOff;
    }

    boolean mayHire() {
        return mayHire;
    }

    boolean mayMakeThread() {
        return mayMakeThread;
    }

    /** Whether a worker that has no thread, though it might, is not free either: it lies on the stack. */
    boolean someLieOnStack() {
        synchronized (lock) {
            return alive + freeCount < parallelism;
        }
    }

    int parallelism() {
        return parallelism;
    }

    int made() {
        return made;
    }

    int begun() {
        return begun;
    }

    int largest() {
        return largest;
    }
}
