// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.await;
import static io.poolchain.scheduler.TestPools.awaitQuiescence;
import static io.poolchain.scheduler.TestPools.awaitTrue;
import static io.poolchain.scheduler.TestPools.spinUntil;
import static io.poolchain.scheduler.TestPools.withScheduler;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hunts tasks that wait though a worker sleeps. More rounds by {@code -Dpoolchain.stress.factor=}. */
class LostWakeupTest {
    private static final int FACTOR = Integer.getInteger("poolchain.stress.factor", 1);

    private static final Logger LOG = LoggerFactory.getLogger("soak");

    /** A random gap lets the submission hit every moment of a worker's falling asleep. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8, 64})
    @Provokes(Fault.A_TASK_SUBMITTED_AS_THE_LAST_WORKER_FALLS_ASLEEP_WAITS_FOR_THE_NEXT_ONE)
    void aSingleSubmissionToAnIdlePoolIsRun(int n) throws Exception {
        withScheduler(n, scheduler -> {
            Gaps gaps = new Gaps(scheduler, n);
            AtomicInteger ran = new AtomicInteger();
            for (int round = 1; round <= 20_000 * FACTOR; round++) {
                int all = round;
                scheduler.execute(() -> {
                    ran.incrementAndGet();
                    Gaps.giveLead();
                });
                spinUntil(() -> ran.get() == all, scheduler);
                gaps.pause();
            }
            gaps.report();
        });
    }

    /** The task is pushed by a worker just as the others fall asleep, and its parent waits for it. */
    @ParameterizedTest
    @ValueSource(ints = {2, 4, 64})
    @Provokes(Fault.A_TASK_SUBMITTED_AS_THE_LAST_WORKER_FALLS_ASLEEP_WAITS_FOR_THE_NEXT_ONE)
    void aChildOfAWaitingParentIsRunThoughTheOthersFallAsleep(int n) throws Exception {
        SplittableRandom random = new SplittableRandom(n);
        withScheduler(n, scheduler -> {
            AtomicInteger children = new AtomicInteger();
            AtomicInteger parents = new AtomicInteger();
            for (int round = 1; round <= 10_000 * FACTOR; round++) {
                int all = round;
                SplittableRandom gaps = random.split();
                scheduler.execute(() -> {
                    spin(gaps);
                    scheduler.execute(children::incrementAndGet);
                    spinUntil(() -> children.get() == all, scheduler);
                    parents.incrementAndGet();
                });
                spinUntil(() -> parents.get() == all, scheduler);
            }
        });
    }

    /** Storms of wake-ups and sleeps must leave no worker counted as searching. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    @Provokes(Fault.THE_COUNT_OF_SEARCHERS_DRIFTS)
    void nobodyIsCountedAsSearchingWhenAllSleep(int n) throws Exception {
        withScheduler(n, scheduler -> {
            int submitters = 3;
            CyclicBarrier together = new CyclicBarrier(submitters);
            CountDownLatch left = new CountDownLatch(submitters * 2_000 * FACTOR);
            for (int s = 0; s < submitters; s++) {
                new Thread(() -> {
                            for (int round = 0; round < 2_000 * FACTOR; round++) {
                                await(together);
                                scheduler.execute(left::countDown);
                            }
                        })
                        .start();
            }
            await(left, scheduler);
            awaitQuiescence(scheduler);
            assertThat(scheduler.searching()).isZero();
        });
    }

    /** Nor is any other return from park that no claim has caused. */
    @Test
    void anInterruptOfASleepingThreadIsNoWakeUp() throws Exception {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        WorkStealingScheduler interrupted = WorkStealingScheduler.newFixedThreadPool(4, work -> {
            Thread thread = new Thread(work);
            threads.add(thread);
            return thread;
        });
        withScheduler(interrupted, scheduler -> {
            scheduler.prestartAllCoreThreads();
            awaitQuiescence(scheduler);
            SchedulerStats before = scheduler.stats();
            for (Thread thread : threads) {
                thread.interrupt();
                awaitTrue(() -> !thread.isInterrupted(), "the thread goes back to sleep");
            }
            awaitQuiescence(scheduler);
            assertThatNothingHappened(before, scheduler.stats());
        });
    }

