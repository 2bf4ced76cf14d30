// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.measures;

import io.poolchain.samples.benchmarks.peers.Batching;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;

/** The processor time of all Java threads but the calling one; so neither the compiler's nor the garbage collector's. */
final class WorkersCpu {
    private static final int TASKS_PER_SECOND = 1_000;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MILLI = 1e6;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private WorkersCpu() {}

    static List<Figure> measure(Executor executor, int threads, Duration duration) throws InterruptedException {
        startAll(executor, threads);
        double idle = millisPerSecond(() -> LockSupport.parkNanos(duration.toNanos()));
        double trickle = millisPerSecond(() -> submitEachMilli(executor, duration));
        return List.of(
                new Figure("CPU of the workers, ms per s", "idle", idle),
                new Figure("CPU of the workers, ms per s", "1,000 tasks a second", trickle));
    }

    /** Many more tasks than threads, so that each has one, where they are made on demand. */
    private static void startAll(Executor executor, int threads) throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(100 * threads);
        for (int i = 0; i < 100 * threads; i++) {
            executor.execute(ran::countDown);
        }
        Batching.flush(executor);
        ran.await();
    }

    private static void submitEachMilli(Executor executor, Duration duration) {
        long tasks = duration.toMillis() * TASKS_PER_SECOND / 1_000;
        long interval = (long) NANOS_PER_SECOND / TASKS_PER_SECOND;
        long start = System.nanoTime();
        for (long i = 0; i < tasks; i++) {
            long wait = start + i * interval - System.nanoTime();
            if (wait > 0) {
                LockSupport.parkNanos(wait);
            }
            executor.execute(() -> {});
            Batching.flush(executor);
        }
    }

    private static double millisPerSecond(Runnable duringWhich) {
        Map<Long, Long> before = nanosByThread();
        long start = System.nanoTime();
        duringWhich.run();
        double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
        long nanos = 0;
        for (Map.Entry<Long, Long> thread : nanosByThread().entrySet()) {
            nanos += thread.getValue() - before.getOrDefault(thread.getKey(), 0L);
        }
        return nanos / NANOS_PER_MILLI / seconds;
    }

    private static Map<Long, Long> nanosByThread() {
        Map<Long, Long> nanos = new HashMap<>();
        for (long thread : THREADS.getAllThreadIds()) {
            long used = THREADS.getThreadCpuTime(thread);
            if (used >= 0) {
                nanos.put(thread, used);
            }
        }
        nanos.remove(Thread.currentThread().getId());
        return nanos;
    }
}
