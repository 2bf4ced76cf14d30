// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** What a scheduler shows of itself, gathered from its parts when it is asked for. Thread-safe. */
final class SchedulerFigures {
    private final SchedulerOptions options;
    private final RunState runState;
    private final TaskQueues queues;
    private final WorkerThreads threads;
    private final DroppedTasks dropped;
    private final TaskAges ages = new TaskAges();

    SchedulerFigures(
            SchedulerOptions options,
            RunState runState,
            TaskQueues queues,
            WorkerThreads threads,
            DroppedTasks dropped) {
        this.options = options;
        this.runState = runState;
        this.queues = queues;
        this.threads = threads;
        this.dropped = dropped;
    }

    SchedulerStats stats() {
        Worker[] all = threads.workers();
        StealMatrix steals =
                StealMatrix.of(Stream.of(all).map(worker -> worker.steals).toList());
        long[] stolen = steals.sumsByVictim();
        List<WorkerStats> workers = new ArrayList<>(all.length);
        List<TaskTimes> times = new ArrayList<>(all.length);
        for (int index = 0; index < all.length; index++) {
            workers.add(all[index].stats(stolen[index]));
            times.add(all[index].times);
        }
        SubmissionQueue submissions = queues.submissions;
        return new SchedulerStats(
                options.name(),
                threads.parallelism(),
                options.capacity(),
                threads.made(),
                threads.largest(),
                submissions.accepted() + dropped.discardedOnArrival(),
                submissions.size(),
                submissions.capacity(),
                submissions.growths(),
                submissions.drops(),
                dropped.snapshot(),
                TaskSampling.sum(times, TaskTimes::waits),
                TaskSampling.sum(times, TaskTimes::runs),
                steals,
                List.copyOf(workers));
    }

    /** Of one worker only. */
    WorkerStats stats(int worker) {
        Worker[] all = threads.workers();
        Objects.checkIndex(worker, all.length);
        long stolen = 0;
        for (Worker thief : all) {
            stolen += thief.steals.from(worker);
        }
        return all[worker].stats(stolen);
    }

    /** The tasks that run now, and for how long they have been seen to. */
    List<TaskAges.Running> runningTasks() {
        return ages.look(threads.workers());
    }

    String dump() {
        List<TaskAges.Running> running = runningTasks();
        SchedulerStats stats = stats();
        return SchedulerDump.of(runState.describe(), stats, threads.workers(), running);
    }
}
