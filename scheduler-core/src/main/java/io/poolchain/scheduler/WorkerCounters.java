// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What one worker counts. Each count has one writer, the worker's thread, which reads it plainly and writes it with
 * release order; others read with acquire order. So whoever reads {@code completed} before {@code started} sees at least
 * as many started as completed.
 */
final class WorkerCounters extends WorkerCounts {
    @SuppressWarnings("unused")
    private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;

    void countSubmitted() {
        SUBMITTED.setRelease(this, submitted + 1);
    }

    void countStarted() {
        STARTED.setRelease(this, started + 1);
    }

    void countCompleted() {
        COMPLETED.setRelease(this, completed + 1);
    }

    /** A future that its waiter has run, and then dropped from the chain: it counts as started and completed besides. */
    void countShell() {
        SHELLS.setRelease(this, shells + 1);
    }

    void countFailed() {
        FAILED.setRelease(this, failed + 1);
    }

    void countSteal() {
        STEALS.setRelease(this, steals + 1);
    }

    void countFailedSteal() {
        FAILED_STEALS.setRelease(this, failedSteals + 1);
    }

    void countPark() {
        PARKS.setRelease(this, parks + 1);
    }

    void countWakeup() {
        WAKEUPS.setRelease(this, wakeups + 1);
    }

    void countUselessWakeup() {
        USELESS_WAKEUPS.setRelease(this, uselessWakeups + 1);
    }

    long submitted() {
        return (long) SUBMITTED.getAcquire(this);
    }

    long started() {
        return (long) STARTED.getAcquire(this);
    }

    long completed() {
        return (long) COMPLETED.getAcquire(this);
    }

    long shells() {
        return (long) SHELLS.getAcquire(this);
    }

    long failed() {
        return (long) FAILED.getAcquire(this);
    }

    long steals() {
        return (long) STEALS.getAcquire(this);
    }

    long failedSteals() {
        return (long) FAILED_STEALS.getAcquire(this);
    }

    long parks() {
        return (long) PARKS.getAcquire(this);
    }

    long wakeups() {
        return (long) WAKEUPS.getAcquire(this);
    }

    long uselessWakeups() {
        return (long) USELESS_WAKEUPS.getAcquire(this);
    }
}

abstract class WorkerCountsPad {
    @SuppressWarnings("unused")
    private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;
}

abstract class WorkerCounts extends WorkerCountsPad {
    static final VarHandle SUBMITTED = count("submitted");
    static final VarHandle STARTED = count("started");
    static final VarHandle COMPLETED = count("completed");
    static final VarHandle SHELLS = count("shells");
    static final VarHandle FAILED = count("failed");
    static final VarHandle STEALS = count("steals");
    static final VarHandle FAILED_STEALS = count("failedSteals");
    static final VarHandle PARKS = count("parks");
    static final VarHandle WAKEUPS = count("wakeups");
    static final VarHandle USELESS_WAKEUPS = count("uselessWakeups");

    long submitted;
    long started;
    long completed;

    /** Of those started and completed, the futures that their waiters had run: written just before the other two. */
    long shells;

    long failed;
    long steals;
    long failedSteals;
    long parks;
    long wakeups;
    long uselessWakeups;

    private static VarHandle count(String name) {
        return ConstantBootstraps.fieldVarHandle(
                MethodHandles.lookup(), name, VarHandle.class, WorkerCounts.class, long.class);
    }
}
