// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.await;
import static io.poolchain.scheduler.TestPools.awaitQuiescence;
import static io.poolchain.scheduler.TestPools.awaitTermination;
import static io.poolchain.scheduler.TestPools.awaitTrue;
import static io.poolchain.scheduler.TestPools.get;
import static io.poolchain.scheduler.TestPools.shutdownAndAwait;
import static io.poolchain.scheduler.TestPools.withScheduler;
import static org.assertj.core.api.Assertions.assertThat;

import io.poolchain.scheduler.TestPools.Blocker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads that time out and pools that change their size while work goes on: no task lost, no worker lost, none too many. */
class ElasticPoolTest {
    private static final int FACTOR = Integer.getInteger("poolchain.stress.factor", 1);

    /** Submissions that hit each moment of a thread's leaving. */
    @ParameterizedTest
    @CsvSource({"1, 1", "1, 50000", "2, 20000", "4, 100000", "64, 50000"})
    void aTaskSubmittedWhileThreadsTimeOutIsRun(int n, long keepAliveNanos) throws Exception {
        SplittableRandom random = new SplittableRandom(n);
        withScheduler(timingOut(n, keepAliveNanos), scheduler -> {
            for (int round = 0; round < 5_000 * FACTOR; round++) {
                AtomicBoolean ran = new AtomicBoolean();
                scheduler.execute(() -> ran.set(true));
                TestPools.spinUntil(ran::get, scheduler);
                for (int spins = random.nextInt(10_000); spins > 0; spins--) {
                    Thread.onSpinWait();
                }
            }
            awaitTrue(() -> scheduler.getPoolSize() == 0, "all threads leave");
            assertThat(scheduler.searching()).isZero();
        });
    }

    /** The child is pushed by a worker just as the others leave, and its parent waits for it. */
    @ParameterizedTest
    @ValueSource(ints = {2, 4, 64})
    void aChildOfAWaitingParentIsRunThoughTheOthersTimeOut(int n) throws Exception {
        SplittableRandom random = new SplittableRandom(n);
        withScheduler(timingOut(n, 30_000), scheduler -> {
            for (int round = 0; round < 3_000 * FACTOR; round++) {
                int gap = random.nextInt(3_000);
                CountDownLatch childRan = new CountDownLatch(1);
                CountDownLatch parentDone = new CountDownLatch(1);
                scheduler.execute(() -> {
                    for (int spins = gap; spins > 0; spins--) {
                        Thread.onSpinWait();
                    }
                    scheduler.execute(childRan::countDown);
                    await(childRan, scheduler);
                    parentDone.countDown();
                });
                await(parentDone, scheduler);
            }
        });
    }

    /** Who is told that a task was accepted need not submit another one for it to be run. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aTaskThatWasAcceptedIsRunThoughTheFactoryFailsAndTheLastThreadLeaves(int n) throws Exception {
        SplittableRandom random = new SplittableRandom(n);
        AtomicInteger made = new AtomicInteger();
        WorkStealingScheduler unsteady = WorkStealingScheduler.builder()
                .parallelism(n)
                .keepAlive(Duration.ofNanos(30_000))
                .threadFactory(work -> made.incrementAndGet() % 3 == 0 ? null : new Thread(work))
                .build();
        withScheduler(unsteady, scheduler -> {
            int refused = 0;
            for (int round = 0; round < 2_000 * FACTOR; round++) {
                AtomicBoolean ran = new AtomicBoolean();
                try {
                    scheduler.execute(() -> ran.set(true));
                    TestPools.spinUntil(ran::get, scheduler);
                } catch (RejectedExecutionException e) {
                    refused++;
                }
                if (round % 20 == 0) {
                    awaitTrue(() -> scheduler.getPoolSize() == 0, "all threads leave");
                }
                for (int spins = random.nextInt(30_000); spins > 0; spins--) {
                    Thread.onSpinWait();
                }
            }
            assertThat(refused).isPositive();
        });
    }

    /** The submitter relies on a thread that is about to end, and that thread on one that is never made. */
    @Test
    void theLastThreadRunsATaskWhileTheFactoryIsStillToFail() throws Exception {
        AtomicInteger made = new AtomicInteger();
        CountDownLatch firstSubmitted = new CountDownLatch(1); // else the first thread may leave meanwhile
        CountDownLatch leaving = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        CountDownLatch inFactory = new CountDownLatch(1);
        CountDownLatch fail = new CountDownLatch(1);
        WorkStealingScheduler unsteady = WorkStealingScheduler.builder()
                .parallelism(2)
                .keepAlive(Duration.ofNanos(1))
                .onThreadStart(() -> await(firstSubmitted, "the test"))
                .onThreadStop(() -> {
                    leaving.countDown();
                    await(leave, "the test");
                })
                .threadFactory(work -> {
                    if (made.incrementAndGet() == 1) {
                        return new Thread(work);
                    }
                    if (leaving.getCount() > 0) {
                        return null; // the first submission may find the thread busy with its task already
                    }
                    inFactory.countDown();
                    await(fail, "the test");
                    return null;
                })
                .build();
        withScheduler(unsteady, scheduler -> {
            scheduler.execute(() -> {});
            firstSubmitted.countDown();
            await(leaving, scheduler);
            CountDownLatch ran = new CountDownLatch(1);
            Thread submitter = new Thread(() -> scheduler.execute(ran::countDown));
            submitter.start();
            await(inFactory, scheduler);
            leave.countDown();
            try {
                await(ran, scheduler);
            } finally {
                fail.countDown();
                submitter.join();
            }
        });
    }

