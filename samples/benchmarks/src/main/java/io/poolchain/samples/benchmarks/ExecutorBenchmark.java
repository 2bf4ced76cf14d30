// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks;

import io.poolchain.samples.benchmarks.peers.Peers;
import io.poolchain.samples.benchmarks.workloads.Workload;
import io.poolchain.samples.benchmarks.workloads.Workloads;
import io.poolchain.samples.benchmarks.workloads.Workloads.Size;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One workload on one executor: the time from the first submission to the end of the last task. {@link Compare} divides
 * it by the number of tasks; JMH's own command does not.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(5)
public class ExecutorBenchmark {
    /** One of {@link Peers#names()}, or the name of a class. */
    @Param({"poolchain", "forkjoin-lifo", "fixed"})
    public String executor;

    /** What it has to do. */
    @Param
    public Workloads workload;

    /** How many threads; 0 for one for each processor. */
    @Param("0")
    public int threads;

    private Executor started;
    private Workload tasks;

    /** Starts the executor, and shows it tasks of all classes, so that it can't specialise in one. */
    @Setup(Level.Trial)
    public void start() throws Exception {
        int workers = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
        started = Peers.start(executor, workers);
        WarmUp.run(executor, started, workers);
        tasks = workload.make(Size.FULL, workers);
    }

    /** Ends the executor. */
    @TearDown(Level.Trial)
    public void stop() throws Exception {
        tasks.close();
        Peers.stop(started);
    }

    /** Runs the workload. */
    @Benchmark
    public void run() throws Exception {
        tasks.run(started);
    }
}
