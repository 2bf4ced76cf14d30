// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import org.jspecify.annotations.Nullable;

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

    /** The average distance: NONE, or fixed, unless there is an adaptive one. */
    private final int period;

    private final @Nullable AdaptivePeriod adaptive;

    /** State of a xorshift generator (Marsaglia 2003, triple 13, 17, 5); never 0. */
    private int random;

    Sampler(TaskSampling sampling, int origin, int period, @Nullable AdaptivePeriod adaptive) {
        this.sampling = sampling;
        this.origin = origin;
        this.period = period;
        this.adaptive = adaptive;
        this.random = (origin + 2) * 0x9E3779B9;
    }

    /** How many tasks the submitter will have submitted before the first that is measured. */
    long first() {
        return period() == TaskSampling.NONE ? NEVER : distance() - 1;
    }

    /** As many before the next one, given how many there were before this one. */
    long nextAfter(long count) {
        if (adaptive != null) {
            adaptive.next(System.nanoTime());
        }
        return count + distance();
    }

    /** Whether the next task to be measured was chosen when there were more. */
    boolean isFarOff(long next, long count) {
        return next - count > 2L * period();
    }

    /** As many before the next one, if it is to be the sooner because there are fewer now. */
    long sooner(long next, long count) {
        return isFarOff(next, count) ? count + distance() : next;
    }

    private int period() {
        return adaptive == null ? period : adaptive.get();
    }

    /** The task, to be measured. */
    Runnable wrap(Runnable task) {
        return new SampledTask(task, origin, sampling);
    }

    /** From 1 to twice the period less 1, each as likely: the period on average. */
    private int distance() {
        random ^= random << 13;
        random ^= random >>> 17;
        random ^= random << 5;
        return 1 + (random >>> 1) % (2 * period() - 1);
    }
}
