// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.workloads;

import java.util.concurrent.Executor;

/** A task submits pairs; of each, one submits the other and is submitted by it again. */
final class PingPong extends Workload {
    private final int pairs;

    PingPong(int pairs) {
        super(1 + 3 * pairs, pairs);
        this.pairs = pairs;
    }

    @Override
    void start(Executor executor, Tally tally) {
        executor.execute(() -> {
            for (int i = 0; i < pairs; i++) {
                executor.execute(new Ping(executor, tally, i));
            }
        });
    }

    private record Ping(Executor executor, Tally tally, int pair) implements Runnable {
        @Override
        public void run() {
            executor.execute(new Pong(executor, new Mark(tally, pair)));
        }
    }

    private record Pong(Executor executor, Runnable answer) implements Runnable {
        @Override
        public void run() {
            executor.execute(answer);
        }
    }
}
