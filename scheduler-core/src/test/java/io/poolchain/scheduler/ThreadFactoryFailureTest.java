// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.await;
import static io.poolchain.scheduler.TestPools.awaitQuiescence;
import static io.poolchain.scheduler.TestPools.shutdownAndAwait;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Thread factories that fail, at once or later. */
@Provokes(Fault.A_THREAD_FACTORY_THAT_FAILS_LOSES_TASKS)
class ThreadFactoryFailureTest {
    enum Failure {
        RETURNS_NULL {
            @Override
            Thread fail() {
                return null;
            }
        },
        THROWS {
            @Override
            Thread fail() {
                throw new IllegalStateException("no thread today");
            }
        },
        RUNS_OUT_OF_MEMORY {
            @Override
            Thread fail() {
                throw new OutOfMemoryError("unable to create native thread");
            }
        },
        RETURNS_A_STARTED_THREAD {
            @Override
            Thread fail() {
                Thread started = new Thread(() -> {});
                started.start();
                return started;
            }
        };

        abstract Thread fail();

        Class<? extends Throwable> seenBySubmitter() {
            return switch (this) {
                case RETURNS_NULL -> RejectedExecutionException.class;
                case THROWS -> IllegalStateException.class;
                case RUNS_OUT_OF_MEMORY -> OutOfMemoryError.class;
                case RETURNS_A_STARTED_THREAD -> IllegalThreadStateException.class;
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutAnyThreadTheSubmitterSeesTheFailureAndThePoolRecovers(Failure failure) {
        AtomicInteger failures = new AtomicInteger(3);
        ThreadFactory factory = work -> failures.getAndDecrement() > 0 ? failure.fail() : new Thread(work);
        WorkStealingScheduler scheduler = WorkStealingScheduler.newFixedThreadPool(2, factory);
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> scheduler.execute(ran::incrementAndGet)).isInstanceOf(failure.seenBySubmitter());
            assertThat(scheduler.getPoolSize()).isZero();
        }
        assertThat(scheduler.searching()).isZero();
        scheduler.execute(ran::incrementAndGet);
        awaitQuiescence(scheduler);
        shutdownAndAwait(scheduler);
        assertThat(ran).as("the refused tasks never run").hasValue(1);
        assertThat(scheduler.stats().submitted()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void withFourThreadsTheTasksAreRunByThoseAndThePoolRecovers(Failure failure) {
        AtomicInteger made = new AtomicInteger();
        AtomicInteger limit = new AtomicInteger(4);
        ThreadFactory factory = work -> // called by several threads at a time
                made.getAndAccumulate(limit.get(), (count, most) -> Math.min(count + 1, most)) < limit.get()
                                ? new Thread(work)
                                : failure.fail();
        WorkStealingScheduler scheduler = WorkStealingScheduler.newFixedThreadPool(8, factory);
        for (int round = 0; round < 20; round++) {
            CountDownLatch ran = new CountDownLatch(1_000);
            scheduler.execute(() -> {
                for (int i = 0; i < 500; i++) {
                    scheduler.execute(ran::countDown);
                }
            });
            for (int i = 0; i < 500; i++) {
                scheduler.execute(ran::countDown);
            }
            await(ran, scheduler);
        }
        CyclicBarrier four = new CyclicBarrier(4);
        for (int i = 0; i < 4; i++) {
            scheduler.execute(() -> await(four));
        }
        awaitQuiescence(scheduler);
        assertThat(scheduler.getPoolSize()).isEqualTo(4);
        assertThat(scheduler.searching()).isZero();
        limit.set(8);
        CyclicBarrier eight = new CyclicBarrier(8);
        for (int i = 0; i < 8; i++) {
            scheduler.execute(() -> await(eight));
        }
        shutdownAndAwait(scheduler);
        assertThat(scheduler.getLargestPoolSize()).isEqualTo(8);
    }

    @ParameterizedTest
    @EnumSource
    void aPoolWhoseFactoryOnlyEverFailsTerminates(Failure failure) {
        WorkStealingScheduler scheduler = WorkStealingScheduler.newFixedThreadPool(1, work -> failure.fail());
        assertThatThrownBy(() -> scheduler.execute(() -> {})).isInstanceOf(failure.seenBySubmitter());
        assertThatThrownBy(scheduler::prestartAllCoreThreads).isInstanceOf(failure.seenBySubmitter());
        shutdownAndAwait(scheduler);
        assertThat(scheduler.stats().submitted()).isZero();
    }

    @Test
    void aFactoryThatSubmitsTasksOfItsOwnIsServed() {
        AtomicInteger ran = new AtomicInteger();
        WorkStealingScheduler[] scheduler = new WorkStealingScheduler[1];
        scheduler[0] = WorkStealingScheduler.newFixedThreadPool(3, work -> {
            scheduler[0].execute(ran::incrementAndGet);
            return new Thread(work);
        });
        scheduler[0].execute(ran::incrementAndGet);
        awaitQuiescence(scheduler[0]);
        shutdownAndAwait(scheduler[0]);
        assertThat(ran.get()).isEqualTo(1 + scheduler[0].getLargestPoolSize());
    }

    /** The one who makes a thread must not keep others from waking one that sleeps. */
    @Test
    void aSlowFactoryHoldsUpNobodyButItsCaller() throws Exception {
        CountDownLatch second = new CountDownLatch(1);
        CountDownLatch inFactory = new CountDownLatch(1);
        AtomicInteger made = new AtomicInteger();
        WorkStealingScheduler scheduler = WorkStealingScheduler.newFixedThreadPool(2, work -> {
            if (made.incrementAndGet() == 2) {
                inFactory.countDown();
                await(second, "the slow factory");
            }
            return new Thread(work);
        });
        CountDownLatch busy = new CountDownLatch(1);
        scheduler.execute(() -> await(busy, scheduler));
        TestPools.awaitTrue(() -> scheduler.getActiveCount() == 1, "the first worker is busy");
        Thread submitter = new Thread(() -> scheduler.execute(() -> {}));
        submitter.start();
        await(inFactory, scheduler);
        busy.countDown(); // the first worker runs the other task too, and falls asleep
        TestPools.awaitTrue(
                () -> scheduler.getCompletedTaskCount() == 2
                        && scheduler.stats().workers().get(0).state() == WorkerStats.State.PARKED,
                "the first worker sleeps");
        scheduler.execute(second::countDown);
        await(second, scheduler);
        submitter.join();
        shutdownAndAwait(scheduler);
    }

    @Test
    void aFactoryThatStartsItsThreadsItselfDoesNoHarm() {
        AtomicInteger made = new AtomicInteger();
        WorkStealingScheduler scheduler = WorkStealingScheduler.newFixedThreadPool(3, work -> {
            Thread thread = new Thread(work);
            if (made.incrementAndGet() == 2) {
                thread.start();
            }
            return thread;
        });
        for (int round = 0; round < 3; round++) {
            CountDownLatch ran = new CountDownLatch(100);
            for (int i = 0; i < 100; i++) {
                scheduler.execute(ran::countDown);
            }
            await(ran, scheduler);
        }
        awaitQuiescence(scheduler);
        assertThat(scheduler.searching()).isZero();
        shutdownAndAwait(scheduler);
    }

    @Test
    void aThreadThatDiesBeforeItBeginsCostsTheOthersNothing() throws Exception {
        AtomicInteger made = new AtomicInteger();
        WorkStealingScheduler scheduler = WorkStealingScheduler.newFixedThreadPool(3, work -> {
            Thread dead = new Thread(() -> {});
            return made.incrementAndGet() == 2 ? dead : new Thread(work);
        });
        CountDownLatch first = new CountDownLatch(1);
        scheduler.execute(first::countDown);
        await(first, scheduler);
        for (int round = 0; round < 3; round++) {
            CountDownLatch ran = new CountDownLatch(100);
            for (int i = 0; i < 100; i++) {
                scheduler.execute(ran::countDown);
            }
            await(ran, scheduler);
        }
        scheduler.shutdownNow();
    }

    /** As many tasks as workers are in flight all the same, and the scheduler terminates. */
    @Test
    void aThreadThatDiesBeforeItBeginsIsReplaced() throws Exception {
        for (int dies = 1; dies <= 4; dies++) {
            int number = dies;
            AtomicInteger made = new AtomicInteger();
            CountDownLatch dead = new CountDownLatch(1);
            AtomicReference<Thread> dying = new AtomicReference<>();
            WorkStealingScheduler scheduler = WorkStealingScheduler.newFixedThreadPool(4, work -> {
                if (made.incrementAndGet() != number) {
                    return new Thread(work);
                }
                dying.set(new Thread(dead::countDown));
                return dying.get();
            });
            CyclicBarrier all = new CyclicBarrier(4);
            CountDownLatch met = new CountDownLatch(4);
            for (int i = 0; i < 4; i++) {
                scheduler.execute(() -> {
                    await(all);
                    met.countDown();
                });
            }
            await(dead, scheduler);
            dying.get().join();
            scheduler.execute(() -> {}); // whoever submits a task finds that nobody comes
            await(met, scheduler);
            shutdownAndAwait(scheduler);
        }
    }

    /** A task relies on the thread that is to begin, as the other one is about to leave; and that one relies on it too. */
    @Test
    void aThreadThatLeavesDoesNotRelyOnOneThatHasDied() throws Exception {
        AtomicInteger made = new AtomicInteger();
        AtomicReference<Thread> dying = new AtomicReference<>();
        CountDownLatch die = new CountDownLatch(1);
        AtomicInteger left = new AtomicInteger();
        CountDownLatch leaving = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        WorkStealingScheduler scheduler = WorkStealingScheduler.builder()
                .parallelism(2)
                .keepAlive(Duration.ofNanos(1))
                .threadFactory(work -> {
                    if (made.incrementAndGet() != 2) {
                        return new Thread(work);
                    }
                    dying.set(new Thread(() -> await(die, "a thread that is to die")));
                    return dying.get();
                })
                .onThreadStop(() -> {
                    if (left.incrementAndGet() == 1) {
                        leaving.countDown();
                        await(leave, "the only thread that lives");
                    }
                })
                .build();
        scheduler.execute(() -> {});
        await(leaving, scheduler);
        CountDownLatch ran = new CountDownLatch(1);
        scheduler.execute(ran::countDown);
        assertThat(dying).doesNotHaveNullValue();
        die.countDown();
        dying.get().join();
        leave.countDown();
        await(ran, scheduler);
        shutdownAndAwait(scheduler);
    }

    /** The task is accepted while another thread tries in vain to make the first worker. */
    @Test
    void aTaskSubmittedDuringAFailingPrestartIsRun() throws Exception {
        for (int n : new int[] {1, 4}) {
            CountDownLatch inFactory = new CountDownLatch(1);
            CountDownLatch fail = new CountDownLatch(1);
            AtomicInteger made = new AtomicInteger();
            WorkStealingScheduler scheduler = WorkStealingScheduler.newFixedThreadPool(n, work -> {
                if (made.incrementAndGet() == 1) {
                    inFactory.countDown();
                    await(fail, "the failing factory");
                    throw new IllegalStateException("not this time");
                }
                return new Thread(work);
            });
            Thread prestart = new Thread(() ->
                    assertThatThrownBy(scheduler::prestartAllCoreThreads).isInstanceOf(IllegalStateException.class));
            prestart.start();
            await(inFactory, scheduler);
            CountDownLatch ran = new CountDownLatch(1);
            Thread submitter = new Thread(() -> scheduler.execute(ran::countDown));
            submitter.start();
            fail.countDown();
            await(ran, scheduler);
            prestart.join();
            submitter.join();
            shutdownAndAwait(scheduler);
        }
    }

    @Test
    void shutdownDuringAPrestartEndsTheSleepingThreadsToo() throws Exception {
        CountDownLatch inFactory = new CountDownLatch(1);
        CountDownLatch fail = new CountDownLatch(1);
        AtomicInteger made = new AtomicInteger();
        WorkStealingScheduler scheduler = WorkStealingScheduler.newFixedThreadPool(3, work -> {
            if (made.incrementAndGet() == 2) {
                inFactory.countDown();
                await(fail, "the failing factory");
                throw new IllegalStateException("not this time");
            }
            return new Thread(work);
        });
        scheduler.submit(() -> {}).get();
        awaitQuiescence(scheduler);
        Thread prestart = new Thread(
                () -> assertThatThrownBy(scheduler::prestartAllCoreThreads).isInstanceOf(IllegalStateException.class));
        prestart.start();
        await(inFactory, scheduler);
        scheduler.shutdown();
        fail.countDown();
        prestart.join();
        TestPools.awaitTermination(scheduler);
    }
}
