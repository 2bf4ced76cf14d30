// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * The events of one scheduler for the JDK's flight recorder; the only class that knows it. docs/operations.md lists them.
 * While nobody records, each comes down to a test that the compiler sees is false. Whatever goes wrong, an event is lost
 * and nothing else: its caller may have a task in hand.
 */
@SuppressWarnings("UnusedVariable") // the recorder reads the fields of events
final class JfrEvents implements SchedulerEvents {
    private final String scheduler;

    JfrEvents(String scheduler) {
        this.scheduler = scheduler;
    }

    /** Here rather than in the middle of a submission. */
    static void loadAll() {
        Event[] all = {
            new Steal(),
            new Park(),
            new TaskWait(),
            new TaskRun(),
            new ChainGrowth(),
            new RingDrop(),
            new TaskDropped(),
            new LongTask(),
            new Saturation()
        };
        assert all.length > 0;
    }

    @Category("Poolchain")
    @StackTrace(false)
    private abstract static class SchedulerEvent extends Event {
        @Label("Scheduler")
        @Description("The name of the scheduler")
        String scheduler = "";
    }

    // ---- steals

    @Name("poolchain.Steal")
    @Label("Steal")
    @Description("A worker has taken a task from another worker's chain")
    @Enabled(false)
    private static final class Steal extends SchedulerEvent {
        @Label("Thief")
        @Description("The number of the worker that took the task")
        int thief;

        @Label("Victim")
        @Description("The number of the worker from whose chain it came")
        int victim;
    }

    @Override
    public void stolen(int thief, int victim) {
        try {
            Steal event = new Steal();
            if (event.shouldCommit()) {
                event.scheduler = scheduler;
                event.thief = thief;
                event.victim = victim;
                event.commit();
            }
        } catch (Throwable e) {
            // The event is lost.
        }
    }

    // ---- sleep

    @Name("poolchain.Park")
    @Label("Park")
    @Description("A worker slept for want of tasks")
    @Enabled(false)
    private static final class Park extends SchedulerEvent implements Span {
        @Label("Worker")
        @Description("The number of the worker, from 0")
        int worker;
    }

    @Override
    public @Nullable Span parking() {
        try {
            Park event = new Park();
            return event.isEnabled() ? begun(event) : null;
        } catch (Throwable e) {
            return null;
        }
    }

    private static <E extends Event> E begun(E event) {
        event.begin();
        return event;
    }

    /** Without an end an event has no duration, and one with a threshold would never be due. */
    private static <E extends Event> E ended(E event) {
        event.end();
        return event;
    }

    @Override
    public void unparked(@Nullable Span parking, int worker) {
        try {
            if (parking instanceof Park event && ended(event).shouldCommit()) {
                event.scheduler = scheduler;
                event.worker = worker;
                event.commit();
            }
        } catch (Throwable e) {
            // The event is lost.
        }
    }

    // ---- tasks that are measured

    private abstract static class TaskEvent extends SchedulerEvent implements Span {
        @Label("Worker")
        @Description("The number of the worker, from 0")
        int worker;

        @Label("Path")
        @Description("How the task came to its worker")
        String path = "";

        @Label("Task")
        @Description("The class of the task")
        Class<?> task = Runnable.class;
    }

    @Name("poolchain.TaskWait")
    @Label("Task Wait")
    @Description("A measured task waited from its submission to its start")
    @Threshold("20 ms")
    private static final class TaskWait extends TaskEvent {}

    @Name("poolchain.TaskRun")
    @Label("Task Run")
    @Description("A measured task ran")
    @Threshold("20 ms")
    private static final class TaskRun extends TaskEvent {}

    @Override
    public @Nullable Span waiting() {
        try {
            TaskWait event = new TaskWait();
            return event.isEnabled() ? begun(event) : null;
        } catch (Throwable e) {
            return null;
        }
    }

    @Override
    public void waited(@Nullable Span waiting, int worker, TaskPath path, Class<?> task) {
        try {
            commit(waiting, worker, path, task);
        } catch (Throwable e) {
            // The event is lost.
        }
    }

    @Override
    public @Nullable Span running() {
        try {
            TaskRun event = new TaskRun();
            return event.isEnabled() ? begun(event) : null;
        } catch (Throwable e) {
            return null;
        }
    }

