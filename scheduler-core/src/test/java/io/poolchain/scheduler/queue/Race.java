// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * The threads of one test. They start together and end by themselves; when one of them fails, the others leave their
 * waits and the test fails with what went wrong. Waits spin a little and then yield, because there may be fewer
 * processors than threads. Between two barriers nothing here uses a locked instruction: that would hide a missing fence
 * in the queue.
 *
 * <p>The system property {@code poolchain.stress.factor} (default 1) multiplies the counts of the tests that race.
 */
final class Race {
    /** Spins before a yield: about a microsecond. Chosen without measurement. */
    private static final int SPINS = 64;

    /** When a wait is called hopeless: no legal one takes a second, however busy the machine. */
    private static final long HOPELESS_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final int FACTOR = Integer.getInteger("poolchain.stress.factor", 1);

    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch started = new CountDownLatch(1);
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger arrived = new AtomicInteger();
    private volatile int phase;
    private volatile boolean aborted;

    /** {@return the count, times the stress factor} */
    static int times(int count) {
        return Math.multiplyExact(count, FACTOR);
    }

    /** Adds a thread. */
    Race with(String name, Part part) {
        Thread thread = new Thread(() -> runPart(part), name);
        thread.setDaemon(true);
        threads.add(thread);
        return this;
    }

    /** Runs all threads to their end, and fails if one of them failed. */
    void run() throws InterruptedException {
        threads.forEach(Thread::start);
        started.countDown();
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } finally {
            aborted = true; // a no-op unless interrupted
        }
        Throwable first = failures.poll();
        if (first != null) {
            failures.forEach(first::addSuppressed);
            throw new AssertionError("a thread failed: " + first.getMessage(), first);
        }
    }

    private void runPart(Part part) {
        try {
            started.await();
            part.run();
        } catch (AbortedException e) {
            // another thread has the failure
        } catch (Throwable e) {
            failures.add(e);
            aborted = true;
        }
    }

    /** Waits until all threads of this race are here. */
    void barrier() {
        int now = phase;
        if (arrived.incrementAndGet() == threads.size()) {
            arrived.set(0);
            phase = now + 1;
        } else {
            await("the others at the barrier", () -> phase != now);
        }
    }

    /** Waits until a condition holds, which is named in case it never does. */
    void await(String what, BooleanSupplier condition) {
        long start = 0;
        for (int spins = 0; !condition.getAsBoolean(); spins++) {
            pause(spins);
            if (spins == SPINS) {
                start = System.nanoTime();
            } else if (spins > SPINS && System.nanoTime() - start > HOPELESS_NANOS) {
                throw new AssertionError("waited in vain for " + what);
            }
        }
    }

    /** Lets others run. To be called with the number of waits so far, 0 for the first. */
    void pause(int spins) {
        if (aborted) {
            throw new AbortedException();
        }
        if (spins < SPINS) {
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
    }

    /** What one thread does. */
    interface Part {
        void run() throws Exception;
    }

    private static final class AbortedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
