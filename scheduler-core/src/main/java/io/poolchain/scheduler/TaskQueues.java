// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import io.poolchain.scheduler.queue.PoolChain;
import java.util.ArrayList;
import java.util.List;

/** Every place where a task can wait: the submission queue and each worker's chain. */
final class TaskQueues {
    final SubmissionQueue submissions;

    private final PoolChain<Runnable>[] chains;

    TaskQueues(int workers, int processors) {
        submissions = new SubmissionQueue(processors);
        @SuppressWarnings({"unchecked", "rawtypes"})
        PoolChain<Runnable>[] made = new PoolChain[workers];
        chains = made;
        for (int worker = 0; worker < workers; worker++) {
            chains[worker] = new PoolChain<>();
        }
    }

    PoolChain<Runnable> chain(int worker) {
        return chains[worker];
    }

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

    /**
     * Takes every task that is queued; in order per queue. Makes room for them before it takes any, so that none is lost
     * if there is not enough memory.
     */
    List<Runnable> drain() {
        List<Runnable> tasks = new ArrayList<>(Math.toIntExact(size()));
        submissions.drainTo(tasks);
        for (PoolChain<Runnable> chain : chains) {
            for (Runnable task = chain.popTail(); task != null; task = chain.popTail()) {
                tasks.add(task);
            }
        }
        return tasks;
    }
}
