// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.workloads;

import java.util.concurrent.Executor;

/** Tasks that submit themselves again so many times. */
final class Yields extends Workload {
    private final int yielders;
    private final int yields;

    Yields(int yielders, int yields) {
        super(yielders * yields, yielders);
        this.yielders = yielders;
        this.yields = yields;
    }

    @Override
    void start(Executor executor, Tally tally) {
        for (int i = 0; i < yielders; i++) {
            executor.execute(new Yielder(executor, tally, i, yields));
        }
    }

    private static final class Yielder implements Runnable {
        private final Executor executor;
        private final Tally tally;
        private final int index;
        private int left;

        Yielder(Executor executor, Tally tally, int index, int left) {
            this.executor = executor;
            this.tally = tally;
            this.index = index;
            this.left = left;
        }

        @Override
        public void run() {
            if (--left <= 0) {
                tally.ran(index);
            } else {
                executor.execute(this);
            }
        }
    }
}
