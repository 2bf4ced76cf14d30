// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.workloads;

import io.poolchain.samples.benchmarks.peers.Batching;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * The calling thread submits tasks while as many tasks as there are workers submit themselves again and again: until all
 * others have run, or, where these starve, for 100 ms. Per task, so a time of 100 µs and more means starvation.
 */
final class OutsideToBusy extends Workload {
    private static final long LIMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final int busy;

    OutsideToBusy(int busy, int spawned) {
        super(spawned, busy);
        this.busy = busy;
    }

    @Override
    void start(Executor executor, Tally tally) throws InterruptedException {
        Tally spawned = new Tally(tasks());
        Busy[] all = new Busy[busy];
        long deadline = System.nanoTime() + LIMIT_NANOS;
        for (int i = 0; i < busy; i++) {
            all[i] = new Busy(executor, tally, i, deadline);
            executor.execute(all[i]);
        }
        for (int i = 0; i < tasks(); i++) {
            executor.execute(new Mark(spawned, i));
        }
        Batching.flush(executor);
        spawned.await();
        for (Busy one : all) {
            one.stopped = true;
        }
    }

    private static final class Busy implements Runnable {
        private final Executor executor;
        private final Tally tally;
        private final int index;
        private final long deadline;
        private volatile boolean stopped;

        Busy(Executor executor, Tally tally, int index, long deadline) {
            this.executor = executor;
            this.tally = tally;
            this.index = index;
            this.deadline = deadline;
        }

        @Override
        public void run() {
            if (stopped || System.nanoTime() - deadline > 0) {
                tally.ran(index);
            } else {
                executor.execute(this);
            }
        }
    }
}
