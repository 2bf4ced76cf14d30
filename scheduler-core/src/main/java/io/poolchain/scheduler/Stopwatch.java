// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How long something has lasted in all: a worker has a thread, or sleeps. Started and stopped by one thread at a time, read
 * by any.
 */
final class Stopwatch {
    /** Times are counted from here, so that they are small. */
    private static final long ORIGIN = System.nanoTime();

    /** Far below what a stopped one can hold: 73 years. */
    private static final long RUNNING = -(1L << 62);

    /**
     * The time so far, in nanoseconds, if this is stopped. If it runs: the time before less the moment of the start, plus
     * RUNNING. One word, so that no reader sees one half of a change.
     */
    private volatile long state;

    /**
     * The most that any reader has seen. A reader's moment can lie just after the one at which the time is stopped, and the
     * next reader must not see less.
     */
    private final AtomicLong seen = new AtomicLong();

    private static long now() {
        return System.nanoTime() - ORIGIN;
    }

    /** Does nothing if this runs. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time
    void start() {
        if (state >= 0) {
            state += RUNNING - now();
        }
    }

    /** Does nothing if this is stopped. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time
    void stop() {
        if (state < 0) {
            state += now() - RUNNING;
        }
    }

    /** In nanoseconds. Never less than before. */
    long elapsed() {
        while (true) {
            long current = state;
            long elapsed = current >= 0 ? current : current - RUNNING + now();
            VarHandle.fullFence(); // a compiler may look at the clock last: to it that touches no memory
            if (state == current) { // else this thread may have paused, and the time have been stopped long before now
                return seen.accumulateAndGet(elapsed, Math::max);
            }
        }
    }
}
