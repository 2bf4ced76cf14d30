// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.await;
import static io.poolchain.scheduler.TestPools.shutdownAndAwait;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every task runs exactly once: ten million from outside, from inside, or both. */
@Provokes(Fault.A_TASK_IS_LOST_OR_RUNS_TWICE_WHEN_SHUTDOWN_RACES_WITH_SUBMITTERS)
class ExactlyOnceTest {
    @ParameterizedTest
    @CsvSource({"1, 1, 500000", "2, 1, 2500000", "2, 4, 2500000", "8, 3, 2500000", "64, 2, 2000000"})
    void everyTaskRunsExactlyOnce(int n, int submitters, int tasks) throws Exception {
        WorkStealingScheduler scheduler = WorkStealingScheduler.newFixedThreadPool(n);
        AtomicIntegerArray runs = new AtomicIntegerArray(tasks);
        LongAdder done = new LongAdder();
        CountDownLatch submitted = new CountDownLatch(submitters);
        Semaphore backlog = new Semaphore(100_000); // of outside tasks; each is a small tree of local ones
        int outside = tasks / 4;
        for (int s = 0; s < submitters; s++) {
            int first = s;
            new Thread(() -> {
                        for (int i = first; i < outside; i += submitters) {
                            backlog.acquireUninterruptibly();
                            int root = 4 * i;
                            scheduler.execute(() -> {
                                backlog.release();
                                count(runs, root, done);
                                scheduler.execute(() -> count(runs, root + 1, done));
                                scheduler.execute(() -> {
                                    count(runs, root + 2, done);
                                    scheduler.execute(() -> count(runs, root + 3, done));
                                });
                            });
                        }
                        submitted.countDown();
                    })
                    .start();
        }
        await(submitted, scheduler);
        TestPools.awaitQuiescence(scheduler);
        shutdownAndAwait(scheduler);
        assertThat(done.sum()).isEqualTo(tasks);
        for (int i = 0; i < tasks; i++) {
            if (runs.get(i) != 1) {
                throw new AssertionError("task " + i + " ran " + runs.get(i) + " times");
            }
        }
        assertThat(scheduler.stats().completed()).isEqualTo(tasks);
    }

    private static void count(AtomicIntegerArray runs, int task, LongAdder done) {
        runs.incrementAndGet(task);
        done.increment();
    }
}
