// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToLongFunction;

/**
 * What a scheduler has done up to some recent moment. Immutable.
 *
 * <p>No count decreases from one snapshot to the next. The counts are read one after the other while the workers go on,
 * so equations between them hold exactly only when the scheduler is quiescent (no task queued or running, nobody
 * submitting):
 *
 * <ul>
 *   <li>{@code submitted() = completed() + dropped(DISCARDED)}
 *   <li>{@code started() = completed()} and {@code queued() = 0}
 *   <li>the sum of {@code dropped} over {@link DropReason#SHUTDOWN} and {@link DropReason#CAPACITY} is the number of tasks
 *       that were refused for these reasons; a submission that fails because no thread can be made is not among them
 * </ul>
 *
 * <p>At any moment the tasks in {@code stealMatrix()} are not more than {@code steals()}, and when the scheduler is
 * quiescent as many, unless memory ran out; and {@code uselessWakeups() <= wakeups() <= parks()} up to the operations under
 * way. A thief takes some tasks along, which others may steal from it: so there may be more steals than tasks.
 *
 * @param name the scheduler's name
 * @param parallelism the largest number of workers
 * @param capacity how many tasks may wait beside those that run; {@link Integer#MAX_VALUE} if there is no bound
 * @param poolSize workers that have a thread
 * @param largestPoolSize the largest value that {@code poolSize} has had
 * @param submittedOutside tasks accepted from threads that are not workers of this scheduler, and tasks that {@link
 *     RejectionPolicy#discard()} has thrown away on arrival
 * @param submissionQueueDepth tasks from such threads that no worker has taken yet
 * @param submissionQueueCapacity slots in the rings of the submission queue
 * @param submissionQueueGrowth rings added to the submission queue because the newest was full
 * @param submissionQueueRingDrops drained rings unlinked from the submission queue
 * @param dropped tasks refused or discarded, by reason; has every reason as a key
 * @param waitTimes how long tasks waited, from their submission to their start, by the path on which they came to their
 *     worker; only of those that were measured, see {@link SchedulerBuilder#sampleOneIn(int)}; has every path as a key
 * @param runTimes how long the same tasks ran, likewise
 * @param stealMatrix which worker has stolen how many tasks from which other
 * @param workers one entry for each worker that there has ever been, in the order of their indexes
 */
public record SchedulerStats(
        String name,
        int parallelism,
        int capacity,
        int poolSize,
        int largestPoolSize,
        long submittedOutside,
        long submissionQueueDepth,
        long submissionQueueCapacity,
        long submissionQueueGrowth,
        long submissionQueueRingDrops,
        Map<DropReason, Long> dropped,
        Map<TaskPath, TimeHistogram> waitTimes,
        Map<TaskPath, TimeHistogram> runTimes,
        StealMatrix stealMatrix,
        List<WorkerStats> workers) {

    /** {@return tasks accepted, from outside and from workers} */
    public long submitted() {
        return submittedOutside + sum(WorkerStats::submitted);
    }

    /** {@return tasks that a worker began to run} */
    public long started() {
        return sum(WorkerStats::started);
    }

    /** {@return tasks that ran to their end, normally or by an exception} */
    public long completed() {
        return sum(WorkerStats::completed);
    }

    /** {@return tasks whose {@code run} method threw} */
    public long failed() {
        return sum(WorkerStats::failed);
    }

    /** {@return tasks that wait to be started, in the submission queue and in the workers' chains} */
    public long queued() {
        return submissionQueueDepth + sum(WorkerStats::queued);
    }

    /** {@return tasks that a worker took from another worker's chain} */
    public long steals() {
        return sum(WorkerStats::steals);
    }

    /** {@return visits to another worker's chain that found nothing to take} */
    public long failedSteals() {
        return sum(WorkerStats::failedSteals);
    }

    /** {@return rings added to the workers' chains and to the submission queue because the newest was full} */
    public long chainGrowth() {
        return submissionQueueGrowth + sum(WorkerStats::chainGrowth);
    }

    /** {@return drained rings unlinked from the workers' chains and from the submission queue} */
    public long ringDrops() {
        return submissionQueueRingDrops + sum(WorkerStats::ringDrops);
    }

    /** {@return times a worker went to sleep for want of tasks} */
    public long parks() {
        return sum(WorkerStats::parks);
    }

    /** {@return times a sleeping worker was woken because there might be a task} */
    public long wakeups() {
        return sum(WorkerStats::wakeups);
    }

    /** {@return wake-ups after which the worker found no task} */
    public long uselessWakeups() {
        return sum(WorkerStats::uselessWakeups);
    }

    /** {@return how long its workers have had threads, in nanoseconds; the sum over all workers} */
    public long threadNanos() {
        return sum(WorkerStats::threadNanos);
    }

    /** {@return how long of that the threads slept for want of tasks, in nanoseconds; the sum over all workers} */
    public long parkedNanos() {
        return sum(WorkerStats::parkedNanos);
    }

    /** {@return workers that run a task} */
    public int activeWorkers() {
        return count(WorkerStats.State.RUNNING);
    }

    /** {@return workers that have a thread and run no task: they search or sleep} */
    public int idleWorkers() {
        return count(WorkerStats.State.SEARCHING) + count(WorkerStats.State.PARKED);
    }

    /**
     * Tasks refused or discarded for one reason.
     *
     * @param reason which reason
     * @return how many
     * @throws NullPointerException if {@code reason} is null
     */
    public long dropped(DropReason reason) {
        return dropped.getOrDefault(Objects.requireNonNull(reason, "reason"), 0L);
    }

    private long sum(ToLongFunction<WorkerStats> figure) {
        long sum = 0;
        for (WorkerStats worker : workers) {
            sum += figure.applyAsLong(worker);
        }
        return sum;
    }

    private int count(WorkerStats.State state) {
        int count = 0;
        for (WorkerStats worker : workers) {
            if (worker.state() == state) {
                count++;
            }
        }
        return count;
    }
}
