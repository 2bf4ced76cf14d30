// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

/**
 * Is told the times of the tasks that are measured, for those who keep figures of their own. Called by the worker that runs
 * the task, so it should be quick, and must be thread-safe. What it throws is logged and keeps no task from running.
 *
 * @see SchedulerBuilder#sampleOneIn(int)
 * @see WorkStealingScheduler#addTimeListener(TaskTimeListener)
 */
public interface TaskTimeListener {
    /**
     * A task is about to run.
     *
     * @param path how it came to this worker
     * @param nanos how long it has waited since it was submitted, in nanoseconds
     */
    void waited(TaskPath path, long nanos);

    /**
     * The task has run, to its end or until it threw.
     *
     * @param path how it came to this worker
     * @param nanos how long that took, in nanoseconds
     */
    void ran(TaskPath path, long nanos);
}
