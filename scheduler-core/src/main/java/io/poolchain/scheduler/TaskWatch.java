// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A thread that looks at the workers several times in each limit, and reports each task that runs for longer than that,
 * once; and once that all workers were running at each look of a whole limit, while the queue grew, or had come to its
 * bound. Costs the workers nothing. Ends with its scheduler, and does not keep one alive that nobody uses.
 */
final class TaskWatch implements Runnable {
    /** So a task is reported when it has run for the limit and a quarter of it at the latest. */
    private static final int LOOKS_PER_LIMIT = 4;

    private final WeakReference<WorkStealingScheduler> watched;
    private final String name;
    private final long limitNanos;
    private final RunState runState;
    private final SchedulerLog log;
    private final SchedulerEvents events;
    private final AtomicBoolean started = new AtomicBoolean();

    // ---- owned by the thread

    /** By worker, the number of the last task that was reported. */
    private final Map<Integer, Long> reported = new HashMap<>();

    /** How many looks in a row have found all workers running and tasks waiting, or no room for any. */
    private int fullLooks;

    /** What there was at the first of those. */
    private long queuedBefore;

    private long completedBefore;

    TaskWatch(
            WorkStealingScheduler watched,
            long limitNanos,
            RunState runState,
            SchedulerLog log,
            SchedulerEvents events) {
        this.watched = new WeakReference<>(watched);
        this.name = watched.name();
        this.limitNanos = limitNanos;
        this.runState = runState;
        this.log = log;
        this.events = events;
    }

    /** Makes the thread, at the first call. For the workers when they begin: an unused scheduler has none. */
    void start() {
        if (started.compareAndSet(false, true)) {
            try {
                Thread thread = new Thread(null, this, name + "-watchdog", 0, false);
                thread.setContextClassLoader(null); // it is nobody's
                thread.setDaemon(true);
                thread.start();
            } catch (Throwable failure) {
                started.set(false);
                log.error("The watchdog of scheduler {} could not be started", failure);
            }
        }
    }

    @Override
    public void run() {
        long interval = Math.max(TimeUnit.MILLISECONDS.toNanos(1), limitNanos / LOOKS_PER_LIMIT);
        try {
            boolean goOn = true;
            while (goOn && !runState.awaitTerminated(interval, TimeUnit.NANOSECONDS)) {
                goOn = look();
            }
        } catch (InterruptedException e) {
            // Somebody wants this thread to end.
        }
    }

    /** False if the scheduler is gone. */
    private boolean look() {
        WorkStealingScheduler scheduler = watched.get();
        if (scheduler == null) {
            return false;
        }
        try {
            List<TaskAges.Running> running = scheduler.runningTasks();
            for (TaskAges.Running task : running) {
                reportIfLong(task);
            }
            reportIfSaturated(scheduler, running.size());
        } catch (Throwable failure) {
            log.error("The watchdog of scheduler {} failed and goes on", failure);
        }
        return true;
    }

    private void reportIfLong(TaskAges.Running task) {
        Long last = reported.get(task.worker().index);
        if (task.nanos() < limitNanos || (last != null && last == task.number())) {
            return;
        }
        Thread thread = task.worker().thread();
        StackTraceElement[] stack = thread == null ? new StackTraceElement[0] : thread.getStackTrace();
        if (thread != null && task.worker().runningTask() == task.number()) { // else the stack is another's
            reported.put(task.worker().index, task.number());
            events.longTask(thread, task.worker().index, task.nanos());
            log.longTask(thread.getName(), task.nanos(), stack);
        }
    }

    private void reportIfSaturated(WorkStealingScheduler scheduler, int running) {
        SchedulerStats stats = scheduler.stats();
        if (running == 0 || running < stats.poolSize() || !(stats.queued() > 0 || scheduler.isFull())) {
            fullLooks = 0;
            return;
        }
        if (fullLooks == 0) {
            queuedBefore = stats.queued();
            completedBefore = stats.completed();
        }
        fullLooks++;
        if (fullLooks == LOOKS_PER_LIMIT + 1) {
            if (stats.queued() > queuedBefore || scheduler.isFull()) {
                events.saturated(running, stats.queued(), stats.completed() - completedBefore);
                log.saturated(running, stats.queued(), queuedBefore, stats.completed() - completedBefore, limitNanos);
            } else {
                fullLooks = 0;
            }
        }
    }
}
