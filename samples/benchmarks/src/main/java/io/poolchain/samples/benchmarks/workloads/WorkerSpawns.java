// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.workloads;

import java.util.concurrent.Executor;

/** One task submits all the others. */
final class WorkerSpawns extends Workload {
    private final int spawned;

    WorkerSpawns(int spawned) {
        super(1 + spawned, spawned);
        this.spawned = spawned;
    }

    @Override
    void start(Executor executor, Tally tally) {
        executor.execute(() -> {
            for (int i = 0; i < spawned; i++) {
                executor.execute(new Mark(tally, i));
            }
        });
    }
}
