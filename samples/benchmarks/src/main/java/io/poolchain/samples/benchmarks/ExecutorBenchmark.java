// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks;

import io.poolchain.scheduler.WorkStealingScheduler;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The same Runnables on each executor, ns per task. Each invocation waits until every one of its tasks has run. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(5)
public class ExecutorBenchmark {
    private static final int SPAWNED = 10_000;
    private static final int DEPTH = 17;
    private static final int TREE = (2 << DEPTH) - 1;
    private static final int YIELDERS = 200;
    private static final int YIELDS = 500;

    /** Which executor. */
    @Param({"poolchain", "forkjoin", "fixed"})
    public String executor;

    /** How many threads. */
    @Param("2")
    public int threads;

    private ExecutorService pool;

    /** Makes the pool. */
    @Setup(Level.Trial)
    public void make() {
        pool = switch (executor) {
            case "poolchain" -> WorkStealingScheduler.newFixedThreadPool(threads);
            case "forkjoin" -> new ForkJoinPool(threads);
            case "fixed" -> Executors.newFixedThreadPool(threads);
            default -> throw new IllegalArgumentException("executor: " + executor);
        };
    }

    /** Ends the pool. */
    @TearDown(Level.Trial)
    public void end() {
        pool.shutdownNow();
    }

    /** One worker submits 10,000 tasks. */
    @Benchmark
    @OperationsPerInvocation(SPAWNED)
    public void workerSpawns() throws InterruptedException {
        Countdown tasks = new Countdown(SPAWNED);
        pool.execute(() -> {
            for (int i = 0; i < SPAWNED; i++) {
                pool.execute(tasks);
            }
        });
        tasks.done.await();
    }

    /** A thread outside submits 10,000 tasks. */
    @Benchmark
    @OperationsPerInvocation(SPAWNED)
    public void outsideSpawns() throws InterruptedException {
        Countdown tasks = new Countdown(SPAWNED);
        for (int i = 0; i < SPAWNED; i++) {
            pool.execute(tasks);
        }
        tasks.done.await();
    }

    /** Each task submits two more, 17 levels deep. */
    @Benchmark
    @OperationsPerInvocation(TREE)
    public void tree() throws InterruptedException {
        Countdown leaves = new Countdown(1 << DEPTH);
        pool.execute(new Node(pool, DEPTH, leaves));
        leaves.done.await();
    }

    /** 200 tasks submit themselves again 500 times. */
    @Benchmark
    @OperationsPerInvocation(YIELDERS * YIELDS)
    public void resubmission() throws InterruptedException {
        Countdown ended = new Countdown(YIELDERS);
        for (int i = 0; i < YIELDERS; i++) {
            pool.execute(new Yielder(pool, ended));
        }
        ended.done.await();
    }

    /** One task at a time, each submits the next, 10,000 deep. */
    @Benchmark
    @OperationsPerInvocation(SPAWNED)
    public void chain() throws InterruptedException {
        Countdown ended = new Countdown(1);
        pool.execute(new Runnable() {
            private int left = SPAWNED;

            @Override
            public void run() {
                if (--left == 0) {
                    ended.run();
                } else {
                    pool.execute(this);
                }
            }
        });
        ended.done.await();
    }

    private static final class Countdown implements Runnable {
        final CountDownLatch done = new CountDownLatch(1);
        private final AtomicInteger left;

        Countdown(int tasks) {
            left = new AtomicInteger(tasks);
        }

        @Override
        public void run() {
            if (left.decrementAndGet() == 0) {
                done.countDown();
            }
        }
    }

    private record Node(Executor pool, int depth, Countdown leaves) implements Runnable {
        @Override
        public void run() {
            if (depth == 0) {
                leaves.run();
            } else {
                pool.execute(new Node(pool, depth - 1, leaves));
                pool.execute(new Node(pool, depth - 1, leaves));
            }
        }
    }

    private static final class Yielder implements Runnable {
        private final Executor pool;
        private final Countdown ended;
        private int left = YIELDS;

        Yielder(Executor pool, Countdown ended) {
            this.pool = pool;
            this.ended = ended;
        }

        @Override
        public void run() {
            if (--left == 0) {
                ended.run();
            } else {
                pool.execute(this);
            }
        }
    }
}
