// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.workloads;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/** The calling thread submits all at once and waits for all futures. */
final class InvokeAll extends Workload {
    InvokeAll(int tasks) {
        super(tasks, tasks);
    }

    @Override
    void start(Executor executor, Tally tally) throws InterruptedException {
        List<Callable<Object>> all = new ArrayList<>(tasks());
        for (int i = 0; i < tasks(); i++) {
            all.add(Executors.callable(new Mark(tally, i)));
        }
        ServiceView.of(executor).invokeAll(all);
    }
}
