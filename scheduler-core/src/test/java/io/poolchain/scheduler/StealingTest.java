// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.await;
import static io.poolchain.scheduler.TestPools.awaitQuiescence;
import static io.poolchain.scheduler.TestPools.shutdownAndAwait;
import static io.poolchain.scheduler.TestPools.withScheduler;
import static java.util.Comparator.comparing;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StealingTest {
    /** A worker submits and then blocks for good unless its children are stolen. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 9, 100})
    @Provokes(Fault.THE_CHILDREN_OF_A_WORKER_THAT_BLOCKS_FOR_GOOD_ARE_NEVER_STOLEN)
    void childrenOfABlockedParentAreStolen(int children) throws Exception {
        withScheduler(2, scheduler -> {
            for (int round = 0; round < 200; round++) {
                CountDownLatch ran = new CountDownLatch(children);
                CountDownLatch parentDone = new CountDownLatch(1);
                scheduler.execute(() -> {
                    for (int i = 0; i < children; i++) {
                        scheduler.execute(ran::countDown);
                    }
                    await(ran, scheduler);
                    parentDone.countDown();
                });
                await(parentDone, scheduler);
            }
            awaitQuiescence(scheduler);
            assertThat(scheduler.stats().steals()).isEqualTo(200L * children);
        });
    }

    /** Unless the oldest are to be first: what a thief has taken along would start later than what the owner still has. */
    @ParameterizedTest
    @CsvSource({"LIFO, 3, 2", "FIFO, 5, 0"})
    void aThiefTakesHalfOfWhatIsLeftAlong(LocalOrder order, long leftToOwner, long takenAlong) throws Exception {
        WorkStealingScheduler two =
                WorkStealingScheduler.builder().parallelism(2).localOrder(order).build();
        withScheduler(two, scheduler -> {
            CountDownLatch stolen = new CountDownLatch(1);
            CountDownLatch submitted = new CountDownLatch(1);
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch looked = new CountDownLatch(1);
            scheduler.execute(() -> {
                scheduler.execute(() -> {
                    stolen.countDown();
                    await(submitted, scheduler);
                });
                await(stolen, scheduler); // so the thief is awake, and busy
                for (int i = 0; i < 6; i++) {
                    scheduler.execute(() -> {
                        begun.countDown();
                        await(looked, scheduler);
                    });
                }
                submitted.countDown();
                await(looked, scheduler);
            });
            await(begun, scheduler);
            List<Long> queued = scheduler.stats().workers().stream()
                    .sorted(comparing(WorkerStats::submitted))
                    .map(WorkerStats::queued)
                    .toList();
            looked.countDown();
            assertThat(queued).containsExactly(takenAlong, leftToOwner);
        });
    }

    /** The second of two quick submissions must not be left to the worker that is busy with the first. */
    @Test
    @Provokes(Fault.THE_SECOND_OF_TWO_QUICK_SUBMISSIONS_IS_LEFT_TO_THE_WORKER_THAT_IS_BUSY_WITH_THE_FIRST)
    void theSecondOfTwoQuickSubmissionsGetsAWorkerOfItsOwn() throws Exception {
        withScheduler(2, scheduler -> {
            for (int round = 0; round < 5_000; round++) {
                CountDownLatch opened = new CountDownLatch(1);
                CountDownLatch done = new CountDownLatch(1);
                scheduler.execute(() -> {
                    await(opened, scheduler);
                    done.countDown();
                });
                scheduler.execute(opened::countDown);
                await(done, scheduler);
            }
        });
    }

    /** One worker leaves such tasks to another, if that takes them as fast (docs/decisions/0021); and then comes back. */
    @Test
    void aTaskBehindOneThatBlocksIsTakenThoughManyShortOnesCameBefore() throws Exception {
        withScheduler(2, scheduler -> {
            for (int round = 0; round < 500; round++) {
                CountDownLatch opened = new CountDownLatch(1);
                CountDownLatch done = new CountDownLatch(1);
                for (int i = 0; i < 2_000; i++) {
                    scheduler.execute(() -> {});
                }
                scheduler.execute(() -> {
                    await(opened, scheduler);
                    done.countDown();
                });
                scheduler.execute(opened::countDown);
                await(done, scheduler);
            }
        });
    }

    @Test
    void aSchedulerWithOneWorkerNeverSteals() {
        WorkStealingScheduler scheduler = WorkStealingScheduler.newFixedThreadPool(1);
        LongAdder leaves = new LongAdder();
        tree(scheduler, 12, leaves);
        for (int i = 0; i < 1_000; i++) {
            scheduler.execute(leaves::increment);
        }
        awaitQuiescence(scheduler);
        shutdownAndAwait(scheduler);
        assertThat(leaves.sum()).isEqualTo((1 << 12) + 1_000);
        assertThat(scheduler.stats().steals()).isZero();
        assertThat(scheduler.stats().failedSteals()).isZero();
    }

    @Test
    void tasksFromTheSubmissionQueueAreNotSteals() {
        WorkStealingScheduler scheduler = WorkStealingScheduler.newFixedThreadPool(4);
        for (int i = 0; i < 10_000; i++) {
            scheduler.execute(() -> {});
        }
        shutdownAndAwait(scheduler);
        assertThat(scheduler.stats().steals()).isZero();
        assertThat(scheduler.stats().submittedOutside()).isEqualTo(10_000);
    }

    @Test
    void aThousandWorkersStartWorkAndStop() {
        int n = 1_000;
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        WorkStealingScheduler scheduler = WorkStealingScheduler.newFixedThreadPool(n, work -> {
            Thread thread = new Thread(null, work, "one of many", 128 << 10);
            threads.add(thread);
            return thread;
        });
        for (int round = 0; round < 3; round++) {
            CyclicBarrier all = new CyclicBarrier(n);
            CountDownLatch met = new CountDownLatch(n);
            scheduler.execute(() -> {
                for (int i = 0; i < n; i++) {
                    scheduler.execute(() -> {
                        await(all);
                        met.countDown();
                    });
                }
            });
            await(met, scheduler);
        }
        assertThat(scheduler.getPoolSize()).isEqualTo(n);
        assertThat(scheduler.getLargestPoolSize()).isEqualTo(n);
        shutdownAndAwait(scheduler);
        assertThat(threads).hasSize(n);
        assertThat(scheduler.getPoolSize()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void theFiguresAddUpAtQuiescence(int n) throws Exception {
        withScheduler(
                WorkStealingScheduler.builder().name("figures").parallelism(n).build(), scheduler -> {
                    LongAdder leaves = new LongAdder();
                    tree(scheduler, 14, leaves);
                    for (int i = 0; i < 5_000; i++) {
                        scheduler.execute(() -> {});
                    }
                    awaitQuiescence(scheduler);
                    SchedulerStats stats = scheduler.stats();
                    assertThat(stats.name()).isEqualTo("figures");
                    assertThat(stats.parallelism()).isEqualTo(n);
                    assertThat(leaves.sum()).isEqualTo(1 << 14);
                    assertThat(stats.submitted()).isEqualTo((2 << 14) - 1 + 5_000);
                    assertThat(stats.submittedOutside()).isEqualTo(5_001);
                    assertThat(stats.started()).isEqualTo(stats.submitted());
                    assertThat(stats.completed()).isEqualTo(stats.submitted());
                    assertThat(scheduler.getCompletedTaskCount()).isEqualTo(stats.submitted());
                    assertThat(scheduler.getTaskCount()).isEqualTo(stats.submitted());
                    assertThat(stats.failed()).isZero();
                    assertThat(stats.queued()).isZero();
                    assertThat(stats.activeWorkers()).isZero();
                    assertThat(stats.idleWorkers()).isEqualTo(stats.poolSize()).isBetween(1, n);
                    assertThat(stats.uselessWakeups()).isLessThanOrEqualTo(stats.wakeups());
                    assertThat(stats.parks() - stats.wakeups())
                            .as("each worker that sleeps has parked once more than it was woken")
                            .isEqualTo(stats.poolSize());
                    assertThat(stats.dropped().keySet()).containsExactlyInAnyOrder(DropReason.values());
                    assertThat(stats.dropped().values()).containsOnly(0L);
                });
    }

    @Test
    void aLongLocalQueueGrowsAndItsRingsAreDropped() throws Exception {
        withScheduler(1, scheduler -> {
            CountDownLatch done = new CountDownLatch(100_000);
            scheduler.execute(() -> {
                for (int i = 0; i < 100_000; i++) {
                    scheduler.execute(done::countDown);
                }
            });
            await(done, scheduler);
            awaitQuiescence(scheduler);
            WorkerStats worker = scheduler.stats().workers().get(0);
            assertThat(worker.chainGrowth()).as("128, 256, ... 65,536 slots").isEqualTo(10);
            assertThat(worker.ringDrops())
                    .as("those, and the last one when the worker fell asleep")
                    .isEqualTo(11);
            assertThat(worker.chainCapacity()).isEqualTo(64);
        });
    }

    @Test
    void workersPrestartOnRequest() {
        WorkStealingScheduler scheduler = WorkStealingScheduler.newFixedThreadPool(7);
        assertThat(scheduler.prestartAllCoreThreads()).isEqualTo(7);
        assertThat(scheduler.getPoolSize()).isEqualTo(7);
        assertThat(scheduler.prestartAllCoreThreads()).isZero();
        awaitQuiescence(scheduler);
        AtomicInteger ran = new AtomicInteger();
        scheduler.execute(ran::incrementAndGet);
        shutdownAndAwait(scheduler);
        assertThat(ran).hasValue(1);
        assertThat(scheduler.getLargestPoolSize()).isEqualTo(7);
    }

    private static void tree(Executor executor, int depth, LongAdder leaves) {
        executor.execute(() -> {
            if (depth == 0) {
                leaves.increment();
            } else {
                tree(executor, depth - 1, leaves);
                tree(executor, depth - 1, leaves);
            }
        });
    }
}
