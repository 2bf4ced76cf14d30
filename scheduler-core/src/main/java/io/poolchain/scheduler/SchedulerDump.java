// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The text of {@link WorkStealingScheduler#dump()}. */
final class SchedulerDump {
    private final StringBuilder text = new StringBuilder();

    private SchedulerDump() {}

    static String of(String state, SchedulerStats stats, Worker[] workers, List<TaskAges.Running> running) {
        SchedulerDump dump = new SchedulerDump();
        dump.summary(state, stats);
        Map<Worker, TaskAges.Running> tasks = new HashMap<>();
        running.forEach(task -> tasks.put(task.worker(), task));
        for (WorkerStats worker : stats.workers()) {
            TaskAges.Running task = tasks.get(workers[worker.index()]);
            dump.worker(workers[worker.index()], worker, task);
        }
        return dump.text.toString();
    }

    private void summary(String state, SchedulerStats stats) {
        line("Scheduler " + stats.name() + ": " + state);
        line("  workers: " + stats.parallelism() + ", with a thread: " + stats.poolSize() + " (at most "
                + stats.largestPoolSize() + "), running: " + stats.activeWorkers() + ", idle: " + stats.idleWorkers());
        line("  queued: " + stats.queued() + ", of them in the submission queue: " + stats.submissionQueueDepth()
                + (stats.capacity() == SchedulerOptions.UNBOUNDED ? "" : "; capacity: " + stats.capacity()));
        line("  submitted: " + stats.submitted() + ", started: " + stats.started() + ", completed: " + stats.completed()
                + ", failed: " + stats.failed() + ", dropped: " + stats.dropped());
        line("  steals: " + stats.steals() + ", failed: " + stats.failedSteals() + "; parks: " + stats.parks()
                + ", wake-ups: " + stats.wakeups() + ", useless: " + stats.uselessWakeups());
    }

    /** Those that never had anything to do are left out. */
    private void worker(Worker worker, WorkerStats stats, TaskAges.@Nullable Running task) {
        if (stats.state() == WorkerStats.State.NO_THREAD && stats.started() == 0 && stats.queued() == 0) {
            return;
        }
        Thread thread = worker.thread();
        line("Worker " + stats.index() + ": " + stats.state()
                + (thread == null ? "" : ", thread \"" + thread.getName() + "\" " + thread.getState())
                + (task == null ? "" : ", in the same task for at least " + millis(task.nanos()) + " ms"));
        int last = worker.steals.last();
        line("  completed: " + stats.completed() + ", queued: " + stats.queued() + " in " + stats.chainCapacity()
                + " slots, steals: " + stats.steals()
                + (last == StealCounts.NOBODY ? "" : " (the last from worker " + last + ")") + ", stolen: "
                + stats.stolen());
        if (thread != null && task != null) {
            stack(thread.getStackTrace());
        }
    }

    /** Down to where the worker called the task. */
    private void stack(StackTraceElement[] frames) {
        for (StackTraceElement frame : frames) {
            if (frame.getClassName().equals(Worker.class.getName())
                    && frame.getMethodName().equals("runTask")) {
                return;
            }
            line("    at " + frame);
        }
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
