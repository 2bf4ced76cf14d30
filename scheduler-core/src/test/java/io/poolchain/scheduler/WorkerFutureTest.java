// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.spinUntil;
import static io.poolchain.scheduler.TestPools.withScheduler;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The races of a future's run and cancel that no task can see from within. */
@Provokes(Fault.AN_INTERRUPT_LEAKS_INTO_THE_NEXT_TASK)
class WorkerFutureTest {
    private static final int FACTOR = Integer.getInteger("poolchain.stress.factor", 1);

    /** Whether the cancellation comes before the start, during the task, or at its end. */
    @Test
    void noInterruptComesAfterRunHasReturned() throws Exception {
        withScheduler(1, scheduler -> {
            int rounds = 30_000 * FACTOR;
            WorkerFuture<?>[] futures = new WorkerFuture<?>[1];
            AtomicInteger begun = new AtomicInteger();
            AtomicInteger cancelled = new AtomicInteger();
            Thread canceller = new Thread(() -> {
                SplittableRandom random = new SplittableRandom(1);
                for (int round = 1; round <= rounds; round++) {
                    int now = round;
                    spinUntil(() -> begun.get() == now, scheduler);
                    spin(random.nextInt(40));
                    futures[0].cancel(true);
                    cancelled.set(round);
                }
            });
            canceller.start();
            SplittableRandom random = new SplittableRandom(2);
            int late = 0;
            for (int round = 1; round <= rounds; round++) {
                int now = round;
                WorkerFuture<?> future = (WorkerFuture<?>) scheduler.newTaskFor(() -> {}, null);
                futures[0] = future;
                begun.set(round);
                spin(random.nextInt(40));
                future.run();
                Thread.interrupted();
                spinUntil(() -> cancelled.get() == now, scheduler);
                late += Thread.interrupted() ? 1 : 0;
            }
            canceller.join();
            assertThat(late).isZero();
        });
    }

    private static void spin(int spins) {
        for (int i = spins; i > 0; i--) {
            Thread.onSpinWait();
        }
    }
}
