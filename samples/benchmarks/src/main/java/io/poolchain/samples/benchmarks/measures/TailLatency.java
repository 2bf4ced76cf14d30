// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.measures;

import io.poolchain.samples.benchmarks.peers.Batching;
import io.poolchain.samples.benchmarks.workloads.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * From the moment at which a task should have been submitted to its end. The moments are chosen before, at random with
 * the same mean distance (Poisson), and nobody waits for an answer; so a stall hits all that should have come meanwhile.
 */
final class TailLatency {
    private static final int SERVICE_MICROS = 100;

    private TailLatency() {}

    /** The warm-up is long, since the JVM's compiler takes a processor from those measured (docs/decisions/0020). */
    static List<Figure> measure(Executor executor, int threads, Duration warmUp, Duration duration)
            throws InterruptedException {
        run(executor, threads, 50, warmUp);
        List<Figure> figures = new ArrayList<>();
        for (int percent : new int[] {50, 80}) {
            ConcurrentHistogram histogram = run(executor, threads, percent, duration);
            figures.addAll(Percentiles.of("Open loop, microseconds", percent + " % load", histogram, 50, 99, 99.9));
        }
        return figures;
    }

    private static ConcurrentHistogram run(Executor executor, int threads, int percent, Duration duration)
            throws InterruptedException {
        double distance = SERVICE_MICROS * 1e3 / (threads * percent / 100.0);
        int tasks = (int) (duration.toNanos() / distance);
        ConcurrentHistogram histogram = new ConcurrentHistogram(3);
        CountDownLatch ended = new CountDownLatch(tasks);
        Random random = new Random(42);
        double offset = 0;
        long start = System.nanoTime();
        for (int i = 0; i < tasks; i++) {
            offset -= Math.log(1 - random.nextDouble()) * distance;
            long intended = start + (long) offset;
            waitUntil(intended);
            executor.execute(() -> {
                Work.micros(SERVICE_MICROS);
                histogram.recordValue(System.nanoTime() - intended);
                ended.countDown();
            });
            Batching.flush(executor);
        }
        ended.await();
        return histogram;
    }

    private static void waitUntil(long nanos) {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
