// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * {@code invokeAny} for a worker: it runs the tasks that nobody has started, then waits for the others. The first that
 * succeeds cancels the rest, which ends the wait for them.
 */
final class FirstSuccess<V> {
    private final List<Candidate> candidates = new ArrayList<>();

    FirstSuccess(WorkerThreads threads, Collection<? extends Callable<V>> tasks) {
        for (Callable<V> task : tasks) {
            candidates.add(new Candidate(threads, Objects.requireNonNull(task, "task")));
        }
        if (candidates.isEmpty()) {
            throw new IllegalArgumentException("tasks must not be empty");
        }
    }

    V await(Executor executor, Worker waiting, long deadline)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            candidates.forEach(executor::execute);
            for (Candidate candidate : candidates) {
                if (deadline - System.nanoTime() > 0) {
                    candidate.runBy(waiting);
                }
            }
            ExecutionException failure = null;
            for (Candidate candidate : candidates) {
                try {
                    return candidate.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (ExecutionException e) {
                    failure = e;
                } catch (CancellationException e) {
                    // another one has succeeded
                }
            }
            if (failure == null) {
                throw new RejectedExecutionException("every task was discarded");
            }
            throw failure;
        } finally {
            cancelAllBut(null);
        }
    }

    private void cancelAllBut(@Nullable Candidate winner) {
        for (Candidate candidate : candidates) {
            if (candidate != winner) {
                candidate.cancel(true);
            }
        }
    }

    private final class Candidate extends WorkerFuture<V> {
        Candidate(WorkerThreads threads, Callable<V> task) {
            super(threads, task);
        }

        @Override
        void done() {
            if (hasSucceeded()) {
                cancelAllBut(this);
            }
        }
    }
}