    @Override
    public void ran(@Nullable Span running, int worker, TaskPath path, Class<?> task) {
        try {
            commit(running, worker, path, task);
        } catch (Throwable e) {
            // The event is lost.
        }
    }

    private void commit(@Nullable Span span, int worker, TaskPath path, Class<?> task) {
        if (span instanceof TaskEvent event && ended(event).shouldCommit()) {
            event.scheduler = scheduler;
            event.worker = worker;
            event.path = path.name();
            event.task = task;
            event.commit();
        }
    }

    // ---- chains

    private abstract static class RingEvent extends SchedulerEvent {
        @Label("Capacity")
        @Description("Slots of the ring")
        int capacity;
    }

    @Name("poolchain.ChainGrowth")
    @Label("Chain Growth")
    @Description("A queue was full and has got another ring")
    private static final class ChainGrowth extends RingEvent {}

    @Name("poolchain.RingDrop")
    @Label("Ring Drop")
    @Description("A drained ring was taken off a queue")
    @Enabled(false)
    private static final class RingDrop extends RingEvent {}

    @Override
    public void grown(int capacity) {
        try {
            commit(new ChainGrowth(), capacity);
        } catch (Throwable e) {
            // The event is lost.
        }
    }

    @Override
    public void dropped(int capacity) {
        try {
            commit(new RingDrop(), capacity);
        } catch (Throwable e) {
            // The event is lost.
        }
    }

    private void commit(RingEvent event, int capacity) {
        if (event.shouldCommit()) {
            event.scheduler = scheduler;
            event.capacity = capacity;
            event.commit();
        }
    }

    // ---- what goes wrong

    /** Mission Control takes a long without a unit for an identifier, which it does not add up. */
    private static int count(long tasks) {
        return (int) Math.min(tasks, Integer.MAX_VALUE);
    }

    @Name("poolchain.TaskDropped")
    @Label("Task Dropped")
    @Description("Tasks were refused, or were accepted and will never run")
    @StackTrace(true)
    private static final class TaskDropped extends SchedulerEvent {
        @Label("Reason")
        @Description("Why, as in DropReason")
        String reason = "";

        @Label("Tasks")
        @Description("How many")
        int tasks;
    }

    @Override
    public void taskDropped(DropReason reason, long tasks) {
        try {
            TaskDropped event = new TaskDropped();
            if (event.shouldCommit()) {
                event.scheduler = scheduler;
                event.reason = reason.name();
                event.tasks = count(tasks);
                event.commit();
            }
        } catch (Throwable e) {
            // The event is lost.
        }
    }

    @Name("poolchain.LongTask")
    @Label("Long Task")
    @Description("The watchdog has found a task that runs for longer than its limit")
    private static final class LongTask extends SchedulerEvent {
        @Label("Worker")
        @Description("The number of the worker, from 0")
        int worker;

        @Label("Worker Thread")
        @Description("The thread that runs the task")
        @Nullable
        Thread thread;

        @Label("Age")
        @Description("For how long it has run at least")
        @Timespan
        long age;
    }

    @Override
    public void longTask(@Nullable Thread thread, int worker, long nanos) {
        try {
            LongTask event = new LongTask();
            if (event.shouldCommit()) {
                event.scheduler = scheduler;
                event.worker = worker;
                event.thread = thread;
                event.age = nanos;
                event.commit();
            }
        } catch (Throwable e) {
            // The event is lost.
        }
    }

    @Name("poolchain.Saturation")
    @Label("Saturation")
    @Description(
            "The watchdog has found all workers running tasks for its whole limit, and the queue has grown, or come to its bound")
    private static final class Saturation extends SchedulerEvent {
        @Label("Workers")
        @Description("How many there are")
        int workers;

        @Label("Queued")
        @Description("Tasks that wait")
        int queued;

        @Label("Completed")
        @Description("Tasks that the workers have ended meanwhile")
        int completed;
    }

    @Override
    public void saturated(int workers, long queued, long completed) {
        try {
            Saturation event = new Saturation();
            if (event.shouldCommit()) {
                event.scheduler = scheduler;
                event.workers = workers;
                event.queued = count(queued);
                event.completed = count(completed);
                event.commit();
            }
        } catch (Throwable e) {
            // The event is lost.
        }
    }
}
