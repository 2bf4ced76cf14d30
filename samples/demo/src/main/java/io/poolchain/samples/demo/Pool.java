// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.demo;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ExecutorServiceMetrics;
import io.poolchain.scheduler.WorkStealingScheduler;
import io.poolchain.scheduler.metrics.SchedulerMetrics;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;

/** The executors that the same search can run on. */
enum Pool {
    POOLCHAIN {
        @Override
        ExecutorService start(int threads) {
            return WorkStealingScheduler.builder()
                    .name(NAME)
                    .parallelism(threads)
                    .sampleOneIn(16) // a task is a file: few, and none so short that this is felt
                    .jmx(true)
                    .build();
        }
    },
    FIXED {
        @Override
        ExecutorService start(int threads) {
            return Executors.newFixedThreadPool(threads);
        }
    },
    FORKJOIN {
        @Override
        ExecutorService start(int threads) {
            return new ForkJoinPool(threads);
        }
    };

    /** That of {@link ForkJoinPool}, the lowest of the three. */
    static final int MAX_THREADS = 0x7fff;

    private static final String NAME = "demo";

    abstract ExecutorService start(int threads);

    static MeterBinder meters(ExecutorService pool) {
        return pool instanceof WorkStealingScheduler scheduler
                ? new SchedulerMetrics(scheduler).perWorker()
                : new ExecutorServiceMetrics(pool, NAME, Tags.empty());
    }

    /** As it is written on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
