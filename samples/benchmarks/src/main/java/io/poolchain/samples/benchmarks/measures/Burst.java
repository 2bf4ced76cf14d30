// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.measures;

import io.poolchain.samples.benchmarks.peers.Batching;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/** Very many tasks wait in the queue, all workers being held. It is one task again and again: its own size does not count. */
final class Burst {
    private static final long LOOK_NANOS = 100_000;
    private static final long HOLD_MILLIS = 100;

    private Burst() {}

    static List<Figure> measure(Executor executor, int threads, int tasks) throws InterruptedException {
        long before = heap();
        CountDownLatch open = hold(executor, threads);
        LongAdder ran = new LongAdder();
        Runnable task = ran::increment;

        long submission = System.nanoTime();
        for (int i = 0; i < tasks; i++) {
            executor.execute(task);
        }
        Batching.flush(executor);
        submission = System.nanoTime() - submission;
        long queued = heap();

        long run = System.nanoTime();
        open.countDown();
        while (ran.sum() < tasks) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
        run = System.nanoTime() - run;
        long after = heap();
        if (ran.sum() != tasks) {
            throw new IllegalStateException(ran.sum() + " of " + tasks + " tasks have run");
        }
        double each = tasks;
        return List.of(
                new Figure("A burst, ns per task", "to submit it", submission / each),
                new Figure("A burst, ns per task", "to run it", run / each),
                new Figure("Heap of a burst, bytes per task", "queued", (queued - before) / each),
                new Figure("Heap of a burst, bytes per task", "kept afterwards", (after - before) / each));
    }

    /**
     * Has each worker wait, and returns what ends that. Once more if need be: where a worker takes two such tasks and starts
     * one, the other may wait for the next submission to be noticed.
     */
    private static CountDownLatch hold(Executor executor, int threads) throws InterruptedException {
        CountDownLatch open = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(threads);
        do {
            for (int i = 0; i < threads; i++) {
                executor.execute(() -> {
                    held.countDown();
                    await(open);
                });
            }
            Batching.flush(executor);
        } while (!held.await(HOLD_MILLIS, TimeUnit.MILLISECONDS));
        return open;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long heap() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }
}
