// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.workloads;

import java.util.concurrent.Executor;

/** One task at a time: each submits the next. */
final class Chain extends Workload {
    Chain(int depth) {
        super(depth, 1);
    }

    @Override
    void start(Executor executor, Tally tally) {
        executor.execute(new Link(executor, tally, tasks()));
    }

    private record Link(Executor executor, Tally tally, int left) implements Runnable {
        @Override
        public void run() {
            if (left == 1) {
                tally.ran(0);
            } else {
                executor.execute(new Link(executor, tally, left - 1));
            }
        }
    }
}
