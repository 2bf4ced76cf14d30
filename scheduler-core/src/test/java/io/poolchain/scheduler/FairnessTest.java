// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.await;
import static io.poolchain.scheduler.TestPools.withScheduler;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nobody waits for ever beside tasks that submit themselves again and again. */
class FairnessTest {
    /** What is promised by default. */
    private static final int INTERVAL = 64;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    @Provokes(Fault.OUTSIDE_TASKS_STARVE_BESIDE_WORKERS_THAT_FEED_THEMSELVES)
    void anOutsideTaskGetsThroughBesideTasksThatFeedThemselves(int n) throws Exception {
        withScheduler(n, scheduler -> {
            AtomicBoolean stop = new AtomicBoolean();
            CountDownLatch allRun = new CountDownLatch(n);
            for (int i = 0; i < n; i++) {
                AtomicBoolean first = new AtomicBoolean(true);
                forever(scheduler, stop, () -> {
                    if (first.getAndSet(false)) {
                        allRun.countDown();
                    }
                });
            }
            await(allRun, scheduler);
            for (int ping = 0; ping < 1_000; ping++) {
                CountDownLatch through = new CountDownLatch(1);
                scheduler.execute(through::countDown);
                await(through, scheduler);
            }
            stop.set(true);
        });
    }

    /** The submission is there before the feeding begins, so the count is exact. */
    @ParameterizedTest
    @ValueSource(ints = {4, INTERVAL, 1_000})
    void anOutsideTaskIsAmongTheNextOfAWorkerThatTheIntervalNames(int interval) throws Exception {
        WorkStealingScheduler fair =
                interval == INTERVAL ? WorkStealingScheduler.newFixedThreadPool(1) : withInterval(1, interval);
        withScheduler(fair, scheduler -> {
            for (int offset = 0; offset < 200; offset += 7) { // whatever the worker has counted up to now
                CountDownLatch submitted = new CountDownLatch(1);
                AtomicBoolean ran = new AtomicBoolean();
                AtomicLong others = new AtomicLong();
                CountDownLatch done = new CountDownLatch(1);
                scheduler.execute(() -> {
                    await(submitted, scheduler);
                    feed(scheduler, ran, others, done);
                });
                scheduler.execute(() -> ran.set(true));
                submitted.countDown();
                await(done, scheduler);
                assertThat(others.get()).isLessThanOrEqualTo(interval);
            }
        });
    }

    /** One in 64 would be enough against starvation; but who waits in a backlog waits for all before it. */
    @ParameterizedTest
    @CsvSource({"1024, 8", "64, 8", "16, 2", "8, 1"})
    void aBacklogFromOutsideHasAnEighthOfTheTurnsAndEightAtMost(int interval, int row) throws Exception {
        withScheduler(withInterval(1, interval), scheduler -> {
            int backlog = 1_000;
            CountDownLatch submitted = new CountDownLatch(1);
            AtomicBoolean allRan = new AtomicBoolean();
            AtomicInteger left = new AtomicInteger(backlog);
            AtomicLong others = new AtomicLong();
            CountDownLatch done = new CountDownLatch(1);
            scheduler.execute(() -> {
                await(submitted, scheduler);
                feed(scheduler, allRan, others, done);
            });
            for (int i = 0; i < backlog; i++) {
                scheduler.execute(() -> allRan.set(left.decrementAndGet() == 0));
            }
            submitted.countDown();
            await(done, scheduler);
            long expected = (long) backlog / row * (interval - row);
            assertThat(others.get()).isBetween(expected - interval, expected + interval);
        });
    }

    private static WorkStealingScheduler withInterval(int n, int interval) {
        return WorkStealingScheduler.builder()
                .parallelism(n)
                .fairnessInterval(interval)
                .build();
    }

