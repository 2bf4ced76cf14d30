// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.measures;

import io.poolchain.samples.benchmarks.peers.Batching;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * How long tasks from outside wait while each worker has a task that submits itself again and again, and what these lose
 * by it. After a second without an end they are taken to starve.
 */
final class BusyWorkers {
    private static final String WAIT = "Beside busy workers, microseconds";
    private static final String PACE = "Pace of busy workers, ns per task";
    private static final Duration LIMIT = Duration.ofSeconds(1);
    private static final int AT_ONCE = 1_000;
    private static final long SHORTEST_PAUSE = TimeUnit.MICROSECONDS.toNanos(500);
    private static final int RANGE = (int) TimeUnit.MILLISECONDS.toNanos(1);
    private static final long PAUSE_AFTER_MANY = TimeUnit.MILLISECONDS.toNanos(10);

    private final Executor executor;
    private final int threads;
    private final Duration duration;
    private final AtomicLongArray runs;
    private final Random random = new Random(42);
    private volatile boolean stopped;

    private BusyWorkers(Executor executor, int threads, Duration duration) {
        this.executor = executor;
        this.threads = threads;
        this.duration = duration;
        this.runs = new AtomicLongArray(Busy.STRIDE * (threads + 1));
    }

    static List<Figure> measure(Executor executor, int threads, Duration duration) throws InterruptedException {
        return new BusyWorkers(executor, threads, duration).measure();
    }

    private List<Figure> measure() throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(threads);
        for (int i = 1; i <= threads; i++) {
            executor.execute(new Busy(i * Busy.STRIDE, ended));
        }
        Batching.flush(executor);
        List<Figure> figures = new ArrayList<>();
        try {
            pace(() -> LockSupport.parkNanos(duration.toNanos())); // warm-up
            figures.add(new Figure(PACE, "alone", pace(() -> LockSupport.parkNanos(duration.toNanos()))));
            submit("one at a time", 1, figures);
            submit("1,000 at once", AT_ONCE, figures);
        } finally {
            stopped = true;
            ended.await();
        }
        return figures;
    }

    private void submit(String what, int atOnce, List<Figure> figures) throws InterruptedException {
        Histogram waits = new Histogram(3);
        double pace = pace(() -> submitAgainAndAgain(atOnce, waits));
        figures.addAll(Percentiles.of(WAIT, what, waits, 50, 99));
        figures.add(new Figure(PACE, "beside those from outside, " + what, pace));
    }

    private void submitAgainAndAgain(int atOnce, Histogram waits) throws InterruptedException {
        long start = System.nanoTime();
        while (System.nanoTime() - start < duration.toNanos() && submit(atOnce, waits)) {
            LockSupport.parkNanos(atOnce == 1 ? SHORTEST_PAUSE + random.nextInt(RANGE) : PAUSE_AFTER_MANY);
        }
    }

    /** {@return whether all have ended in time} */
    private boolean submit(int atOnce, Histogram waits) throws InterruptedException {
        Visitor[] visitors = new Visitor[atOnce];
        CountDownLatch ended = new CountDownLatch(atOnce);
        for (int i = 0; i < atOnce; i++) {
            visitors[i] = new Visitor(ended);
            visitors[i].submitted = System.nanoTime();
            executor.execute(visitors[i]);
        }
        Batching.flush(executor);
        if (!ended.await(LIMIT.toNanos(), TimeUnit.NANOSECONDS)) {
            waits.recordValueWithCount(LIMIT.toNanos(), atOnce);
            return false;
        }
        for (Visitor visitor : visitors) {
            waits.recordValue(Math.max(0, visitor.started - visitor.submitted));
        }
        return true;
    }

    private interface Period {
        void pass() throws InterruptedException;
    }

    /** Lasts longer than the period if no worker has had a processor in it. */
    private double pace(Period period) throws InterruptedException {
        long runsBefore = allRuns();
        long start = System.nanoTime();
        period.pass();
        while (allRuns() == runsBefore) {
            Thread.yield();
        }
        return (double) (System.nanoTime() - start) / (allRuns() - runsBefore);
    }

    private long allRuns() {
        long all = 0;
        for (int i = 1; i <= threads; i++) {
            all += runs.get(i * Busy.STRIDE);
        }
        return all;
    }

    private final class Busy implements Runnable {
        /** Two cache lines: processors fetch them in pairs. */
        private static final int STRIDE = 16;

        private final int counter;
        private final CountDownLatch ended;

        Busy(int counter, CountDownLatch ended) {
            this.counter = counter;
            this.ended = ended;
        }

        @Override
        public void run() {
            runs.lazySet(counter, runs.getPlain(counter) + 1);
            if (stopped) {
                ended.countDown();
            } else {
                executor.execute(this);
            }
        }
    }

    private static final class Visitor implements Runnable {
        private final CountDownLatch ended;
        private long submitted;
        private long started;

        Visitor(CountDownLatch ended) {
            this.ended = ended;
        }

        @Override
        public void run() {
            started = System.nanoTime();
            ended.countDown();
        }
    }
}
