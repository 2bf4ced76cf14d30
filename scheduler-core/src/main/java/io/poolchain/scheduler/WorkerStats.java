// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

/**
 * What one worker has done up to some recent moment. Immutable. Counts never decrease from one snapshot to the next, and
 * outlive the worker's thread.
 *
 * @param index which worker, from 0
 * @param state what the worker was doing
 * @param submitted tasks that it submitted to its own chain
 * @param started tasks that it began to run, from whatever source
 * @param completed tasks that it ran to their end, normally or by an exception
 * @param failed those of them that ended by an exception which left {@link Runnable#run()}; a task made by {@code submit}
 *     keeps its exception in its future and does not count here
 * @param steals tasks that it took from another worker's chain
 * @param failedSteals visits to another worker's chain that found nothing to take
 * @param stolen tasks that other workers took from its chain; up to one moment earlier than the rest
 * @param parks times it went to sleep for want of tasks
 * @param wakeups times it was woken from that sleep because there might be a task
 * @param uselessWakeups those of them after which it found no task
 * @param threadNanos how long it has had a thread, in nanoseconds
 * @param parkedNanos how long of that the thread slept for want of tasks, in nanoseconds
 * @param chainGrowth rings added to its chain because the newest was full
 * @param ringDrops drained rings unlinked from its chain's tail
 * @param queued tasks in its chain
 * @param chainCapacity slots in the rings of its chain
 */
public record WorkerStats(
        int index,
        State state,
        long submitted,
        long started,
        long completed,
        long failed,
        long steals,
        long failedSteals,
        long stolen,
        long parks,
        long wakeups,
        long uselessWakeups,
        long threadNanos,
        long parkedNanos,
        long chainGrowth,
        long ringDrops,
        long queued,
        long chainCapacity) {

    /**
     * The share of its thread's time in which it did not sleep, from 0 to 1, since it has had its first thread: it ran
     * tasks, blocked in them, or looked for some. NaN if it has had no thread.
     *
     * @return the share
     */
    public double busyRatio() {
        return 1 - (double) parkedNanos / threadNanos;
    }

    /** What a worker does. */
    public enum State {
        /** It has no thread: none was needed so far, or the scheduler has ended it. */
        NO_THREAD,
        /** Its thread sleeps until there may be a task. */
        PARKED,
        /** Its thread is looking for a task, or is about to begin. */
        SEARCHING,
        /** Its thread runs a task. */
        RUNNING
    }
}
