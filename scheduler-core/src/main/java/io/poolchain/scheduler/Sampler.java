// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

/**
 * Chooses among the tasks of one submitter, a worker or a stripe of the submission queue, those that are measured. Owned by
 * whoever owns the submitter's count of tasks.
 *
 * <p>The distance from one to the next is random, around the period: with a fixed one, a program that submits in batches of
 * the same size would have the same task of each batch measured.
 */
final class Sampler {
    /** The origin of a task that no worker has submitted. */
    static final int OUTSIDE = -1;

    private static final long NEVER = -1;

    private final TaskSampling sampling;
    private final int origin;
    private final int period;

    /** The count at which the next task is measured. */
    private long next;

    /** State of a xorshift generator (Marsaglia 2003, triple 13, 17, 5); never 0. */
    private int random;

    Sampler(TaskSampling sampling, int origin, int period) {
        this.sampling = sampling;
        this.origin = origin;
        this.period = period;
        this.random = (origin + 2) * 0x9E3779B9;
        this.next = period == TaskSampling.NONE ? NEVER : distance() - 1;
    }

    /**
     * The task, wrapped if it is to be measured.
     *
     * @param count how many tasks the submitter has submitted before
     */
    Runnable sample(Runnable task, long count) {
        return count == next ? wrap(task, count) : task;
    }

    private Runnable wrap(Runnable task, long count) {
        next = count + distance();
        return new SampledTask(task, origin, sampling);
    }

    /** From 1 to twice the period less 1, each as likely: the period on average. */
    private int distance() {
        random ^= random << 13;
        random ^= random >>> 17;
        random ^= random << 5;
        return 1 + (random >>> 1) % (2 * period - 1);
    }
}
