// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.util.Map;

/**
 * A scheduler in JMX, for jconsole, JDK Mission Control and their kin: {@code
 * io.poolchain:type=Scheduler,name="orders"}. The figures are those of {@link SchedulerStats}.
 *
 * @see SchedulerBuilder#jmx(boolean)
 */
public interface SchedulerMXBean {
    /** {@return the name of the scheduler} */
    String getName();

    /** {@return {@code Running}, {@code Shutting down} or {@code Terminated}} */
    String getState();

    /** {@return the largest number of workers} */
    int getParallelism();

    /** {@return workers that have a thread} */
    int getPoolSize();

    /** {@return workers that run a task} */
    int getActiveWorkers();

    /** {@return tasks that wait to be started} */
    long getQueued();

    /** {@return tasks accepted} */
    long getSubmitted();

    /** {@return tasks that ran to their end} */
    long getCompleted();

    /** {@return tasks whose {@code run} method threw} */
    long getFailed();

    /** {@return tasks refused or discarded, by {@link DropReason}} */
    Map<String, Long> getDropped();

    /** {@return tasks that a worker took from another worker's chain} */
    long getSteals();

    /** {@return times a worker went to sleep for want of tasks} */
    long getParks();

    /** {@return the share of the threads' time in which they did not sleep, from 0 to 1; NaN before the first thread} */
    double getBusyRatio();

    /**
     * What {@link WorkStealingScheduler#dump()} returns.
     *
     * @return text of several lines
     */
    String dump();
}
