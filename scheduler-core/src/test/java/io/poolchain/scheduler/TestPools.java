// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** The pools under contract, and how tests wait. */
final class TestPools {
    /** Far longer than anything takes; only a hang reaches it. Less is for those who break the scheduler to see a test fail. */
    static final long HANG_SECONDS = Long.getLong("poolchain.hang.seconds", 60);

    private TestPools() {}

    /**
     * In a task longer than in a test: a task that gave up when the test does would free its worker for what the test waits
     * for, and hide that it had been lost.
     */
    private static long patienceSeconds() {
        return CurrentWorker.get() == null ? HANG_SECONDS : 10 * HANG_SECONDS;
    }

    /** The same contract holds for both. */
    enum Kind {
        JDK {
            @Override
            ExecutorService make(int n) {
                return Executors.newFixedThreadPool(n);
            }

            @Override
            ExecutorService make(int n, ThreadFactory factory) {
                return Executors.newFixedThreadPool(n, factory);
            }

            @Override
            ExecutorService makeBounded(int n, int capacity, Full full) {
                return new ThreadPoolExecutor(
                        n, n, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(capacity), full.handler);
            }

            @Override
            ExecutorService makeWithKeepAlive(int n, Duration keepAlive) {
                ThreadPoolExecutor pool = new ThreadPoolExecutor(
                        n, n, keepAlive.toNanos(), TimeUnit.NANOSECONDS, new LinkedBlockingQueue<>());
                pool.allowCoreThreadTimeOut(true);
                return pool;
            }

            @Override
            void resize(ExecutorService pool, int n) {
                ThreadPoolExecutor resized = (ThreadPoolExecutor) pool;
                if (n > resized.getMaximumPoolSize()) {
                    resized.setMaximumPoolSize(n);
                    resized.setCorePoolSize(n);
                } else {
                    resized.setCorePoolSize(n);
                    resized.setMaximumPoolSize(n);
                }
            }
        },
        POOLCHAIN {
            /** About every second task is measured: the contract holds for those as for the others. */
            private SchedulerBuilder builder(int n) {
                return WorkStealingScheduler.builder().parallelism(n).sampleOneIn(2);
            }

            @Override
            ExecutorService make(int n) {
                return builder(n).build();
            }

            @Override
            ExecutorService make(int n, ThreadFactory factory) {
                return builder(n).threadFactory(factory).build();
            }

            @Override
            ExecutorService makeBounded(int n, int capacity, Full full) {
                return builder(n)
                        .capacity(capacity)
                        .rejectionPolicy(full.policy)
                        .build();
            }

            @Override
            ExecutorService makeWithKeepAlive(int n, Duration keepAlive) {
                return builder(n).keepAlive(keepAlive).build();
            }

            @Override
            void resize(ExecutorService pool, int n) {
                ((WorkStealingScheduler) pool).setParallelism(n);
            }
        };

        /** With threads of the pool's own. */
        abstract ExecutorService make(int n);

        abstract ExecutorService make(int n, ThreadFactory factory);

        abstract ExecutorService makeBounded(int n, int capacity, Full full);

        abstract ExecutorService makeWithKeepAlive(int n, Duration keepAlive);

        abstract void resize(ExecutorService pool, int n);
    }

    /** What to do with a task for which there is no room: the policies that both kinds have. */
    @SuppressWarnings("ImmutableEnumChecker") // they are
    enum Full {
        ABORT(new ThreadPoolExecutor.AbortPolicy(), RejectionPolicy.abort()),
        CALLER_RUNS(new ThreadPoolExecutor.CallerRunsPolicy(), RejectionPolicy.callerRuns()),
        DISCARD(new ThreadPoolExecutor.DiscardPolicy(), RejectionPolicy.discard()),
        DISCARD_OLDEST(new ThreadPoolExecutor.DiscardOldestPolicy(), RejectionPolicy.discardOldest());

        private final RejectedExecutionHandler handler;
        private final RejectionPolicy policy;

