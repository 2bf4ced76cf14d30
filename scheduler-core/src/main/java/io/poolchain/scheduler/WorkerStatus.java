// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Whether a worker has a thread, and whether that sleeps. The step names are those of docs/idle-protocol.md. */
abstract class WorkerStatus {
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
     * From PARKED by compare-and-set; to and from NO_THREAD and TIMED_OUT under the lock of {@link Roster}.
     */
    private volatile int status = NO_THREAD;

    private static final VarHandle STATUS = ConstantBootstraps.fieldVarHandle(
            MethodHandles.lookup(), "status", VarHandle.class, WorkerStatus.class, int.class);

    private static final int NO_THREAD = 0;
    private static final int PARKED = 1;
    private static final int AWAKE = 2;
    private static final int TIMED_OUT = 3;

    /** Whether a claim has taken this worker off the stack after its time-out. Set by the claimer, cleared at the end. */
    volatile boolean offStack;

    /** Whether the thread is about to end before its time. Guarded by the lock of {@link Roster}. */
    boolean leaving;

    /** The thread that runs this worker. Written by that thread, when it begins and ends. */
    private volatile @Nullable Thread thread;

    // ---- under the lock of Roster

    /** A thread is about to be made. */
    final void hire() {
        status = AWAKE;
    }

    /** The first that a thread does. */
    final void begin(Thread current) {
        thread = current;
    }

    /** Whether the thread, asleep until now, may go: not if somebody has claimed the worker. */
    final boolean timeOut() {
        return STATUS.compareAndSet(this, PARKED, TIMED_OUT);
    }

    /** The last that a thread does. Returns whether the worker is free, which it is not while it lies on the stack. */
    final boolean endUnlessOnStack() {
        thread = null;
        leaving = false;
        if (liesOnStack()) {
            return false;
        }
        end();
        return true;
    }

    /** Whether the thread has timed out and no claim has met the worker since. */
    final boolean liesOnStack() {
        return status == TIMED_OUT && !offStack;
    }

    /** Whether the thread has timed out and ended, and a claim has met the worker since. */
    final boolean isGone() {
        return offStack && thread == null;
    }

    /** The worker is free. */
    final void end() {
        status = NO_THREAD;
        offStack = false;
    }

    // ---- by the worker's thread

    /** From now on the worker may be claimed, once it is on the stack. */
    final void setParked() {
        status = PARKED;
    }

    final boolean isParked() {
        return status == PARKED;
    }

    final boolean isRunBy(Thread current) {
        return current == thread;
    }

    // ---- by others

    /** Step wake. False if the worker has timed out. */
    final boolean unpark() {
        if (!STATUS.compareAndSet(this, PARKED, AWAKE)) {
            return false;
        }
        LockSupport.unpark(thread);
        return true;
    }

    final @Nullable Thread thread() {
        return thread;
    }

    final void interrupt() {
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }

    final boolean hasNoThread() {
        int seen = status;
        return seen == NO_THREAD || seen == TIMED_OUT;
    }
}
