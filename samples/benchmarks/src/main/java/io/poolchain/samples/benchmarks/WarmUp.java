// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks;

import io.poolchain.samples.benchmarks.workloads.Workload;
import io.poolchain.samples.benchmarks.workloads.Workloads;
import io.poolchain.samples.benchmarks.workloads.Workloads.Size;
import java.util.concurrent.Executor;

/** Shows an executor tasks of all classes, so that it can't specialise in one; as in real life. */
final class WarmUp {
    private static final int RUNS = 20;

    private WarmUp() {}

    static void run(String name, Executor executor, int threads) throws Exception {
        for (Workloads workload : Workloads.values()) {
            // where tasks from outside starve, each run of that one takes a tenth of a second
            if (workload != Workloads.OUTSIDE_TO_BUSY && workload.runsOn(name)) {
                try (Workload tasks = workload.make(Size.SMALL, threads)) {
                    for (int i = 0; i < RUNS; i++) {
                        tasks.run(executor);
                    }
                }
            }
        }
    }
}
