// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolchain.scheduler.WorkStealingScheduler;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;

/** The two kinds of pool that are given to a client, and how tests wait. */
abstract class ClientTest {
    /** Far longer than anything takes; only a hang reaches it. */
    static final long HANG_SECONDS = 60;

    private static final String THREAD_PREFIX = "pool-under-test-";

    private final List<ExecutorService> made = new ArrayList<>();

    /** A client has the same outcome on both. */
    enum Kind {
        JDK {
            @Override
            ExecutorService make(int n, ThreadFactory factory) {
                return Executors.newFixedThreadPool(n, factory);
            }
        },
        POOLCHAIN {
            @Override
            ExecutorService make(int n, ThreadFactory factory) {
                return WorkStealingScheduler.newFixedThreadPool(n, factory);
            }
        };

        abstract ExecutorService make(int n, ThreadFactory factory);
    }

    @AfterEach
    void everyPoolTerminates() {
        for (ExecutorService pool : made) {
            pool.shutdownNow();
            awaitTermination(pool);
        }
    }

    final ExecutorService make(Kind kind, int n) {
        AtomicInteger threads = new AtomicInteger();
        ExecutorService pool = kind.make(n, work -> new Thread(work, THREAD_PREFIX + threads.incrementAndGet()));
        made.add(pool);
        return pool;
    }

    /** The name of the calling thread. */
    static String here() {
        return Thread.currentThread().getName();
    }

    /** Where to put down, in any thread, what {@link #here()} says. */
    static Set<String> places() {
        return ConcurrentHashMap.newKeySet();
    }

    static void assertOnPool(Collection<String> threads) {
        assertThat(threads).isNotEmpty().allSatisfy(name -> assertThat(name).startsWith(THREAD_PREFIX));
    }

    static <T> T get(Future<T> future) throws ExecutionException {
        try {
            return future.get(HANG_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no result of " + future, e);
        }
    }

    static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(HANG_SECONDS, TimeUnit.SECONDS))
                    .as("latch opens, which still waits for %d", latch.getCount())
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while waiting", e);
        }
    }

    static void await(CyclicBarrier barrier) {
        try {
            barrier.await(HANG_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("the barrier of " + barrier.getParties() + " was not reached by all", e);
        }
    }

    static void awaitTrue(BooleanSupplier condition, String what) {
        Awaitility.await(what).atMost(HANG_SECONDS, TimeUnit.SECONDS).until(condition::getAsBoolean);
    }

    static void shutdownAndAwait(ExecutorService pool) {
        pool.shutdown();
        awaitTermination(pool);
    }

    static void awaitTermination(ExecutorService pool) {
        try {
            assertThat(pool.awaitTermination(HANG_SECONDS, TimeUnit.SECONDS))
                    .as("termination of %s", pool)
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while waiting", e);
        }
    }

    /** A task that runs until it is interrupted, and tells of both. */
    static final class Endless implements Runnable {
        final CountDownLatch started = new CountDownLatch(1);
        final CountDownLatch interrupted = new CountDownLatch(1);

        @Override
        public void run() {
            started.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        }
    }
}
