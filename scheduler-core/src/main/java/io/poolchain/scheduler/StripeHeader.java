// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/** What is written at each submission to a stripe of the {@link SubmissionQueue}, with cache lines of its own. */
abstract class StripeHeader extends StripeCount {
    @SuppressWarnings("unused")
    private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;
}

abstract class StripePadBefore {
    @SuppressWarnings("unused")
    private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;
}

/**
 * A lock for a critical section of a few nanoseconds: spins, then yields, then naps, so that a holder that lost its
 * processor gets it back. Unlocked by a plain assignment, which needs no stack and so can't fail with an overflow.
 */
abstract class StripeLock extends StripePadBefore {
    private static final int SPINS = 64;
    private static final int YIELDS = 64;
    private static final long NAP_NANOS = 20_000;

    private static final VarHandle LOCKED = ConstantBootstraps.fieldVarHandle(
            MethodHandles.lookup(), "locked", VarHandle.class, StripeLock.class, long.class);

    /**
     * 0 free, 1 held. From 0 to 1 by compare-and-set, back by its holder's volatile write, which is also the fence between
     * a push and the check that follows it. Whoever looks before it sleeps reads it before the chain. A long, since an int
     * would be put into the gap that the header of an object has, before the padding.
     */
    volatile long locked;

    /** A volatile read of the lock: what its holders did before the last release has happened before. */
    final void acquireLast() {
        LOCKED.getVolatile(this);
    }

    final boolean tryLock() {
        return LOCKED.compareAndSet(this, 0L, 1L);
    }

    final void lock() {
        for (int tries = 0; locked != 0 || !tryLock(); tries++) {
            if (tries < SPINS) {
                Thread.onSpinWait();
            } else if (tries < SPINS + YIELDS) {
                Thread.yield();
            } else {
                LockSupport.parkNanos(this, NAP_NANOS);
            }
        }
    }
}

abstract class StripeCount extends StripeLock {
    /** Tasks ever accepted. Written under the lock with release order, read by others with acquire order. */
    long accepted;

    private static final VarHandle ACCEPTED = ConstantBootstraps.fieldVarHandle(
            MethodHandles.lookup(), "accepted", VarHandle.class, StripeCount.class, long.class);

    final long accepted() {
        return (long) ACCEPTED.getAcquire(this);
    }

    final void countAccepted() {
        ACCEPTED.setRelease(this, accepted + 1);
    }
}
