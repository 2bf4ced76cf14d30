// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.await;
import static io.poolchain.scheduler.TestPools.awaitQuiescence;
import static io.poolchain.scheduler.TestPools.getUnchecked;
import static io.poolchain.scheduler.TestPools.shutdownAndAwait;
import static io.poolchain.scheduler.TestPools.withScheduler;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.poolchain.scheduler.TestPools.Blocker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which tasks are measured, what is recorded, and that nobody sees a wrapper. */
class SamplingTest {
    // ---- what is recorded

    @Test
    void aTaskIsRecordedOnThePathOnWhichItCame() throws Exception {
        withScheduler(measured(2), scheduler -> {
            CountDownLatch stolen = new CountDownLatch(1);
            CountDownLatch local = new CountDownLatch(1);
            scheduler.execute(() -> {
                scheduler.execute(stolen::countDown);
                await(stolen, scheduler); // only the other worker can do it
            });
            awaitQuiescence(scheduler);
            scheduler.setParallelism(1);
            scheduler.execute(() -> scheduler.execute(local::countDown));
            await(local, scheduler);
            awaitQuiescence(scheduler);
            assertCounts(scheduler.stats().waitTimes(), 1, 1, 2);
            assertCounts(scheduler.stats().runTimes(), 1, 1, 2);
        });
    }

    @Test
    void theWaitEndsWhereTheRunBegins() throws Exception {
        withScheduler(measured(1), scheduler -> {
            long began = System.nanoTime();
            Blocker blocker = Blocker.startOn(scheduler);
            scheduler.execute(() -> {});
            long submitted = System.nanoTime();
            awaitTick(submitted);
            long mayEnd = System.nanoTime();
            blocker.release();
            awaitQuiescence(scheduler);
            long ended = System.nanoTime();

            long waited = scheduler
                    .stats()
                    .waitTimes()
                    .get(TaskPath.SUBMITTED)
                    .total()
                    .toNanos();
            long ran =
                    scheduler.stats().runTimes().get(TaskPath.SUBMITTED).total().toNanos();
            assertThat(waited).isGreaterThanOrEqualTo(mayEnd - submitted).isLessThan(2 * (ended - began));
            assertThat(ran).isGreaterThanOrEqualTo(mayEnd - submitted).isLessThan(ended - began);
        });
    }