    @ParameterizedTest
    @CsvSource({"1, 4", "1, 64", "2, 4", "2, 64", "8, 4", "8, 64"})
    void oldLocalTasksRunInTheirTurnsBesideOnesThatFeedThemselves(int n, int interval) throws Exception {
        withScheduler(withInterval(n, interval), scheduler -> {
            int siblings = 10;
            AtomicBoolean ran = new AtomicBoolean();
            AtomicInteger left = new AtomicInteger(n * siblings);
            AtomicLong others = new AtomicLong();
            CountDownLatch done = new CountDownLatch(n);
            CyclicBarrier together = new CyclicBarrier(n);
            for (int i = 0; i < n; i++) {
                scheduler.execute(() -> {
                    for (int k = 0; k < siblings; k++) {
                        scheduler.execute(() -> {
                            if (left.decrementAndGet() == 0) {
                                ran.set(true);
                            }
                        });
                    }
                    await(together); // each worker has its own
                    feed(scheduler, ran, others, done);
                });
            }
            await(done, scheduler);
            if (n == 1) { // with more, those that are through first go on feeding themselves
                assertThat(others.get()).isLessThanOrEqualTo((long) interval * siblings);
            }
        });
    }

    @Test
    @Provokes(Fault.OLD_LOCAL_TASKS_STARVE_BELOW_ONE_THAT_RESUBMITS_ITSELF)
    void oldLocalTasksRunBesideOneThatFeedsItself() throws Exception {
        withScheduler(1, scheduler -> {
            int siblings = 10;
            AtomicBoolean ran = new AtomicBoolean();
            AtomicInteger left = new AtomicInteger(siblings);
            List<Integer> order = new ArrayList<>(); // one worker
            AtomicLong others = new AtomicLong();
            CountDownLatch done = new CountDownLatch(1);
            scheduler.execute(() -> {
                for (int i = 0; i < siblings; i++) {
                    int number = i;
                    scheduler.execute(() -> {
                        order.add(number);
                        ran.set(left.decrementAndGet() == 0);
                    });
                }
                feed(scheduler, ran, others, done);
            });
            await(done, scheduler);
            assertThat(others.get()).isLessThanOrEqualTo((long) INTERVAL * siblings);
            assertThat(order).as("the oldest first").isSorted();
        });
    }

    /** Nobody is idle, so nobody steals for want of work; and the child is behind a parent that waits for it. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 8})
    void aChildOfABlockedParentRunsBesideWorkersThatFeedThemselves(int n) throws Exception {
        withScheduler(n, scheduler -> {
            AtomicBoolean stop = new AtomicBoolean();
            CountDownLatch busy = new CountDownLatch(n - 1);
            for (int i = 0; i < n - 1; i++) {
                AtomicBoolean first = new AtomicBoolean(true);
                forever(scheduler, stop, () -> {
                    if (first.getAndSet(false)) {
                        busy.countDown();
                    }
                });
            }
            await(busy, scheduler);
            CountDownLatch childRan = new CountDownLatch(1);
            CountDownLatch parentDone = new CountDownLatch(1);
            scheduler.execute(() -> {
                scheduler.execute(childRan::countDown);
                await(childRan, scheduler);
                parentDone.countDown();
            });
            await(parentDone, scheduler);
            stop.set(true);
        });
    }

    /** It has to be the oldest there at two looks of the other worker, eight intervals apart. */
    @ParameterizedTest
    @ValueSource(ints = {4, INTERVAL})
    void aChildOfABlockedParentIsAmongTheNextOfAnotherWorkerThatTheIntervalNames(int interval) throws Exception {
        withScheduler(withInterval(2, interval), scheduler -> {
            for (int round = 0; round < 20; round++) {
                CountDownLatch childIsThere = new CountDownLatch(1);
                AtomicBoolean childRan = new AtomicBoolean();
                AtomicLong others = new AtomicLong();
                CountDownLatch done = new CountDownLatch(1);
                scheduler.execute(() -> {
                    await(childIsThere, scheduler);
                    feed(scheduler, childRan, others, done);
                });
                scheduler.execute(() -> {
                    scheduler.execute(() -> childRan.set(true));
                    childIsThere.countDown();
                    await(done, scheduler);
                });
                await(done, scheduler);
                assertThat(others.get()).isBetween(8L * interval, 2L * 8 * interval - 1);
            }
        });
    }

