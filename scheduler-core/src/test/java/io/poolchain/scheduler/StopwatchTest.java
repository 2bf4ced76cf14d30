// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.awaitQuiescence;
import static io.poolchain.scheduler.TestPools.withScheduler;
import static org.assertj.core.api.Assertions.assertThat;

import io.poolchain.scheduler.TestPools.Blocker;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** How long a worker has had a thread, and slept. */
class StopwatchTest {
    @Test
    void runsFromStartToStopAndOnFromThere() {
        Stopwatch stopwatch = new Stopwatch();
        assertThat(stopwatch.elapsed()).isZero();
        long began = System.nanoTime();
        stopwatch.start();
        stopwatch.start();
        long first = awaitMore(stopwatch, 0);
        stopwatch.stop();
        stopwatch.stop();
        long stopped = stopwatch.elapsed();
        assertThat(stopped).isGreaterThanOrEqualTo(first).isLessThanOrEqualTo(System.nanoTime() - began);
        assertThat(stopwatch.elapsed()).isEqualTo(stopped);
        stopwatch.start();
        assertThat(awaitMore(stopwatch, stopped)).isLessThanOrEqualTo(System.nanoTime() - began);
    }

    private static long awaitMore(Stopwatch stopwatch, long than) {
        while (stopwatch.elapsed() <= than) {
            Thread.onSpinWait();
        }
        return stopwatch.elapsed();
    }

    @Test
    void neverRunsBackwards() throws Exception {
        Stopwatch stopwatch = new Stopwatch();
        AtomicBoolean stop = new AtomicBoolean();
        Thread owner = new Thread(() -> {
            while (!stop.get()) {
                stopwatch.start();
                stopwatch.stop();
            }
        });
        owner.start();
        try {
            long before = 0;
            for (int look = 0; look < 2_000_000; look++) {
                long now = stopwatch.elapsed();
                assertThat(now >= before).as("%s after %s", now, before).isTrue();
                before = now;
            }
        } finally {
            stop.set(true);
            owner.join();
        }
    }

    @Test
    void aWorkerIsBusyWhileItsTaskBlocksAndNotWhileItSleeps() throws Exception {
        withScheduler(1, scheduler -> {
            assertThat(scheduler.stats(0).busyRatio()).isNaN();
            Blocker blocker = Blocker.startOn(scheduler);
            WorkerStats running = scheduler.stats(0);
            assertThat(awaitLater(scheduler, running).parkedNanos()).isEqualTo(running.parkedNanos());
            assertThat(running.busyRatio()).isBetween(0.0, 1.0);
            blocker.release();
            awaitQuiescence(scheduler);
            WorkerStats asleep = scheduler.stats(0);
            assertThat(awaitLater(scheduler, asleep).parkedNanos()).isGreaterThan(asleep.parkedNanos());
            assertThat(scheduler.stats().parkedNanos())
                    .isPositive()
                    .isLessThan(scheduler.stats().threadNanos());
        });
    }

    private static WorkerStats awaitLater(WorkStealingScheduler scheduler, WorkerStats before) {
        WorkerStats later = before;
        while (later.threadNanos() - before.threadNanos() < 1_000_000) {
            later = scheduler.stats(0);
        }
        return later;
    }
}
