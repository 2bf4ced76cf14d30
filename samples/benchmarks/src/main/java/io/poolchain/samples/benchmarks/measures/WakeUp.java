// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.measures;

import io.poolchain.samples.benchmarks.peers.Batching;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * From the submission to the start of a task, one at a time, after a pause that lets every worker fall asleep. The floor
 * is one unpark.
 */
final class WakeUp {
    private static final long SHORTEST_PAUSE = TimeUnit.MICROSECONDS.toNanos(500);
    private static final long WARM_UP_PAUSE = TimeUnit.MICROSECONDS.toNanos(50);
    private static final int RANGE = (int) TimeUnit.MILLISECONDS.toNanos(1);

    private WakeUp() {}

    static List<Figure> measure(Executor executor, int times) throws InterruptedException {
        Histogram histogram = new Histogram(3);
        Random random = new Random(42);
        for (int i = 0; i < times; i++) {
            LockSupport.parkNanos(SHORTEST_PAUSE + random.nextInt(RANGE));
            histogram.recordValue(wakeUp(executor));
        }
        return Percentiles.of("Wake-up, microseconds", "an idle pool", histogram, 50, 99);
    }

    /** Has the way into sleep and out of it compiled, which the workloads seldom take. */
    static void warmUp(Executor executor, int times) throws InterruptedException {
        for (int i = 0; i < times; i++) {
            LockSupport.parkNanos(WARM_UP_PAUSE);
            wakeUp(executor);
        }
    }

    private static long wakeUp(Executor executor) throws InterruptedException {
        Start start = new Start();
        long submitted = System.nanoTime();
        executor.execute(start);
        Batching.flush(executor);
        start.done.await();
        return start.nanos - submitted;
    }

    private static final class Start implements Runnable {
        private final CountDownLatch done = new CountDownLatch(1);
        private long nanos;

        @Override
        public void run() {
            nanos = System.nanoTime();
            done.countDown();
        }
    }
}
