// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * What a scheduler with a bound does with a task for which it has no room. Immutable.
 *
 * <p>All but {@link #block()} are modelled on those of {@link java.util.concurrent.ThreadPoolExecutor}; what differs is
 * stated. A discarded task that is a {@link java.util.concurrent.Future} is cancelled, so that nobody waits for it in vain;
 * unless a task decorator has wrapped it.
 *
 * @see SchedulerBuilder#capacity(int)
 */
public final class RejectionPolicy {
    private static final RejectionPolicy ABORT = new RejectionPolicy(Kind.ABORT, 0);
    private static final RejectionPolicy CALLER_RUNS = new RejectionPolicy(Kind.CALLER_RUNS, 0);
    private static final RejectionPolicy DISCARD = new RejectionPolicy(Kind.DISCARD, 0);
    private static final RejectionPolicy DISCARD_OLDEST = new RejectionPolicy(Kind.DISCARD_OLDEST, 0);
    private static final RejectionPolicy BLOCK = new RejectionPolicy(Kind.BLOCK, Long.MAX_VALUE);

    enum Kind {
        ABORT,
        CALLER_RUNS,
        DISCARD,
        DISCARD_OLDEST,
        BLOCK
    }

    final Kind kind;
    final long nanos;

    private RejectionPolicy(Kind kind, long nanos) {
        this.kind = kind;
        this.nanos = nanos;
    }

    /** {@return the policy that throws a {@link java.util.concurrent.RejectedExecutionException}: the default} */
    public static RejectionPolicy abort() {
        return ABORT;
    }

    /**
     * The submitting thread runs the task itself, and what the task throws comes out of {@code execute}. Once the
     * scheduler is shut down, the task is refused with a {@link java.util.concurrent.RejectedExecutionException}.
     *
     * @return the policy
     */
    public static RejectionPolicy callerRuns() {
        return CALLER_RUNS;
    }

    /** {@return the policy that discards the task, and counts it} The same once the scheduler is shut down. */
    public static RejectionPolicy discard() {
        return DISCARD;
    }

    /**
     * Discards a task that waits, and counts it, to make room for the new one: the oldest that a thread outside has
     * submitted, or if there is none, the oldest of some worker. Once the scheduler is shut down, the new one is discarded.
     *
     * @return the policy
     */
    public static RejectionPolicy discardOldest() {
        return DISCARD_OLDEST;
    }

    /**
     * The submitting thread waits until there is room; those that wait take turns. If the scheduler is shut down, or the
     * thread is interrupted (it stays so), {@code execute} throws a {@link
     * java.util.concurrent.RejectedExecutionException}. So it does at once in a worker of the same scheduler: if all of
     * them waited, nobody would make room.
     *
     * @return the policy
     */
    public static RejectionPolicy block() {
        return BLOCK;
    }

    /**
     * As {@link #block()}, but when the time is over, {@code execute} throws a {@link
     * java.util.concurrent.RejectedExecutionException}.
     *
     * @param timeout how long to wait at most
     * @return the policy
     * @throws NullPointerException if {@code timeout} is null
     * @throws IllegalArgumentException if {@code timeout} is negative
     */
    public static RejectionPolicy block(Duration timeout) {
        if (Objects.requireNonNull(timeout, "timeout").isNegative()) {
            throw new IllegalArgumentException("timeout must not be negative, but was " + timeout);
        }
        return new RejectionPolicy(Kind.BLOCK, TimeUnit.NANOSECONDS.convert(timeout));
    }

    /** {@return the policy's name, and its time-out if it has one} */
    @Override
    public String toString() {
        return kind == Kind.BLOCK && nanos < Long.MAX_VALUE ? kind + "(" + Duration.ofNanos(nanos) + ")" : kind.name();
    }
}
