// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Options of a {@link WorkStealingScheduler}. Not thread-safe; can build any number of schedulers.
 *
 * <p>Obtained from {@link WorkStealingScheduler#builder()}.
 */
public final class SchedulerBuilder {
    /** The largest bound; far more than fit into memory. */
    public static final int MAX_CAPACITY = 1 << 30;

    /** The shortest fairness interval. */
    public static final int MIN_FAIRNESS_INTERVAL = 4;

    /** The longest fairness interval. */
    public static final int MAX_FAIRNESS_INTERVAL = 1 << 20;

    /**
     * Short enough that a task from outside starts after 64 short tasks of a worker, and long enough that the look into
     * another queue, a few nanoseconds, is lost in the noise. Chosen without measurement (docs/decisions/0003).
     */
    private static final int DEFAULT_FAIRNESS_INTERVAL = 64;

    /** The rarest measurement. */
    public static final int MAX_SAMPLING = 1 << 20;

    private static final AtomicInteger UNNAMED = new AtomicInteger();

    private int parallelism = Runtime.getRuntime().availableProcessors();
    private @Nullable String name;
    private @Nullable ThreadFactory threadFactory;
    private long keepAliveNanos = SchedulerOptions.FOR_EVER;
    private int capacity = SchedulerOptions.UNBOUNDED;
    private RejectionPolicy rejectionPolicy = RejectionPolicy.abort();
    private LocalOrder localOrder = LocalOrder.LIFO;
    private int fairnessInterval = DEFAULT_FAIRNESS_INTERVAL;
    private int sampleOneIn = TaskSampling.ADAPTIVE;
    private long watchNanos = SchedulerOptions.NO_WATCH;
    private boolean jmx;
    private @Nullable UnaryOperator<Runnable> taskDecorator;
    private Thread.@Nullable UncaughtExceptionHandler uncaughtExceptionHandler;
    private @Nullable Runnable onThreadStart;
    private @Nullable Runnable onThreadStop;

    SchedulerBuilder() {}

    /**
     * The number of workers, and so the largest number of tasks in flight. By default the number of available processors.
     *
     * @param workers from 1 to {@link WorkStealingScheduler#MAX_PARALLELISM}
     * @return this builder
     * @throws IllegalArgumentException if {@code workers} is out of this range
     * @see WorkStealingScheduler#setParallelism(int)
     */
    public SchedulerBuilder parallelism(int workers) {
        this.parallelism = requireParallelism(workers);
        return this;
    }

    static int requireParallelism(int workers) {
        return requireRange("parallelism", workers, 1, WorkStealingScheduler.MAX_PARALLELISM);
    }

    /**
     * The name, which appears in the log, in the metrics' tag {@code name} and in the names of the default threads. By
     * default {@code poolchain-} and a number.
     *
     * @param name not blank
     * @return this builder
     * @throws NullPointerException if {@code name} is null
     * @throws IllegalArgumentException if {@code name} is blank
     */
    public SchedulerBuilder name(String name) {
        if (Objects.requireNonNull(name, "name").isBlank()) {
            throw new IllegalArgumentException("name must not be blank, but was \"" + name + '"');
        }
        this.name = name;
        return this;
    }

    /**
     * Makes the workers' threads, one at a time on demand, in the thread that has work for it. By default non-daemon
     * threads of normal priority, named after the scheduler: {@code orders-worker-1}, {@code orders-worker-2}, and so on.
     *
     * <p>A factory that throws or returns null fails the submission if the scheduler has no thread at all; otherwise the
     * task is run by a thread that there is, the failure is logged, and the factory is asked again when there is work.
     *
     * @param threadFactory the factory
     * @return this builder
     * @throws NullPointerException if {@code threadFactory} is null
     */
    public SchedulerBuilder threadFactory(ThreadFactory threadFactory) {
        this.threadFactory = Objects.requireNonNull(threadFactory, "threadFactory");
        return this;
    }

    /**
     * How long a thread sleeps for want of tasks before it ends; another is made when there is work for it. As {@link
     * java.util.concurrent.ThreadPoolExecutor#allowCoreThreadTimeOut(boolean)}: with no work all threads end. By default
     * they stay until shutdown.
     *
     * @param time more than zero
     * @return this builder
     * @throws NullPointerException if {@code time} is null
     * @throws IllegalArgumentException if {@code time} is zero or negative
     */
    public SchedulerBuilder keepAlive(Duration time) {
        if (Objects.requireNonNull(time, "time").isNegative() || time.isZero()) {
            throw new IllegalArgumentException("keepAlive must be more than zero, but was " + time);
        }
        this.keepAliveNanos = TimeUnit.NANOSECONDS.convert(time);
        return this;
    }

    /**
     * How many tasks may wait beside those that run: {@code parallelism + capacity} tasks fit, from outside and from
     * workers together, and not one more; when {@code setParallelism} makes the number smaller, those that came before
     * stay. As a {@link java.util.concurrent.ThreadPoolExecutor} with a queue of this
     * capacity. By default there is no bound.
     *
     * <p>A task waits until its place in the queue is reached, even if it has been cancelled, or run by a worker that
     * waited for its future.
     *
     * @param tasks from 1 to {@link #MAX_CAPACITY}
     * @return this builder
     * @throws IllegalArgumentException if {@code tasks} is out of this range
     * @see #rejectionPolicy(RejectionPolicy)
     */
    public SchedulerBuilder capacity(int tasks) {
        this.capacity = requireRange("capacity", tasks, 1, MAX_CAPACITY);
        return this;
    }

    /**
     * What becomes of a task for which there is no room. By default {@link RejectionPolicy#abort()}. Has no effect without
     * a {@link #capacity(int)}.
     *
     * @param policy the policy
     * @return this builder
     * @throws NullPointerException if {@code policy} is null
     */
    public SchedulerBuilder rejectionPolicy(RejectionPolicy policy) {
        this.rejectionPolicy = Objects.requireNonNull(policy, "policy");
        return this;
    }

    /**
     * In which order a worker starts the tasks that it has submitted itself. By default {@link LocalOrder#LIFO}. Others
     * steal the oldest in any case; with {@code LIFO} some at a time, of which the thief runs the oldest first and then the
     * newest.
     *
     * @param order the order
     * @return this builder
     * @throws NullPointerException if {@code order} is null
     */
    public SchedulerBuilder localOrder(LocalOrder order) {
        this.localOrder = Objects.requireNonNull(order, "order");
        return this;
    }

    /**
     * The bound on unfairness: of so many tasks that a worker takes, at least one comes from the submission queue, and one
     * is the oldest of its own chain, if there are any there; and of eight times as many, one is the oldest of another
     * worker's chain, the others in rotation, if it was that at the turn before. By default 64: the next task from outside is started after at most 63 others of
     * the same worker, and the looks into other queues cost next to nothing. If more wait outside, up to eight in a row,
     * and an eighth of so many tasks at most, come from there. Choose less if tasks are long and outside tasks are
     * urgent, more if throughput is all.
     *
     * @param tasks from {@link #MIN_FAIRNESS_INTERVAL} to {@link #MAX_FAIRNESS_INTERVAL}; rounded down to a power of two
     * @return this builder
     * @throws IllegalArgumentException if {@code tasks} is out of this range
     */
    public SchedulerBuilder fairnessInterval(int tasks) {
        this.fairnessInterval = Integer.highestOneBit(
                requireRange("fairnessInterval", tasks, MIN_FAIRNESS_INTERVAL, MAX_FAIRNESS_INTERVAL));
        return this;
    }

    /**
     * Of how many tasks one is measured, on average and chosen at random: how long it waits, from its submission to its
     * start, and how long it runs.
     *
     * <p>If this is not called, about 50 tasks a second are measured: all of them if there are no more, and one in 65,536 at
     * least. What was measured in a second decides of how many tasks one is measured from then on. So where the load changes,
     * tasks of quiet times are measured more often than those of busy ones, and the first of a sudden burst more often than
     * the last.
     *
     * <p>A task that is measured costs an allocation and a few microseconds; others pay for one comparison.
     *
     * <p>Not measured are tasks that a worker runs itself because it waits for them, cancelled ones, and those that the
     * submitter runs ({@link RejectionPolicy#callerRuns()}).
     *
     * @param tasks from 0 to {@link #MAX_SAMPLING}: 0 measures none, 1 measures all
     * @return this builder
     * @throws IllegalArgumentException if {@code tasks} is out of this range
     * @see SchedulerStats#waitTimes()
     * @see SchedulerStats#runTimes()
     */
    public SchedulerBuilder sampleOneIn(int tasks) {
        this.sampleOneIn = requireRange("sampleOneIn", tasks, TaskSampling.NONE, MAX_SAMPLING);
        return this;
    }

    /**
     * Has a watchdog look at the workers, from a daemon thread of its own, some times in each limit. It logs a warning, once
     * for each, about tasks that run for longer, with the stack of their thread; and about a scheduler whose workers were
     * all running tasks for as long while ever more tasks wait, or as many as its capacity allows. By default there is none.
     *
     * <p>The tasks pay nothing for it.
     *
     * @param limit more than zero; a task is reported after this and at most a quarter more, but looks are not taken more
     *     often than once a millisecond
     * @return this builder
     * @throws NullPointerException if {@code limit} is null
     * @throws IllegalArgumentException if {@code limit} is zero or negative
     * @see WorkStealingScheduler#dump()
     */
    public SchedulerBuilder watch(Duration limit) {
        if (Objects.requireNonNull(limit, "limit").isNegative() || limit.isZero()) {
            throw new IllegalArgumentException("watch must be more than zero, but was " + limit);
        }
        this.watchNanos = TimeUnit.NANOSECONDS.convert(limit);
        return this;
    }

    /**
     * Whether the platform's MBean server shows the scheduler, as a {@link SchedulerMXBean}, until it has terminated. By
     * default it does not. Needs the module {@code java.management}. If there is another of this name, or no such module,
     * the log says so.
     *
     * @param shown whether it does
     * @return this builder
     */
    public SchedulerBuilder jmx(boolean shown) {
        this.jmx = shown;
        return this;
    }

    /**
     * Has each task replaced by another that does something before and after it: the place to carry over a logging or
     * tracing context, and to put a {@code beforeExecute} or {@code afterExecute}. The decorator is called in the thread that
     * submits; what it returns runs in place of the task. By default tasks run as they are.
     *
     * <p>A task that waits for a future may run it itself, within its own decoration. So put back the context that was there
     * before, rather than to clear it.
     *
     * <p>What {@code submit} and {@code invokeAll} make of a task stays decorated when a worker runs it that waits for it. The
     * task that the decorator is given then never throws, as its exception goes to the future, which is done, or cancelled,
     * when the task returns. An exception of the decorator itself goes to
     * the submitter; one of the task that it returned, to the future or the handler. {@code shutdownNow} returns what the
     * decorator has returned, but futures as they are. What wraps a future of this scheduler in one of its own, as {@code
     * invokeAny} from outside and {@link java.util.concurrent.ExecutorCompletionService} do, has its tasks decorated twice.
     *
     * @param decorator given a task, returns the one to run, which must run the given one; called by any thread that submits
     * @return this builder
     * @throws NullPointerException if {@code decorator} is null
     */
    public SchedulerBuilder taskDecorator(UnaryOperator<Runnable> decorator) {
        this.taskDecorator = Objects.requireNonNull(decorator, "decorator");
        return this;
    }

    /**
     * Is told what a task threw that was given to {@code execute}, in the worker's thread, in place of the thread's own
     * handler. What it throws itself is logged. By default the thread's handler is told, and if nobody has set any, the log.
     *
     * @param handler the handler
     * @return this builder
     * @throws NullPointerException if {@code handler} is null
     */
    public SchedulerBuilder uncaughtExceptionHandler(Thread.UncaughtExceptionHandler handler) {
        this.uncaughtExceptionHandler = Objects.requireNonNull(handler, "handler");
        return this;
    }

    /**
     * Is run by each of the workers' threads before its first task. What it throws is logged.
     *
     * @param hook what to run
     * @return this builder
     * @throws NullPointerException if {@code hook} is null
     */
    public SchedulerBuilder onThreadStart(Runnable hook) {
        this.onThreadStart = Objects.requireNonNull(hook, "hook");
        return this;
    }

    /**
     * Is run by each of the workers' threads after its last task; before {@code awaitTermination} returns. What it throws
     * is logged. While it runs the thread still counts, and no other is made in its place. A thread that is about to end and
     * finds that it is needed after all, has both hooks run again.
     *
     * @param hook what to run
     * @return this builder
     * @throws NullPointerException if {@code hook} is null
     */
    public SchedulerBuilder onThreadStop(Runnable hook) {
        this.onThreadStop = Objects.requireNonNull(hook, "hook");
        return this;
    }

    /**
     * Builds a scheduler. It has no thread until it is given a task.
     *
     * @return a new scheduler
     */
    public WorkStealingScheduler build() {
        String chosenName = name != null ? name : "poolchain-" + UNNAMED.incrementAndGet();
        return new WorkStealingScheduler(new SchedulerOptions(
                chosenName,
                parallelism,
                threadFactory != null ? threadFactory : new WorkerThread.Factory(chosenName),
                keepAliveNanos,
                capacity,
                rejectionPolicy,
                localOrder,
                fairnessInterval,
                sampleOneIn,
                watchNanos,
                jmx,
                taskDecorator,
                uncaughtExceptionHandler,
                onThreadStart,
                onThreadStop));
    }

    private static int requireRange(String argument, int value, int from, int to) {
        if (value < from || value > to) {
            throw new IllegalArgumentException(argument + " must be from " + from + " to " + to + ", but was " + value);
        }
        return value;
    }
}