    @Test
    @Provokes({
        Fault.NEEDLESS_WAKE_UPS_BURN_THE_PROCESSOR,
        Fault.ON_ONE_PROCESSOR_SPINNING_WORKERS_HOLD_OFF_THE_ONE_THAT_COULD_GO_ON
    })
    void anIdlePoolStaysAsleep() throws Exception {
        withScheduler(8, scheduler -> {
            scheduler.prestartAllCoreThreads();
            awaitQuiescence(scheduler);
            SchedulerStats before = scheduler.stats();
            CountDownLatch elsewhere = new CountDownLatch(1_000);
            withScheduler(2, other -> {
                for (int i = 0; i < 1_000; i++) {
                    other.execute(elsewhere::countDown);
                }
                await(elsewhere, other);
            });
            assertThatNothingHappened(before, scheduler.stats());
        });
    }

    private static void assertThatNothingHappened(SchedulerStats before, SchedulerStats now) {
        assertThat(now)
                .usingRecursiveComparison()
                .ignoringFields("workers.threadNanos", "workers.parkedNanos") // time goes on
                .isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 8, 64})
    @Provokes(Fault.NEEDLESS_WAKE_UPS_BURN_THE_PROCESSOR)
    void aSingleTaskWakesOneWorkerAndNoOther(int n) throws Exception {
        int tasks = 300;
        withScheduler(n, scheduler -> {
            scheduler.prestartAllCoreThreads();
            awaitQuiescence(scheduler);
            SchedulerStats before = scheduler.stats();
            for (int i = 0; i < tasks; i++) {
                scheduler.execute(() -> {});
                awaitQuiescence(scheduler);
            }
            SchedulerStats after = scheduler.stats();
            assertThat(after.wakeups() - before.wakeups()).isEqualTo(tasks);
            assertThat(after.uselessWakeups()).isEqualTo(before.uselessWakeups());
        });
    }

    /** From nothing to some 400 microseconds, short gaps as likely as long ones. */
    private static void spin(SplittableRandom random) {
        for (int i = random.nextInt(1 << random.nextInt(14)); i > 0; i--) {
            Thread.onSpinWait();
        }
    }

    /**
     * Pauses around the time from the end of a task to its worker's sleep, so that half of the submissions come before. Each
     * few rounds that time is measured again: its median is followed, up or down by a step.
     */
    private static final class Gaps {
        private static final int ROUNDS_PER_MEASUREMENT = 8;
        private static final double STEP = 1.05;
        private static final long LONGEST_NANOS = 200_000;
        private static final long LEAD_NANOS = 2_000;

        private final WorkStealingScheduler scheduler;
        private final SplittableRandom random;
        private double medianNanos = 10_000;
        private int rounds;

        Gaps(WorkStealingScheduler scheduler, long seed) {
            this.scheduler = scheduler;
            random = new SplittableRandom(seed);
        }

        /** Ends a task that has told so already: its worker takes less time to fall asleep than a submission takes. */
        static void giveLead() {
            long began = System.nanoTime();
            while (System.nanoTime() - began < LEAD_NANOS) {
                Thread.onSpinWait();
            }
        }

        void pause() {
            rounds++;
            long began = System.nanoTime();
            if (rounds % ROUNDS_PER_MEASUREMENT == 0) {
                measureFrom(began);
            } else {
                long pause = (long) (medianNanos * (random.nextDouble() + random.nextDouble()));
                while (System.nanoTime() - began < pause) {
                    Thread.onSpinWait();
                }
            }
        }

        private void measureFrom(long began) {
            long passed; // before the look at all workers, which takes longer than their falling asleep
            do {
                passed = System.nanoTime() - began;
            } while (passed < LONGEST_NANOS && (scheduler.searching() > 0 || !TestPools.isQuiescent(scheduler)));
            boolean longer = passed > medianNanos;
            medianNanos = Math.min(LONGEST_NANOS, longer ? medianNanos * STEP : medianNanos / STEP);
        }

        void report() {
            LOG.info(
                    "{} workers, {} single submissions: {} wake-ups, {} of them useless, gaps around {} ns",
                    scheduler.getCorePoolSize(),
                    rounds,
                    scheduler.stats().wakeups(),
                    scheduler.stats().uselessWakeups(),
                    Math.round(medianNanos));
        }
    }
}