    @Test
    void surplusThreadsEndWhateverTheyWereAbout() throws Exception {
        withScheduler(4, scheduler -> {
            for (int round = 0; round < 1_000 * FACTOR; round++) {
                for (int i = 0; i < 8; i++) {
                    scheduler.execute(() -> {});
                }
                scheduler.prestartAllCoreThreads();
                scheduler.setParallelism(1);
                awaitTrue(() -> scheduler.getPoolSize() == 1, "three leave");
                scheduler.setParallelism(4);
            }
        });
    }

    @Test
    void theChainOfAWorkerThatLeavesIsEmptiedByOthers() throws Exception {
        withScheduler(2, scheduler -> {
            Blocker other = Blocker.startOn(scheduler);
            CountDownLatch ran = new CountDownLatch(1_000);
            Future<?> parent = scheduler.submit(() -> {
                for (int i = 0; i < 1_000; i++) {
                    scheduler.execute(ran::countDown);
                }
                scheduler.setParallelism(1);
            });
            get(parent, scheduler);
            awaitTrue(() -> scheduler.getPoolSize() == 1, "the parent's worker leaves");
            assertThat(ran.getCount()).isEqualTo(1_000);
            other.release();
            await(ran, scheduler);
            awaitQuiescence(scheduler);
            assertThat(scheduler.stats().steals()).isEqualTo(1_000);
            assertThat(scheduler.stats().workers())
                    .as("its figures are not forgotten")
                    .hasSize(2);
        });
    }

