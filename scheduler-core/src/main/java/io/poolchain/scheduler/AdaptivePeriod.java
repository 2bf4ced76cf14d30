// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Of how many tasks of a scheduler one is measured, so that about {@link #PER_SECOND} are measured a second: all tasks if
 * there are few, and so few of many that what they cost is nothing beside them. The same for all who submit, lest those who
 * submit little count for more. Thread-safe; touched only when a task is measured or a worker goes to sleep.
 *
 * <p>What was measured in a second sets the period from then on. If tasks come so much faster that too many are measured,
 * the period doubles at once, and again if that was not enough.
 */
final class AdaptivePeriod {
    static final int PER_SECOND = 50;

    /** Doublings that make this of 1. */
    static final int DOUBLINGS = 16;

    static final int LONGEST = 1 << DOUBLINGS;
    static final int TOO_MANY = 2 * PER_SECOND;
    private static final long SECOND = 1_000_000_000;

    /** From 1 to {@link #LONGEST}. Written by whoever has just moved {@link #began}; read by all who submit. */
    private volatile int period = 1;

    /** Measured tasks since {@link #began}: raised by all who submit, set to 0 by who has moved that, when one may be lost. */
    private final AtomicInteger measured = new AtomicInteger();

    /** When the last change was due. Moved by compare-and-set, so that one thread makes each change. */
    private final AtomicLong began;

    /** To be told what {@link System#nanoTime()} says. */
    AdaptivePeriod(long now) {
        began = new AtomicLong(now);
    }

    int get() {
        return period;
    }

    /** The period from now on, as a task is about to be measured. */
    int next(long now) {
        long start = began.get(); // first: who comes after another has begun anew must not do so once more
        int count = measured.incrementAndGet();
        if (!adjust(start, count, now) && count >= TOO_MANY) {
            restart(start, now, 2.0 * period);
        }
        return period;
    }

    /** Adjusts the period if that is due, though none is measured now: nobody may come by for long. */
    void relax(long now) {
        long start = began.get(); // first, as above
        adjust(start, measured.get(), now);
    }

    private boolean adjust(long start, int count, long now) {
        long nanos = now - start;
        boolean due = nanos >= SECOND;
        if (due) {
            restart(start, now, (double) period * count * SECOND / nanos / PER_SECOND);
        }
        return due;
    }

    private void restart(long start, long now, double wanted) {
        if (began.compareAndSet(start, now)) {
            measured.set(0);
            period = (int) Math.max(1, Math.min(wanted, LONGEST));
        }
    }
}
