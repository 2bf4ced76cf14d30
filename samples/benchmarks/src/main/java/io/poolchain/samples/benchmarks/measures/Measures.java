// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.measures;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executor;

/** All measures, in the order of the tables. */
public enum Measures {
    /** How long an idle pool takes to start a task. */
    WAKE_UP((executor, threads, brief) -> WakeUp.measure(executor, brief ? 50 : 3_000)),
    /** How long tasks take, wait included, that come whether or not the earlier ones are done. */
    TAIL_LATENCY((executor, threads, brief) -> TailLatency.measure(
            executor,
            threads,
            brief ? Duration.ofMillis(50) : Duration.ofSeconds(20),
            brief ? Duration.ofMillis(50) : Duration.ofSeconds(10))),
    /** What the workers burn while they have nothing or little to do. */
    WORKERS_CPU((executor, threads, brief) ->
            WorkersCpu.measure(executor, threads, brief ? Duration.ofMillis(50) : Duration.ofSeconds(10))),
    /** How long tasks from outside wait beside workers that have work of their own for ever. */
    BUSY_WORKERS((executor, threads, brief) ->
            BusyWorkers.measure(executor, threads, brief ? Duration.ofMillis(20) : Duration.ofSeconds(2))),
    /** What a long queue costs. */
    BURST((executor, threads, brief) -> Burst.measure(executor, threads, brief ? 10_000 : 10_000_000));

    private interface Measure {
        List<Figure> of(Executor executor, int threads, boolean brief) throws InterruptedException;
    }

    @SuppressWarnings("ImmutableEnumChecker") // these capture nothing
    private final Measure measure;

    Measures(Measure measure) {
        this.measure = measure;
    }

    /** {@return what it measures of a running executor; brief if only to see whether it works} */
    public List<Figure> of(Executor executor, int threads, boolean brief) throws InterruptedException {
        WakeUp.warmUp(executor, brief ? 50 : 20_000);
        return measure.of(executor, threads, brief);
    }

    /** {@return whether it says anything about this executor: virtual threads that block don't hold up a queue} */
    public boolean runsOn(String executor) {
        return this != BURST || !executor.equals("virtual");
    }

    /** As it is written on the command line: {@code wake-up}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