    private static void awaitTick(long since) {
        while (System.nanoTime() - since < 1_000_000) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aTaskThatThrowsIsRecordedAndItsExceptionPassedOn() throws Exception {
        AtomicReference<Throwable> handled = new AtomicReference<>();
        WorkStealingScheduler scheduler = WorkStealingScheduler.builder()
                .parallelism(1)
                .sampleOneIn(1)
                .uncaughtExceptionHandler((thread, failure) -> handled.set(failure))
                .build();
        RuntimeException thrown = new IllegalStateException("passed on");
        withScheduler(scheduler, measured -> {
            measured.execute(() -> {
                throw thrown;
            });
            awaitQuiescence(measured);
            assertThat(handled).hasValue(thrown);
            assertThat(measured.stats().failed()).isEqualTo(1);
            assertCounts(measured.stats().runTimes(), 0, 0, 1);
        });
    }

    @Test
    void whatHasNotWaitedInAQueueIsNotRecorded() throws Exception {
        withScheduler(measured(1), scheduler -> {
            Blocker blocker = Blocker.startOn(scheduler);
            Future<?> cancelled = scheduler.submit(() -> {});
            cancelled.cancel(false);
            blocker.release();
            scheduler.submit(() -> getUnchecked(scheduler.submit(() -> {}))).get(); // run by the one that waits
            awaitQuiescence(scheduler);
            assertCounts(scheduler.stats().waitTimes(), 0, 0, 2);
            assertThat(scheduler.stats().completed()).isEqualTo(4);
        });
    }

    @Test
    void aTimeThatIsEqualToABoundIsWithinIt() {
        List<Duration> bounds = TimeHistogram.bounds();
        assertThat(bounds).isSorted().hasSize(TimeHistogram.BUCKETS - 1);
        assertThat(TimeHistogram.bucketOf(0)).isZero();
        for (int i = 0; i < bounds.size(); i++) {
            assertThat(TimeHistogram.bucketOf(bounds.get(i).toNanos())).isEqualTo(i);
            assertThat(TimeHistogram.bucketOf(bounds.get(i).toNanos() + 1)).isEqualTo(i + 1);
        }
    }

    // ---- which tasks are

    @Test
    void byDefaultAllOfAFewAreMeasured() throws Exception {
        withScheduler(WorkStealingScheduler.newFixedThreadPool(1), scheduler -> {
            for (int i = 0; i < 20; i++) {
                scheduler.execute(() -> scheduler.execute(() -> {}));
            }
            awaitQuiescence(scheduler);
            assertThat(sum(scheduler.stats().waitTimes())).isEqualTo(40);
        });
    }

    @Test
    void byDefaultNotManyMoreOfVeryManyAreMeasured() throws Exception {
        withScheduler(WorkStealingScheduler.newFixedThreadPool(1), scheduler -> {
            long began = System.nanoTime();
            scheduler
                    .submit(() -> {
                        for (int i = 0; i < 1_000_000; i++) {
                            scheduler.execute(() -> {});
                        }
                    })
                    .get();
            awaitQuiescence(scheduler);
            long seconds = 1 + (System.nanoTime() - began) / 1_000_000_000;

            long atMostASecond = AdaptivePeriod.TOO_MANY * (AdaptivePeriod.DOUBLINGS + 1L);
            assertThat(sum(scheduler.stats().waitTimes())).isBetween(100L, seconds * atMostASecond);
        });
    }

    @Test
    void whoHasSlowedDownIsMeasuredOnceAWorkerHasSlept() {
        AdaptivePeriod period = new AdaptivePeriod(0);
        for (int i = 0; i < AdaptivePeriod.TOO_MANY * AdaptivePeriod.DOUBLINGS; i++) {
            period.next(i);
        }
        assertThat(period.get()).isEqualTo(AdaptivePeriod.LONGEST);
        Sampler sampler = new Sampler(TaskSampling.none(), 0, TaskSampling.ADAPTIVE, period);
        assertThat(sampler.sooner(1_000_000, 900_000)).as("as far as it may be").isEqualTo(1_000_000);

        period.relax(1_000_000_000_000L);
        assertThat(sampler.sooner(1_000_000, 900_000)).isBetween(900_001L, 900_001L + 2L * period.get());
        assertThat(sampler.sooner(900_001, 900_000)).isEqualTo(900_001);
    }

    @Test
    void whereNoneIsMeasuredNoneIsSooner() {
        Sampler sampler = TaskSampling.none().sampler(0);
        assertThat(sampler.sooner(sampler.first(), 5_000_000)).isNegative();
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "1, 100000, 100000", "100, 900, 1100"})
    void soManyAreMeasured(int oneIn, int atLeast, int atMost) throws Exception {
        WorkStealingScheduler some = WorkStealingScheduler.builder()
                .parallelism(2)
                .sampleOneIn(oneIn)
                .build();
        withScheduler(some, scheduler -> {
            for (int i = 0; i < 50_000; i++) {
                scheduler.execute(() -> scheduler.execute(() -> {}));
            }
            awaitQuiescence(scheduler);
            SchedulerStats stats = scheduler.stats();
            long count = sum(stats.waitTimes());
            assertThat(count).isBetween((long) atLeast, (long) atMost);
            assertThat(sum(stats.runTimes())).isEqualTo(count);
        });
    }

    /** A fixed distance would always measure the same task of each batch, be it the short one or the long one. */
    @Test
    void batchesOfTheSizeOfThePeriodAreMeasuredAtManyPlaces() {
        Sampler sampler = TaskSampling.none().sampler(3);
        assertThat(placesMeasured(sampler)).isEmpty();
        Sampler every1024 = new Sampler(TaskSampling.none(), 3, 1024, null);
        List<Long> places = placesMeasured(every1024);
        assertThat(places).hasSizeBetween(950, 1_050);
        assertThat(places.stream().map(place -> place % 1_024).distinct()).hasSizeGreaterThan(500);
    }

    private static List<Long> placesMeasured(Sampler sampler) {
        return LongStream.iterate(sampler.first(), count -> count >= 0 && count < 1_000 * 1_024, sampler::nextAfter)
                .boxed()
                .toList();
    }

    // ---- nobody sees it

    @Test
    void shutdownNowReturnsTheTasksThemselves() {
        WorkStealingScheduler scheduler = measured(1);
        Blocker outer = new Blocker();
        Blocker blocker = new Blocker();
        Runnable inside = () -> {};
        scheduler.execute(() -> {
            scheduler.execute(inside);
            outer.run();
            blocker.run();
        });
        outer.awaitRunning();
        Runnable outside = () -> {};
        scheduler.execute(outside);
        Future<?> future = scheduler.submit(() -> {});
        List<Runnable> returned = scheduler.shutdownNow();
        outer.release();
        blocker.release();
        assertThat(returned).containsExactlyInAnyOrder(inside, outside, (Runnable) future);
        shutdownAndAwait(scheduler);
    }

