// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.workloads;

import io.poolchain.samples.benchmarks.peers.Batching;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Several threads outside submit tasks that take a while: the calling thread, and others that wait between the runs. */
final class Producers extends Workload {
    private final int producers;
    private final int micros;
    private final ExecutorService others;

    Producers(int producers, int micros, int tasksEach) {
        super(producers * tasksEach, producers * tasksEach);
        this.producers = producers;
        this.micros = micros;
        others = Executors.newCachedThreadPool();
    }

    @Override
    void start(Executor executor, Tally tally) {
        for (int i = 1; i < producers; i++) {
            int index = i;
            others.execute(() -> produce(executor, tally, index));
        }
        produce(executor, tally, 0);
    }

    private void produce(Executor executor, Tally tally, int producer) {
        int each = tasks() / producers;
        for (int i = 0; i < each; i++) {
            executor.execute(new Busy(tally, producer * each + i, micros));
        }
        Batching.flush(executor);
    }

    @Override
    public void close() {
        others.shutdown();
    }

    private record Busy(Tally tally, int task, int micros) implements Runnable {
        @Override
        public void run() {
            Work.micros(micros);
            tally.ran(task);
        }
    }
}
