// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.await;
import static io.poolchain.scheduler.TestPools.awaitTermination;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Shutdown at a random moment beside submitters outside and inside: FAULTS 5 and 21. Each task is accounted for: accepted
 * and run, accepted and returned, or rejected; never two of these and never none.
 */
class ShutdownRaceTest {
    private static final int FACTOR = Integer.getInteger("poolchain.stress.factor", 1);
    private static final int SUBMITTERS = 4;
    private static final int TASKS = 60;

    @ParameterizedTest
    @CsvSource({"1, false", "2, false", "8, false", "1, true", "2, true", "8, true"})
    void everyTaskIsAccountedFor(int n, boolean now) throws Exception {
        SplittableRandom random = new SplittableRandom(n + (now ? 100 : 0));
        for (int round = 0; round < 300 * FACTOR; round++) {
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
            await(start);
            for (int spins = random.nextInt(5_000); spins > 0; spins--) {
                Thread.onSpinWait();
            }
            List<Runnable> returned = List.of();
            if (now) {
                returned = account.scheduler.shutdownNow();
            } else {
                account.scheduler.shutdown();
            }
            awaitTermination(account.scheduler);
            for (Thread submitter : submitters) {
                submitter.join();
            }
            account.check(returned, "round " + round);
        }
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
            assertThat(accepted).as(when).hasValue(run + returned.size());
            SchedulerStats stats = scheduler.stats();
            assertThat(stats.submitted()).as(when).isEqualTo(accepted.get());
            assertThat(stats.completed()).as(when).isEqualTo(run);
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