        Full(RejectedExecutionHandler handler, RejectionPolicy policy) {
            this.handler = handler;
            this.policy = policy;
        }
    }

    /** Calls a method without parameters that both pools have by the same name, though no common type has it. */
    static long figure(ExecutorService pool, String method) {
        try {
            return ((Number) pool.getClass().getMethod(method).invoke(pool)).longValue();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(method + " of " + pool.getClass(), e);
        }
    }

    /** A task that says that it runs, and ends when told so. */
    static final class Blocker implements Runnable {
        private final CountDownLatch running = new CountDownLatch(1);
        private final CountDownLatch release = new CountDownLatch(1);

        @Override
        public void run() {
            running.countDown();
            await(release, "a blocker");
        }

        void awaitRunning() {
            await(running, "the pool of a blocker");
        }

        void release() {
            release.countDown();
        }

        /** Has the pool run a new one. */
        static Blocker startOn(Executor pool) {
            Blocker blocker = new Blocker();
            pool.execute(blocker);
            blocker.awaitRunning();
            return blocker;
        }
    }

    /** What a test does with a scheduler. */
    interface Use {
        void of(WorkStealingScheduler scheduler) throws Exception;
    }

    static void withScheduler(int n, Use use) throws Exception {
        withScheduler(WorkStealingScheduler.newFixedThreadPool(n), use);
    }

    /** Ends the scheduler in any case, without waiting for ever: a broken one must make its test fail, not hang. */
    static void withScheduler(WorkStealingScheduler scheduler, Use use) throws Exception {
        try {
            use.of(scheduler);
        } catch (Throwable failure) {
            scheduler.shutdownNow();
            throw failure;
        }
        shutdownAndAwait(scheduler);
    }

    static <V> V get(Future<V> future, Object pool) throws Exception {
        try {
            return future.get(patienceSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("a future is not done, on " + Watchdog.describe(pool), e);
        }
    }

    /** For tasks, whose futures are not to fail. */
    static void getUnchecked(Future<?> future) {
        try {
            future.get();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    static void await(CountDownLatch latch, Object pool) {
        try {
            assertThat(latch.await(patienceSeconds(), TimeUnit.SECONDS))
                    .as(() -> "latch opens, which still waits for " + latch.getCount() + ", on "
                            + Watchdog.describe(pool))
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while waiting", e);
        }
    }

    static void await(CyclicBarrier barrier) {
        try {
            barrier.await(patienceSeconds(), TimeUnit.SECONDS);
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

    /** As await, without sleeping: who is woken comes too late for a race with a worker that falls asleep. */
    static void spinUntil(BooleanSupplier condition, Object pool) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(HANG_SECONDS);
        for (int spins = 1; !condition.getAsBoolean(); spins++) {
            if (spins % 1_000 != 0) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
                assertThat(System.nanoTime() < deadline
                                && !Thread.currentThread().isInterrupted())
                        .as(() -> "in time, without an interrupt, on " + Watchdog.describe(pool))
                        .isTrue();
            }
        }
    }

    /** Waits until nothing is queued or running and every worker sleeps or has no thread. */
    static void awaitQuiescence(WorkStealingScheduler scheduler) {
        try {
            awaitTrue(() -> isQuiescent(scheduler), "quiescence");
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("no quiescence of " + Watchdog.describe(scheduler), e);
        }
    }

    static boolean isQuiescent(WorkStealingScheduler scheduler) {
        SchedulerStats stats = scheduler.stats();
        return stats.queued() == 0
                && stats.started() == stats.completed()
                && stats.workers().stream().allMatch(TestPools::sleepsOrHasNoThread)
                && scheduler.searching() == 0;
    }

    /** A worker is PARKED from just before it leaves the searchers, and counts the park just after. */
    private static boolean sleepsOrHasNoThread(WorkerStats worker) {
        return worker.state() == WorkerStats.State.NO_THREAD
                || (worker.state() == WorkerStats.State.PARKED && worker.parks() > worker.wakeups());
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
                    .as(() -> "termination of " + Watchdog.describe(pool))
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while waiting", e);
        }
    }
}
