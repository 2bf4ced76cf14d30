// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.awaitQuiescence;
import static io.poolchain.scheduler.TestPools.awaitTrue;
import static io.poolchain.scheduler.TestPools.withScheduler;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.poolchain.scheduler.TestPools.Blocker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the figures say while the workers go on, and that they add up when all is quiet. */
class StatsTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void noFigureIsNegativeOrRunsBackwardsUnderLoad(int n) throws Exception {
        WorkStealingScheduler busy = WorkStealingScheduler.builder()
                .parallelism(n)
                .keepAlive(Duration.ofMillis(1))
                .capacity(500)
                .sampleOneIn(3)
                .build();
        withScheduler(busy, scheduler -> {
            AtomicBoolean stop = new AtomicBoolean();
            List<Thread> submitters = new ArrayList<>();
            for (int s = 0; s < 2; s++) {
                Thread submitter = new Thread(() -> {
                    while (!stop.get()) {
                        submitNested(scheduler);
                    }
                });
                submitters.add(submitter);
                submitter.start();
            }
            SchedulerStats before = scheduler.stats();
            for (int snapshot = 0; snapshot < 5_000; snapshot++) {
                scheduler.setParallelism(1 + (n + snapshot / 100) % 8);
                SchedulerStats now = scheduler.stats();
                assertSane(before, now);
                before = now;
            }
            stop.set(true);
            for (Thread submitter : submitters) {
                submitter.join();
            }
            awaitQuiescence(scheduler);
            SchedulerStats quiet = scheduler.stats();
            assertThat(quiet.started()).isEqualTo(quiet.completed());
            assertThat(quiet.submitted()).isEqualTo(quiet.completed() + quiet.dropped(DropReason.DISCARDED));
            assertThat(quiet.queued()).isZero();
            assertThat(pairs(quiet.stealMatrix())).isEqualTo(quiet.steals());
            assertThat(quiet.activeWorkers()).isZero();
        });
    }

    private static void submitNested(WorkStealingScheduler scheduler) {
        try {
            scheduler.execute(() -> {
                scheduler.execute(() -> {});
                Future<?> child = scheduler.submit(() -> {});
                TestPools.getUnchecked(child);
            });
        } catch (RejectedExecutionException e) {
            Thread.yield();
        }
    }

    @Test
    void aTaskIsCompletedOnceTheNextOneRuns() throws Exception {
        withScheduler(1, scheduler -> {
            Blocker first = Blocker.startOn(scheduler);
            scheduler.execute(() -> {});
            Blocker third = new Blocker();
            scheduler.execute(third);
            assertThat(scheduler.stats().completed()).isZero();
            first.release();
            third.awaitRunning();
            SchedulerStats inARow = scheduler.stats();
            assertThat(inARow.completed()).isEqualTo(2);
            assertThat(inARow.started()).isEqualTo(3);
            third.release();
            awaitTrue(() -> scheduler.stats().completed() == 3, "the end of the row");
        });
    }

    @Test
    void theLargestPoolSizeIsNeverBelowThePoolSize() throws Exception {
        int n = 64;
        for (int round = 0; round < 50; round++) {
            withScheduler(n, scheduler -> {
                Thread maker = new Thread(scheduler::prestartAllCoreThreads);
                maker.start();
                for (int size = 0; size < n; ) {
                    size = scheduler.getPoolSize();
                    int largest = scheduler.getLargestPoolSize();
                    if (size > largest) {
                        fail("%d threads, and never more than %d", size, largest);
                    }
                }
                maker.join();
            });
        }
    }

    private static long pairs(StealMatrix matrix) {
        long sum = 0;
        for (int thief = 0; thief < matrix.workers(); thief++) {
            for (long tasks : matrix.victimsOf(thief).values()) {
                sum += tasks;
            }
        }
        return sum;
    }

    private static void addPairs(List<List<Long>> pairs, TimeHistogram before, TimeHistogram now) {
        pairs.add(List.of(before.total().toNanos(), now.total().toNanos()));
        for (int bucket = 0; bucket < TimeHistogram.BUCKETS; bucket++) {
            pairs.add(List.of(before.counts().get(bucket), now.counts().get(bucket)));
        }
    }

    static void assertSane(SchedulerStats before, SchedulerStats now) {
        List<List<Long>> pairs = new ArrayList<>();
        pairs.add(List.of(before.submittedOutside(), now.submittedOutside()));
        pairs.add(List.of(before.submissionQueueGrowth(), now.submissionQueueGrowth()));
        pairs.add(List.of(before.submissionQueueRingDrops(), now.submissionQueueRingDrops()));
        pairs.add(List.of((long) before.largestPoolSize(), (long) now.largestPoolSize()));
        for (DropReason reason : DropReason.values()) {
            pairs.add(List.of(before.dropped(reason), now.dropped(reason)));
        }
        for (TaskPath path : TaskPath.values()) {
            addPairs(pairs, before.waitTimes().get(path), now.waitTimes().get(path));
            addPairs(pairs, before.runTimes().get(path), now.runTimes().get(path));
        }
        for (WorkerStats old : before.workers()) {
            WorkerStats worker = now.workers().get(old.index());
            pairs.add(List.of(old.submitted(), worker.submitted()));
            pairs.add(List.of(old.started(), worker.started()));
            pairs.add(List.of(old.completed(), worker.completed()));
            pairs.add(List.of(old.failed(), worker.failed()));
            pairs.add(List.of(old.steals(), worker.steals()));
            pairs.add(List.of(old.failedSteals(), worker.failedSteals()));
            pairs.add(List.of(old.stolen(), worker.stolen()));
            pairs.add(List.of(old.threadNanos(), worker.threadNanos()));
            pairs.add(List.of(old.parkedNanos(), worker.parkedNanos()));
            pairs.add(List.of(old.parks(), worker.parks()));
            pairs.add(List.of(old.wakeups(), worker.wakeups()));
            pairs.add(List.of(old.uselessWakeups(), worker.uselessWakeups()));
            pairs.add(List.of(old.chainGrowth(), worker.chainGrowth()));
            pairs.add(List.of(old.ringDrops(), worker.ringDrops()));
        }
        for (List<Long> pair : pairs) {
            assertThat(pair.get(0)).isNotNegative().isLessThanOrEqualTo(pair.get(1));
        }
        assertThat(now.queued()).isNotNegative();
        assertThat(pairs(now.stealMatrix())).isLessThanOrEqualTo(now.steals());
        for (WorkerStats worker : now.workers()) {
            assertThat(worker.completed()).isLessThanOrEqualTo(worker.started());
            assertThat(worker.uselessWakeups()).isLessThanOrEqualTo(worker.wakeups());
            assertThat(worker.wakeups()).isLessThanOrEqualTo(worker.parks());
            assertThat(worker.queued()).isNotNegative();
            assertThat(worker.parkedNanos()).isLessThanOrEqualTo(worker.threadNanos());
            assertThat(worker.chainCapacity()).isPositive();
        }
        assertThat(now.poolSize()).isBetween(0, now.largestPoolSize());
    }
}
