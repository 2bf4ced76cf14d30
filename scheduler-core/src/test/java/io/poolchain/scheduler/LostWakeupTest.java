// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.await;
import static io.poolchain.scheduler.TestPools.awaitQuiescence;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hunts tasks that wait though a worker sleeps: FAULTS 1, 4 and 23. More rounds by {@code -Dpoolchain.stress.factor=}. */
class LostWakeupTest {
    private static final int FACTOR = Integer.getInteger("poolchain.stress.factor", 1);

    /** A random gap lets the submission hit every moment of a worker's falling asleep. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 64})
    void aSingleSubmissionToAnIdlePoolIsRun(int n) {
        SplittableRandom random = new SplittableRandom(n);
        try (WorkStealingScheduler scheduler = WorkStealingScheduler.newFixedThreadPool(n)) {
            for (int round = 0; round < 20_000 * FACTOR; round++) {
                CountDownLatch ran = new CountDownLatch(1);
                scheduler.execute(ran::countDown);
                await(ran, scheduler);
                spin(random.nextInt(2_000));
            }
        }
    }

    /** The task is pushed by a worker just as the others fall asleep, and its parent waits for it. */
    @ParameterizedTest
    @ValueSource(ints = {2, 4, 64})
    void aChildOfAWaitingParentIsRunThoughTheOthersFallAsleep(int n) {
        SplittableRandom random = new SplittableRandom(n);
        try (WorkStealingScheduler scheduler = WorkStealingScheduler.newFixedThreadPool(n)) {
            for (int round = 0; round < 10_000 * FACTOR; round++) {
                int gap = random.nextInt(2_000);
                CountDownLatch childRan = new CountDownLatch(1);
                CountDownLatch parentDone = new CountDownLatch(1);
                scheduler.execute(() -> {
                    spin(gap);
                    scheduler.execute(childRan::countDown);
                    await(childRan, scheduler);
                    parentDone.countDown();
                });
                await(parentDone, scheduler);
            }
        }
    }

    /** Storms of wake-ups and sleeps must leave no worker counted as searching. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void nobodyIsCountedAsSearchingWhenAllSleep(int n) {
        try (WorkStealingScheduler scheduler = WorkStealingScheduler.newFixedThreadPool(n)) {
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
        }
    }

    @Test
    void anIdlePoolStaysAsleep() {
        try (WorkStealingScheduler scheduler = WorkStealingScheduler.newFixedThreadPool(8)) {
            scheduler.prestartAllCoreThreads();
            awaitQuiescence(scheduler);
            SchedulerStats before = scheduler.stats();
            CountDownLatch elsewhere = new CountDownLatch(1_000);
            try (WorkStealingScheduler other = WorkStealingScheduler.newFixedThreadPool(2)) {
                for (int i = 0; i < 1_000; i++) {
                    other.execute(elsewhere::countDown);
                }
                await(elsewhere, other);
            }
            assertThat(scheduler.stats()).isEqualTo(before);
        }
    }

    private static void spin(int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }
}
