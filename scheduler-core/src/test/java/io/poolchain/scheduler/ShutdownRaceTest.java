// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.await;
import static io.poolchain.scheduler.TestPools.awaitTermination;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Shutdown at a random moment beside submitters outside and inside. Each task is accounted for: accepted
 * and run, accepted and returned, or rejected; never two of these and never none. Not run on the JDK's pool, which fails: if shutdown
 * comes while it makes its first thread, tasks may stay in its queue without any thread, and it never terminates.
 */
@Provokes({
    Fault.A_TASK_IS_LOST_OR_RUNS_TWICE_WHEN_SHUTDOWN_RACES_WITH_SUBMITTERS,
    Fault.A_TASK_IS_ACCEPTED_AFTER_SHUTDOWN_OR_REJECTED_AND_RUN
})
class ShutdownRaceTest {
    private static final int FACTOR = Integer.getInteger("poolchain.stress.factor", 1);
    private static final int ROUNDS = 1_000 * FACTOR;
    private static final int SUBMITTERS = 8;
    private static final int TASKS = 20;

    @ParameterizedTest
    @EnumSource
    void fromOutside(Ending ending) throws Exception {
        race(ending, false);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CLOSE")
    void fromInside(Ending ending) throws Exception {
        race(ending, true);
    }

    private static void race(Ending ending, boolean inside) throws Exception {
        SplittableRandom random = new SplittableRandom(ending.name().hashCode() + (inside ? 1 : 0));
        for (int round = 0; round < ROUNDS; round++) {
            int n = 1 << round % 4;
            Account account = new Account(WorkStealingScheduler.newFixedThreadPool(n));
            CyclicBarrier start = new CyclicBarrier(SUBMITTERS + 1);
            Thread[] submitters = new Thread[SUBMITTERS];
            for (int s = 0; s < SUBMITTERS; s++) {
                int first = s * TASKS;
                submitters[s] = new Thread(() -> {
                    await(start);
                    for (int i = 0; i < TASKS; i++) {
                        account.submit(first + i, true);
                    }
                });
                submitters[s].start();
            }
            int delay = random.nextInt(5_000);
            FutureTask<List<Runnable>> end = new FutureTask<>(() -> {
                for (int spins = delay; spins > 0; spins--) {
                    Thread.onSpinWait();
                }
                return ending.end(account.scheduler);
            });
            if (inside) {
                account.accepted.incrementAndGet();
                account.others = 1;
                account.scheduler.execute(end);
            }
            await(start);
            if (!inside) {
                end.run();
            }
            List<Runnable> returned = end.get();
            awaitTermination(account.scheduler);
            for (Thread submitter : submitters) {
                submitter.join();
            }
            account.check(returned, "n = " + n + ", round " + round);
        }
    }

    @Test
    void manyMayEndOnePool() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Account account = new Account(WorkStealingScheduler.newFixedThreadPool(2));
            for (int i = 0; i < 50; i++) {
                account.submit(i, true);
            }
            List<Runnable> returned = Collections.synchronizedList(new ArrayList<>());
            CyclicBarrier together = new CyclicBarrier(Ending.values().length);
            List<Thread> enders = new ArrayList<>();
            for (Ending ending : Ending.values()) {
                Thread ender = new Thread(() -> {
                    await(together);
                    returned.addAll(ending.end(account.scheduler));
                });
                enders.add(ender);
                ender.start();
            }
            for (Thread ender : enders) {
                ender.join();
            }
            awaitTermination(account.scheduler);
            account.check(returned, "round " + round);
        }
    }

    @Test
    void closeInATaskSaysThatItWouldWaitForItself() throws Exception {
        WorkStealingScheduler scheduler = WorkStealingScheduler.newFixedThreadPool(1);
        Future<?> closing = scheduler.submit(scheduler::close);
        assertThatThrownBy(closing::get)
                .hasCauseInstanceOf(IllegalStateException.class)
                .cause()
                .hasMessageStartingWith("A task can't wait for the end of its own scheduler");
        assertThat(scheduler.isShutdown()).isTrue();
        awaitTermination(scheduler);
    }

    @Test
    void anInterruptedCloseStopsTheTasksAndWaitsForThem() throws Exception {
        WorkStealingScheduler scheduler = WorkStealingScheduler.newFixedThreadPool(1);
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        scheduler.execute(() -> {
            running.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        await(running, scheduler);
        AtomicBoolean stillInterrupted = new AtomicBoolean();
        Thread closer = new Thread(() -> {
            Thread.currentThread().interrupt();
            scheduler.close();
            stillInterrupted.set(Thread.currentThread().isInterrupted());
        });
        closer.start();
        closer.join();
        assertThat(scheduler.isTerminated()).isTrue();
        assertThat(interrupted.getCount()).isZero();
        assertThat(stillInterrupted).isTrue();
    }

    /** Task i of a submitter submits task i + half from inside a worker. */
    private static final class Account {
        static final int REJECTED = 1;
        static final int RUN = 100;
        static final int RETURNED = 10_000;

        final WorkStealingScheduler scheduler;
        final int outside = SUBMITTERS * TASKS;
        final AtomicIntegerArray fate = new AtomicIntegerArray(2 * outside);
        final AtomicIntegerArray tried = new AtomicIntegerArray(2 * outside);
        final AtomicInteger accepted = new AtomicInteger();
        final AtomicInteger rejected = new AtomicInteger();

        /** Tasks that are not in these arrays. */
        int others;

        Account(WorkStealingScheduler scheduler) {
            this.scheduler = scheduler;
        }

        void submit(int number, boolean withChild) {
            tried.incrementAndGet(number);
            try {
                scheduler.execute(new Task(this, number, withChild));
                accepted.incrementAndGet();
            } catch (RejectedExecutionException e) {
                fate.addAndGet(number, REJECTED);
                rejected.incrementAndGet();
            }
        }

        void check(List<Runnable> returned, String when) {
            Set<Runnable> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
            distinct.addAll(returned);
            assertThat(distinct).hasSameSizeAs(returned);
            returned.forEach(task -> fate.addAndGet(((Task) task).number, RETURNED));
            int run = 0;
            for (int number = 0; number < fate.length(); number++) {
                if (tried.get(number) == 0) {
                    assertThat(fate.get(number)).isZero();
                } else {
                    assertThat(fate.get(number)).as("%s, task %d", when, number).isIn(REJECTED, RUN, RETURNED);
                    run += fate.get(number) == RUN ? 1 : 0;
                }
            }
            assertThat(accepted).as(when).hasValue(others + run + returned.size());
            SchedulerStats stats = scheduler.stats();
            assertThat(stats.submitted()).as(when).isEqualTo(accepted.get());
            assertThat(stats.completed()).as(when).isEqualTo(others + run);
            assertThat(stats.dropped(DropReason.SHUTDOWN)).as(when).isEqualTo(rejected.get());
            assertThat(stats.dropped(DropReason.DISCARDED)).as(when).isEqualTo(returned.size());
            assertThat(stats.queued()).as(when).isZero();
        }
    }

    private record Task(Account account, int number, boolean withChild) implements Runnable {
        @Override
        public void run() {
            account.fate.addAndGet(number, Account.RUN);
            if (withChild) {
                account.submit(account.outside + number, false);
            }
        }
    }
}