    /** Everything at once, from one seed: sizes, keep-alive, nested and waiting tasks, an end at a random moment. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void everyTaskRunsOnceHoweverThePoolBreathes(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 60 * FACTOR; round++) {
            int submitters = 1 + random.nextInt(4);
            int each = 200;
            AtomicIntegerArray runs = new AtomicIntegerArray(3 * submitters * each);
            WorkStealingScheduler scheduler = timingOut(1 + random.nextInt(8), 1 + random.nextInt(200_000));
            AtomicBoolean stop = new AtomicBoolean();
            long resizes = random.nextLong();
            Thread resizer = new Thread(() -> {
                SplittableRandom sizes = new SplittableRandom(resizes);
                while (!stop.get()) {
                    scheduler.setParallelism(1 + sizes.nextInt(12));
                    Thread.yield();
                }
            });
            resizer.start();
            List<Thread> threads = new ArrayList<>();
            for (int s = 0; s < submitters; s++) {
                int first = 3 * s * each;
                Thread thread = new Thread(() -> {
                    for (int i = first; i < first + 3 * each; i += 3) {
                        int number = i;
                        scheduler.execute(() -> {
                            runs.incrementAndGet(number);
                            scheduler.execute(() -> runs.incrementAndGet(number + 1));
                            Future<?> child = scheduler.submit(() -> runs.incrementAndGet(number + 2));
                            try {
                                child.get();
                            } catch (Exception e) {
                                throw new AssertionError(e);
                            }
                        });
                    }
                });
                threads.add(thread);
                thread.start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            awaitQuiescence(scheduler);
            stop.set(true);
            resizer.join();
            for (int i = 0; i < runs.length(); i++) {
                assertThat(runs.get(i))
                        .as("seed %d, round %d, task %d", seed, round, i)
                        .isEqualTo(1);
            }
            assertThat(scheduler.stats().failed()).isZero();
            shutdownAndAwait(scheduler);
            assertThat(scheduler.searching()).isZero();
        }
    }

    // ---- with a bound

    /** Two tasks that run as one is too many: each finds a task to discard, or room. */
    @Test
    void surplusTasksThatDiscardTheOldestDoNotWaitForEachOther() throws Exception {
        WorkStealingScheduler bounded = WorkStealingScheduler.builder()
                .parallelism(2)
                .capacity(1)
                .rejectionPolicy(RejectionPolicy.discardOldest())
                .build();
        withScheduler(bounded, scheduler -> {
            CountDownLatch resized = new CountDownLatch(1);
            CountDownLatch bothRun = new CountDownLatch(2);
            List<Future<?>> submitting = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                submitting.add(scheduler.submit(() -> {
                    bothRun.countDown();
                    await(resized, scheduler);
                    scheduler.execute(() -> {});
                }));
            }
            await(bothRun, scheduler);
            scheduler.setParallelism(1);
            resized.countDown();
            for (Future<?> each : submitting) {
                get(each, scheduler);
            }
        });
    }

    @Test
    void aBlockedSubmitterIsToldOfShutdownThoughTooManyTasksRun() throws Exception {
        WorkStealingScheduler scheduler = WorkStealingScheduler.builder()
                .parallelism(4)
                .capacity(1)
                .rejectionPolicy(RejectionPolicy.block())
                .build();
        List<Blocker> running =
                Stream.generate(() -> Blocker.startOn(scheduler)).limit(4).toList();
        scheduler.execute(() -> {});
        scheduler.setParallelism(1);
        AtomicBoolean refused = new AtomicBoolean();
        Thread submitter = new Thread(() -> {
            try {
                scheduler.execute(() -> {});
            } catch (RejectedExecutionException e) {
                refused.set(true);
            }
        });
        submitter.start();
        awaitTrue(() -> submitter.getState() == Thread.State.TIMED_WAITING, "the submitter waits");
        scheduler.shutdown();
        submitter.join(TimeUnit.SECONDS.toMillis(TestPools.HANG_SECONDS));
        assertThat(refused).isTrue();
        running.forEach(Blocker::release);
        awaitTermination(scheduler);
    }

    private static WorkStealingScheduler timingOut(int n, long keepAliveNanos) {
        return WorkStealingScheduler.builder()
                .parallelism(n)
                .keepAlive(Duration.ofNanos(keepAliveNanos))
                .build();
    }

    /** The pool shrinks while all run: when they end, permits go missing that others wait for. */
    @Test
    void noSubmitterIsLeftWaitingWhenAShrunkenPoolStops() throws Exception {
        for (int round = 0; round < 50 * FACTOR; round++) {
            WorkStealingScheduler scheduler = WorkStealingScheduler.builder()
                    .parallelism(8)
                    .capacity(1)
                    .rejectionPolicy(RejectionPolicy.block())
                    .build();
            List<Blocker> running =
                    Stream.generate(() -> Blocker.startOn(scheduler)).limit(8).toList();
            Thread submitter = new Thread(() -> {
                try {
                    while (true) {
                        scheduler.execute(new Blocker());
                    }
                } catch (RejectedExecutionException e) {
                    // shut down
                }
            });
            submitter.start();
            scheduler.setParallelism(1);
            running.subList(0, 7).forEach(Blocker::release);
            awaitTrue(() -> scheduler.getPoolSize() == 1, "seven leave");
            scheduler.shutdownNow();
            submitter.join(TimeUnit.SECONDS.toMillis(TestPools.HANG_SECONDS));
            assertThat(submitter.isAlive()).isFalse();
            running.forEach(Blocker::release);
            awaitTermination(scheduler);
        }
    }

    /** A thread that is still being made is not one too many. */
    @Test
    void aSlowFactoryDoesNotMakeTheOnlyThreadLeaveAgainAndAgain() throws Exception {
        AtomicInteger made = new AtomicInteger();
        AtomicInteger starts = new AtomicInteger();
        CountDownLatch inFactory = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        WorkStealingScheduler slow = WorkStealingScheduler.builder()
                .parallelism(2)
                .onThreadStart(starts::incrementAndGet)
                .threadFactory(work -> {
                    if (made.incrementAndGet() == 2) {
                        inFactory.countDown();
                        await(release, "the test");
                    }
                    return new Thread(work);
                })
                .build();
        withScheduler(slow, scheduler -> {
            Blocker first = Blocker.startOn(scheduler);
            Thread submitter = new Thread(() -> scheduler.execute(() -> {}));
            submitter.start();
            await(inFactory, scheduler);
            scheduler.setParallelism(1);
            CountDownLatch ran = new CountDownLatch(100);
            for (int i = 0; i < 100; i++) {
                scheduler.execute(ran::countDown);
            }
            first.release();
            await(ran, scheduler);
            assertThat(starts).hasValue(1);
            release.countDown();
            submitter.join();
            awaitTrue(() -> scheduler.getPoolSize() == 1, "one leaves");
        });
    }
}
