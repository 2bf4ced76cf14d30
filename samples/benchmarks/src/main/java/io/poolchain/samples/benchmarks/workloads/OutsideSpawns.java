// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.workloads;

import java.util.concurrent.Executor;

/** The calling thread submits tasks to an idle pool. */
final class OutsideSpawns extends Workload {
    OutsideSpawns(int spawned) {
        super(spawned, spawned);
    }

    @Override
    void start(Executor executor, Tally tally) {
        for (int i = 0; i < tasks(); i++) {
            executor.execute(new Mark(tally, i));
        }
    }
}
