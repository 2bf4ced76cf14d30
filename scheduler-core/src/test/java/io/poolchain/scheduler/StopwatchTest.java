// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.awaitQuiescence;
import static io.poolchain.scheduler.TestPools.withScheduler;
import static org.assertj.core.api.Assertions.assertThat;

import io.poolchain.scheduler.TestPools.Blocker;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
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

    /** Nor while a reader has lost its processor: there are more readers than processors here. */
    @Test
    void aPartNeverLastsLongerThanTheWhole() throws Exception {
        Stopwatch whole = new Stopwatch();
        Stopwatch part = new Stopwatch();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicReference<String> wrong = new AtomicReference<>();
        Thread owner = new Thread(() -> {
            while (!stop.get()) {
                whole.start();
                part.start();
                spin(20);
                part.stop();
                whole.stop();
                spin(200);
            }
        });
        List<Thread> readers = Stream.generate(() -> new Thread(() -> {
                    for (int look = 0; look < 3_000_000 && wrong.get() == null; look++) {
                        long ofPart = part.elapsed();
                        long ofWhole = whole.elapsed();
                        if (ofPart > ofWhole) {
                            wrong.set(ofPart + " of " + ofWhole);
                        }
                    }
                }))
                .limit(4)
                .toList();
        owner.start();
        try {
            readers.forEach(Thread::start);
            for (Thread reader : readers) {
                reader.join();
            }
        } finally {
            stop.set(true);
            owner.join();
        }
        assertThat(wrong.get()).isNull();
    }

    private static void spin(int hints) {
        for (int i = 0; i < hints; i++) {
            Thread.onSpinWait();
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
