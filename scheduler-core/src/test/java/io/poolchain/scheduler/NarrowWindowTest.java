// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.spinUntil;
import static io.poolchain.scheduler.TestPools.withScheduler;
import static org.assertj.core.api.Assertions.assertThat;

import io.poolchain.scheduler.TestPools.Blocker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Races of a few nanoseconds, which the soak meets too rarely, run again and again. */
class NarrowWindowTest {
    private static final int FACTOR = Integer.getInteger("poolchain.stress.factor", 1);

    /** The worker that waits for a future and the thief of its place in the queue both want to start it, the oldest first. */
    @ParameterizedTest
    @ValueSource(ints = {2, 8})
    void aFutureIsStartedByItsWaiterOrByAThief(int n) throws Exception {
        int batches = 10_000 * FACTOR;
        int children = 64;
        withScheduler(n, scheduler -> {
            AtomicInteger ran = new AtomicInteger();
            Future<?> parent = scheduler.submit(() -> {
                List<Future<?>> batch = new ArrayList<>(children);
                for (int i = 0; i < batches; i++) {
                    for (int child = 0; child < children; child++) {
                        batch.add(scheduler.submit(ran::incrementAndGet));
                    }
                    batch.forEach(TestPools::getUnchecked);
                    batch.clear();
                }
            });
            TestPools.get(parent, scheduler);
            TestPools.shutdownAndAwait(scheduler);
            assertThat(ran).hasValue(batches * children);
        });
    }

    /** A policy takes a future from the queue and cancels it while a worker that waits for it may start it. */
    @Test
    void aFutureIsDiscardedOrStarted() throws Exception {
        WorkStealingScheduler bounded = WorkStealingScheduler.builder()
                .parallelism(1)
                .capacity(1)
                .rejectionPolicy(RejectionPolicy.discardOldest())
                .build();
        withScheduler(bounded, scheduler -> {
            AtomicBoolean stop = new AtomicBoolean();
            Future<Integer> parent = scheduler.submit(() -> joinChildren(scheduler, 1_000_000 * FACTOR));
            Thread flood = new Thread(() -> {
                while (!stop.get()) {
                    scheduler.execute(() -> {});
                }
            });
            while (scheduler.getActiveCount() == 0) {
                Thread.onSpinWait(); // lest the flood discards the parent
            }
            flood.start();
            try {
                assertThat(TestPools.get(parent, scheduler))
                        .as("discarded children")
                        .isPositive();
            } finally {
                stop.set(true);
                flood.join();
            }
        });
    }

    /** Returns how many were discarded. */
    private static int joinChildren(WorkStealingScheduler scheduler, int children) throws Exception {
        int discarded = 0;
        for (int i = 0; i < children; i++) {
            AtomicInteger ran = new AtomicInteger();
            Future<Integer> child = scheduler.submit(ran::incrementAndGet);
            try {
                assertThat(child.get()).isEqualTo(1);
            } catch (CancellationException e) {
                assertThat(ran).hasValue(0);
                discarded++;
            }
        }
        return discarded;
    }

    /** The only thread that could run a task is about to end for want of work, and no other can be made just now. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aTaskIsRefusedOrRunThoughTheLastThreadLeavesAndTheFactoryFails(int n) throws Exception {
        AtomicInteger calls = new AtomicInteger();
        WorkStealingScheduler impatient = WorkStealingScheduler.builder()
                .parallelism(n)
                .keepAlive(Duration.ofNanos(1))
                .threadFactory(work -> calls.incrementAndGet() % 2 == 0 ? null : new Thread(work))
                .build();
        withScheduler(impatient, scheduler -> submitOneByOne(scheduler, new SplittableRandom(n)));
    }

    /** All other threads are blocked, so that nobody else looks for the task that came while this one was leaving. */
    @Test
    void aTaskIsRunThoughTheOnlyThreadThatIsNotBlockedLeaves() throws Exception {
        WorkStealingScheduler impatient = WorkStealingScheduler.builder()
                .parallelism(2)
                .keepAlive(Duration.ofNanos(1))
                .onThreadStop(() -> spin(500)) // while it leaves
                .build();
        withScheduler(impatient, scheduler -> {
            Blocker blocker = Blocker.startOn(scheduler);
            try {
                submitOneByOne(scheduler, new SplittableRandom(2));
            } finally {
                blocker.release();
            }
        });
    }

    private static void submitOneByOne(WorkStealingScheduler scheduler, SplittableRandom random) {
        AtomicInteger ran = new AtomicInteger();
        int accepted = 0;
        for (int round = 0; round < 20_000 * FACTOR; round++) {
            try {
                scheduler.execute(ran::incrementAndGet);
                accepted++;
            } catch (RejectedExecutionException e) {
                assertThat(e).hasMessageContaining("returned null");
            }
            int all = accepted;
            spinUntil(() -> ran.get() == all, scheduler);
            LockSupport.parkNanos(random.nextInt(2) * random.nextLong(20_000));
            spin(random.nextInt(1 << random.nextInt(12)));
        }
    }

    private static void spin(int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }
}
