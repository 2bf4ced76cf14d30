// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.workloads;

import io.poolchain.samples.benchmarks.peers.Batching;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A number of tasks, submitted and awaited by one thread. A run fails unless each task runs exactly once. Where tasks
 * submit further ones only the last of each line is counted: a task that runs twice or is lost makes its last do so.
 */
public abstract class Workload implements AutoCloseable {
    private final int tasks;
    private final int counted;
    private @Nullable Tally last;

    Workload(int tasks, int counted) {
        this.tasks = tasks;
        this.counted = counted;
    }

    /** {@return how many tasks one run executes} */
    public final int tasks() {
        return tasks;
    }

    /**
     * Runs it once and waits for the end.
     *
     * @throws IllegalStateException if a task has run twice, in this run or since the last, or not at all
     */
    public final void run(Executor executor) throws Exception {
        if (last != null) {
            last.check();
        }
        Tally tally = new Tally(counted);
        last = tally;
        start(executor, tally);
        Batching.flush(executor);
        tally.await();
        verify(tally.result());
    }

    abstract void start(Executor executor, Tally tally) throws Exception;

    /** Fails if this is not the result to expect of {@link Tally#result(long)}. */
    void verify(long result) {}

    static void requireEqual(String what, long actual, long expected) {
        if (actual != expected) {
            throw new IllegalStateException(what + ": " + actual + " instead of " + expected);
        }
    }

    /** Ends the threads that it has outside of the executor, if any. */
    @Override
    public void close() {}
}