    /** Thieves leave a task that its owner is about to take; those of owners that are blocked must not hide each other. */
    @ParameterizedTest
    @CsvSource({"3, 1, 1", "8, 1, 6", "8, 4, 3", "64, 32, 2"})
    void idleWorkersTakeTheLoneTasksOfBlockedOnesBesideChainsInMotion(int n, int blocked, int chains) throws Exception {
        withScheduler(n, scheduler -> {
            AtomicBoolean stop = new AtomicBoolean();
            for (int i = 0; i < chains; i++) {
                forever(scheduler, stop, () -> {});
            }
            for (int i = 0; i < 100; i++) {
                CountDownLatch childrenRan = new CountDownLatch(blocked);
                CountDownLatch parentsDone = new CountDownLatch(blocked);
                for (int parent = 0; parent < blocked; parent++) {
                    scheduler.execute(() -> {
                        scheduler.execute(childrenRan::countDown);
                        await(childrenRan, scheduler);
                        parentsDone.countDown();
                    });
                }
                await(parentsDone, scheduler);
            }
            stop.set(true);
        });
    }

    /** Sources that come and go must not keep the fairness count from reaching its limit. */
    @ParameterizedTest
    @CsvSource({"1, 64", "2, 64", "8, 64", "1, 4", "2, 4", "8, 4"})
    @Provokes(Fault.THE_COUNT_BEHIND_FAIRNESS_NEVER_REACHES_ITS_LIMIT)
    void noWorkerTakesMoreTasksThanTheIntervalBetweenTwoFromABacklogOutside(int n, int interval) throws Exception {
        withScheduler(withInterval(n, interval), scheduler -> {
            int backlog = 5_000;
            CyclicBarrier allWorkersWait = new CyclicBarrier(n + 1);
            CountDownLatch backlogIsThere = new CountDownLatch(1);
            AtomicLong longestGap = new AtomicLong();
            ThreadLocal<long[]> gap = ThreadLocal.withInitial(() -> new long[1]);
            CountDownLatch left = new CountDownLatch(backlog);
            AtomicBoolean stop = new AtomicBoolean();
            for (int i = 0; i < n; i++) {
                scheduler.execute(() -> {
                    await(allWorkersWait);
                    await(backlogIsThere, scheduler);
                    gap.get()[0] = 0;
                    for (int k = 0; k < 3; k++) { // an odd number in all: the workers steal from each other
                        forever(scheduler, stop, () -> {
                            if (left.getCount() > (long) n * interval) {
                                longestGap.accumulateAndGet(++gap.get()[0], Math::max);
                            }
                        });
                    }
                });
            }
            await(allWorkersWait);
            for (int i = 0; i < backlog; i++) {
                scheduler.execute(() -> {
                    gap.get()[0] = 0;
                    left.countDown();
                });
            }
            backlogIsThere.countDown();
            await(left, scheduler);
            stop.set(true);
            assertThat(longestGap.get()).isBetween(1L, interval - 1L);
        });
    }

    /** Runs a task again and again until told to stop. */
    private static void forever(Executor executor, AtomicBoolean stop, Runnable each) {
        executor.execute(new Runnable() {
            @Override
            public void run() {
                each.run();
                if (!stop.get()) {
                    executor.execute(this);
                }
            }
        });
    }

    /** Submits itself until the others have run, and counts how often. */
    private static void feed(Executor executor, AtomicBoolean othersRan, AtomicLong count, CountDownLatch done) {
        executor.execute(() -> {
            if (othersRan.get()) {
                done.countDown();
            } else {
                count.incrementAndGet();
                feed(executor, othersRan, count, done);
            }
        });
    }

    /** Two tasks are counted for each that is taken: the clock must not jump over its turns. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    @Provokes(Fault.THE_COUNT_BEHIND_FAIRNESS_NEVER_REACHES_ITS_LIMIT)
    void anOutsideTaskGetsThroughBesideATaskThatWaitsForAnotherAndFeedsItself(int offset) throws Exception {
        withScheduler(1, scheduler -> {
            for (int i = 0; i < offset; i++) {
                scheduler.submit(() -> {}).get();
            }
            AtomicBoolean stop = new AtomicBoolean();
            CountDownLatch running = new CountDownLatch(1);
            forever(scheduler, stop, () -> {
                TestPools.getUnchecked(scheduler.submit(() -> {}));
                running.countDown();
            });
            await(running, scheduler);
            CountDownLatch through = new CountDownLatch(1);
            scheduler.execute(through::countDown);
            await(through, scheduler);
            stop.set(true);
        });
    }
}
