// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

/** The pools under contract, and how tests wait. */
final class TestPools {
    /** Far longer than anything takes; only a hang reaches it. */
    static final long HANG_SECONDS = 60;

    private TestPools() {}

    /** The same contract holds for both. */
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

        ExecutorService make(int n) {
            return make(n, Executors.defaultThreadFactory());
        }
    }

    static void await(CountDownLatch latch, Object pool) {
        try {
            assertThat(latch.await(HANG_SECONDS, TimeUnit.SECONDS))
                    .as("latch opens, which still waits for %d, on %s", latch.getCount(), pool)
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
        Awaitility.await(what)
                .dontCatchUncaughtExceptions()
                .atMost(HANG_SECONDS, TimeUnit.SECONDS)
                .pollDelay(0, TimeUnit.MILLISECONDS)
                .pollInterval(1, TimeUnit.MILLISECONDS)
                .until(condition::getAsBoolean);
    }

    /** Waits until nothing is queued or running and every worker sleeps or has no thread. */
    static void awaitQuiescence(WorkStealingScheduler scheduler) {
        awaitTrue(
                () -> {
                    SchedulerStats stats = scheduler.stats();
                    return stats.queued() == 0
                            && stats.started() == stats.completed()
                            && stats.workers().stream()
                                    .allMatch(worker -> worker.state() == WorkerStats.State.PARKED
                                            || worker.state() == WorkerStats.State.NO_THREAD);
                },
                "quiescence of " + scheduler);
    }

    /** Throws a checked or unchecked exception alike. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "DoNotCallSuggester"})
    static <T extends Throwable> void sneak(Throwable failure) throws T {
        throw (T) failure;
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
}
