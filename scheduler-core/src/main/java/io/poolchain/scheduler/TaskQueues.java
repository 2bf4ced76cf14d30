// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import io.poolchain.scheduler.queue.PoolChain;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Every place where a task can wait: the submission queue and each worker's chain. */
final class TaskQueues {
    final SubmissionQueue submissions;
    private final SchedulerEvents events;

    /**
     * By worker. Replaced by a longer copy when there are to be more workers, before the first of them begins; never
     * shortened, because the chain of a worker that has left may hold tasks.
     */
    private volatile PoolChain<Runnable>[] chains;

    @SuppressWarnings({"unchecked", "rawtypes"})
    TaskQueues(int workers, int processors, TaskSampling sampling) {
        events = sampling.events;
        submissions = new SubmissionQueue(SubmissionQueue.stripesFor(processors), sampling);
        chains = new PoolChain[0];
        growTo(workers);
    }

    /** Makes chains for more workers. One caller at a time. */
    void growTo(int workers) {
        int before = chains.length;
        if (workers <= before) {
            return;
        }
        PoolChain<Runnable>[] more = Arrays.copyOf(chains, workers);
        for (int worker = before; worker < workers; worker++) {
            more[worker] = PoolChain.ofWorker(events);
        }
        chains = more;
    }

    PoolChain<Runnable> chain(int worker) {
        return chains[worker];
    }

    /** How many workers there have ever been. */
    int workers() {
        return chains.length;
    }

    /** Whether each queue was empty at some moment during the call. */
    boolean areEmpty() {
        if (!submissions.isEmpty()) {
            return false;
        }
        for (PoolChain<Runnable> chain : chains) {
            if (!chain.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    long size() {
        long size = submissions.size();
        for (PoolChain<Runnable> chain : chains) {
            size += chain.size();
        }
        return size;
    }

    /** Takes a task that has waited long: from outside, or else a worker's oldest. */
    @Nullable
    Runnable pollOldest() {
        Runnable task = submissions.poll(0);
        for (int worker = 0; task == null && worker < workers(); worker++) {
            task = chain(worker).popTail();
        }
        return task == null ? null : SampledTask.unwrap(task);
    }

    /**
     * Takes every task that is queued; in order per queue. Among them are futures that a worker has started which waited for
     * them. Makes room before it takes any, so that none is lost if there is not enough memory.
     */
    List<Runnable> drain() {
        List<Runnable> tasks = new ArrayList<>(Math.toIntExact(size()));
        submissions.drainTo(tasks);
        for (PoolChain<Runnable> chain : chains) {
            for (Runnable task = chain.popTail(); task != null; task = chain.popTail()) {
                tasks.add(SampledTask.unwrap(task));
            }
        }
        return tasks;
    }
}
