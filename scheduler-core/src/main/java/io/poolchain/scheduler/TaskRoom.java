// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The bound of a scheduler that has one. Each task holds a permit from its submission to its end, and there are as many as
 * tasks can run plus as many as may wait. So the bound is exact, and means what it does in a {@code ThreadPoolExecutor},
 * where a task that finds a thread free never sees the queue.
 */
final class TaskRoom {
    private final Permits permits;
    private final RejectionPolicy policy;
    private final TaskQueues queues;
    private final DroppedTasks dropped;

    /** For so many tasks that run there are permits. Guarded by the lock of {@link Roster}. */
    private int places;

    TaskRoom(int parallelism, int capacity, RejectionPolicy policy, TaskQueues queues, DroppedTasks dropped) {
        this.places = parallelism;
        this.permits = new Permits(parallelism + capacity);
        this.policy = policy;
        this.queues = queues;
        this.dropped = dropped;
    }

    /**
     * Gets a permit for a task, or does with it what the policy says.
     *
     * @param byWorker whether a worker of the same scheduler submits it
     * @param scheduler for the message
     * @return whether the task has a permit; otherwise the policy has dealt with it
     * @throws RejectedExecutionException if the policy says so
     */
    boolean admit(Runnable task, boolean byWorker, WorkStealingScheduler scheduler) {
        if (!permits.hasQueuedThreads() && permits.tryAcquire()) {
            return true;
        }
        switch (policy.kind) {
            case CALLER_RUNS -> {
                task.run();
                return false;
            }
            case DISCARD -> {
                dropped.discardOnArrival(task);
                return false;
            }
            case DISCARD_OLDEST -> {
                makeRoom(scheduler);
                return true;
            }
            case BLOCK -> {
                if (byWorker && !permits.tryAcquire()) {
                    throw refusal(task, scheduler, "its workers must not wait for room, for nobody would make any");
                }
                if (!byWorker) {
                    awaitRoom(task, scheduler);
                }
                return true;
            }
            default -> throw refusal(task, scheduler, "there is no room");
        }
    }

    /** Gives back the permit of a task that has ended, or was not accepted after all. */
    void leave() {
        permits.release();
    }

    /**
     * Ends the waiting of all: who gets a permit finds the scheduler shut down, and gives it back. So many permits outweigh
     * those that a reduction has left missing. To be called once.
     */
    void shutDown() {
        permits.release(WorkStealingScheduler.MAX_PARALLELISM);
    }

    /** So many tasks can run from now on. The places of a reduction are free: their workers have left. */
    void resizeTo(int places) {
        int more = places - this.places;
        this.places = places;
        if (more > 0) {
            permits.release(more);
        } else if (more < 0) {
            permits.reducePermits(-more);
        }
    }

    /** Whether a task that came now would find no room. */
    boolean isFull() {
        return permits.availablePermits() <= 0;
    }

    /** Whether tasks that come after shutdown are thrown away as well. */
    boolean discards() {
        return policy.kind == RejectionPolicy.Kind.DISCARD || policy.kind == RejectionPolicy.Kind.DISCARD_OLDEST;
    }

    /** Takes the permit of a task that waits; or a free one, should there be no such task any more. */
    private void makeRoom(WorkStealingScheduler scheduler) {
        while (!permits.tryAcquire() && !scheduler.isShutdown()) {
            Runnable oldest = queues.pollOldest();
            if (oldest != null) {
                discardOldest(oldest);
                return;
            }
            Thread.yield(); // those with a permit are about to be queued, or about to end
        }
    }

    private void discardOldest(Runnable oldest) {
        boolean done = false;
        try {
            dropped.discard(oldest, DropReason.DISCARDED);
            done = true;
        } finally {
            if (!done) { // a future of the user's that can't be cancelled
                permits.release();
            }
        }
    }

    private void awaitRoom(Runnable task, WorkStealingScheduler scheduler) {
        try {
            if (!permits.tryAcquire(policy.nanos, TimeUnit.NANOSECONDS)) {
                throw refusal(
                        task,
                        scheduler,
                        "there was no room for " + TimeUnit.NANOSECONDS.toMillis(policy.nanos) + " ms");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            RejectedExecutionException refusal = refusal(task, scheduler, "its submitter was interrupted");
            refusal.initCause(e);
            throw refusal;
        }
    }

    private RejectedExecutionException refusal(Runnable task, WorkStealingScheduler scheduler, String why) {
        dropped.count(DropReason.CAPACITY, 1);
        return new RejectedExecutionException("Task " + task + " rejected from " + scheduler + ": " + why);
    }

    /** Fair: who waits longest is next. Negative for a while after a reduction. */
    private static final class Permits extends Semaphore {
        private static final long serialVersionUID = 1;

        Permits(int permits) {
            super(permits, true);
        }

        @Override
        protected void reducePermits(int reduction) {
            super.reducePermits(reduction);
        }
    }
}