    @Test
    void aPolicyThatDiscardsCancelsTheFutureItself() throws Exception {
        WorkStealingScheduler bounded = WorkStealingScheduler.builder()
                .parallelism(1)
                .capacity(1)
                .sampleOneIn(1)
                .rejectionPolicy(RejectionPolicy.discardOldest())
                .build();
        withScheduler(bounded, scheduler -> {
            Blocker blocker = Blocker.startOn(scheduler);
            Future<?> oldest = scheduler.submit(() -> {});
            Future<?> newest = scheduler.submit(() -> {});
            assertThat(oldest.isCancelled()).isTrue();
            blocker.release();
            newest.get();
        });
    }

    @Test
    void shellsOfFuturesThatWereWaitedForAreDropped() throws Exception {
        withScheduler(
                measured(1),
                scheduler -> scheduler
                        .submit(() -> {
                            for (int i = 0; i < 1_000; i++) {
                                getUnchecked(scheduler.submit(() -> {}));
                                assertThat(scheduler.stats().queued()).isZero();
                            }
                        })
                        .get());
    }

    @Test
    void aTaskIsDescribedAsItself() {
        Object task = new Runnable() {
            @Override
            public void run() {}

            @Override
            public String toString() {
                return "send the bill";
            }
        };
        assertThat(new SampledTask((Runnable) task, 0, TaskSampling.none())).hasToString("send the bill");
    }

    // ---- listeners

    @Test
    void aListenerIsToldOfEachTaskUntilItIsRemoved() throws Exception {
        withScheduler(measured(1), scheduler -> {
            Heard heard = new Heard();
            scheduler.addTimeListener(heard);
            scheduler.submit(() -> scheduler.execute(() -> {})).get();
            awaitQuiescence(scheduler);
            scheduler.removeTimeListener(heard);
            scheduler.submit(() -> {}).get();
            assertThat(heard.texts).containsExactly("waited SUBMITTED", "ran SUBMITTED", "waited LOCAL", "ran LOCAL");
            assertThat(heard.nanos).allMatch(nanos -> nanos >= 0);
        });
    }

    @Test
    void aListenerThatThrowsCostsNoTaskAndNoWorker() throws Exception {
        withScheduler(measured(1), scheduler -> {
            scheduler.addTimeListener(new TaskTimeListener() {
                @Override
                public void waited(TaskPath path, long nanos) {
                    throw new IllegalStateException("a broken listener");
                }

                @Override
                public void ran(TaskPath path, long nanos) {
                    throw new IllegalStateException("a broken listener");
                }
            });
            for (int i = 0; i < 10; i++) {
                scheduler.submit(() -> {}).get();
            }
            awaitQuiescence(scheduler);
            assertThat(scheduler.stats().failed()).isZero();
            assertThat(scheduler.stats().completed()).isEqualTo(10);
        });
    }

    @Test
    @SuppressWarnings("DataFlowIssue")
    void nobodyIsNoListener() throws Exception {
        withScheduler(measured(1), scheduler -> {
            assertThatNullPointerException()
                    .isThrownBy(() -> scheduler.addTimeListener(null))
                    .withMessage("listener");
            assertThatNullPointerException()
                    .isThrownBy(() -> scheduler.removeTimeListener(null))
                    .withMessage("listener");
        });
    }

    private static final class Heard implements TaskTimeListener {
        final ConcurrentLinkedQueue<String> texts = new ConcurrentLinkedQueue<>();
        final ConcurrentLinkedQueue<Long> nanos = new ConcurrentLinkedQueue<>();

        @Override
        public void waited(TaskPath path, long waitNanos) {
            texts.add("waited " + path);
            nanos.add(waitNanos);
        }

        @Override
        public void ran(TaskPath path, long runNanos) {
            texts.add("ran " + path);
            nanos.add(runNanos);
        }
    }

    // ---- vocabulary

    private static WorkStealingScheduler measured(int n) {
        return WorkStealingScheduler.builder().parallelism(n).sampleOneIn(1).build();
    }

    private static long sum(Map<TaskPath, TimeHistogram> times) {
        return times.values().stream().mapToLong(TimeHistogram::count).sum();
    }

    private static void assertCounts(Map<TaskPath, TimeHistogram> times, long... localStolenSubmitted) {
        List<Long> counts = new ArrayList<>();
        for (TaskPath path : TaskPath.values()) {
            counts.add(times.get(path).count());
        }
        assertThat(counts)
                .containsExactlyElementsOf(
                        LongStream.of(localStolenSubmitted).boxed().toList());
    }
}
