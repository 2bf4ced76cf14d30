// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.poolchain.scheduler.DropReason;
import io.poolchain.scheduler.SchedulerStats;
import io.poolchain.scheduler.WorkStealingScheduler;
import io.poolchain.scheduler.WorkerStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The list of meters: what docs/metrics.md says, in code.
 *
 * <p>Each read of a meter takes its own snapshot. Micrometer does not tell a binder where a scrape begins, so meters could
 * share one only for some time, in which a test or an alert would see a figure from before the work that it has just seen
 * done. Little would be gained: the some 30 snapshots of a scrape of a busy scheduler took about 0.05 ms with 8 workers and
 * 4 ms with 1,000, on JDK 17 and 2 processors.
 */
final class SchedulerMeters {
    static final String ATTEMPTS = "attempts";
    private static final String PARKS = "parks";
    private static final String RINGS = "rings";
    private static final String SECONDS = "seconds";
    static final String SLOTS = "slots";
    static final String STEALS = "steals";
    private static final String WAKEUPS = "wakeups";
    private static final String WORKERS = "workers";

    private static final double NANOS_PER_SECOND = 1e9;

    private final MeterRegistry registry;
    private final WorkStealingScheduler scheduler;
    private final Tags tags;
    private final List<Meter> meters = new ArrayList<>();

    private SchedulerMeters(MeterRegistry registry, WorkStealingScheduler scheduler, Tags tags) {
        this.registry = registry;
        this.scheduler = scheduler;
        this.tags = tags;
    }

    /** Returns the registry's meters of these names and tags, be they new or not. */
    static List<Meter> register(MeterRegistry registry, WorkStealingScheduler scheduler, Tags tags) {
        SchedulerMeters meters = new SchedulerMeters(registry, scheduler, tags);
        meters.tasks();
        meters.steals();
        meters.chains();
        meters.workers();
        meters.times();
        meters.executor();
        return meters.meters;
    }

    /** As {@link #register}, those of OpenTelemetry's names. */
    static List<Meter> registerOpenTelemetry(MeterRegistry registry, WorkStealingScheduler scheduler, Tags tags) {
        Tags executor = tags.and(
                "jvm.executor.name", scheduler.name(), "jvm.executor.type", WorkStealingScheduler.class.getName());
        SchedulerMeters meters = new SchedulerMeters(registry, scheduler, executor);
        meters.openTelemetry();
        return meters.meters;
    }

    private void tasks() {
        String submitted = "Tasks accepted, by whether a worker or another thread submitted them";
        counter(
                "scheduler.tasks.submitted",
                BaseUnits.TASKS,
                submitted,
                SchedulerStats::submittedOutside,
                "source",
                "outside");
        counter(
                "scheduler.tasks.submitted",
                BaseUnits.TASKS,
                submitted,
                sum(WorkerStats::submitted),
                "source",
                "worker");
        counter(
                "scheduler.tasks.completed",
                BaseUnits.TASKS,
                "Tasks that ran to their end, normally or by an exception",
                SchedulerStats::completed);
        counter(
                "scheduler.tasks.failed",
                BaseUnits.TASKS,
                "Tasks whose run method threw an exception; a future that keeps its exception does not count",
                SchedulerStats::failed);
        for (DropReason reason : DropReason.values()) {
            counter(
                    "scheduler.tasks.dropped",
                    BaseUnits.TASKS,
                    "Tasks that were refused, or were accepted and will never run",
                    stats -> stats.dropped(reason),
                    "reason",
                    tagValue(reason));
        }
        String queued = "Tasks that wait to be started, by where they wait";
        gauge(
                "scheduler.tasks.queued",
                BaseUnits.TASKS,
                queued,
                SchedulerStats::submissionQueueDepth,
                "queue",
                "submission");
        gauge("scheduler.tasks.queued", BaseUnits.TASKS, queued, sum(WorkerStats::queued), "queue", "chains");
    }

    private void steals() {
        counter(
                "scheduler.steals",
                STEALS,
                "Tasks that a worker took from another worker's chain",
                SchedulerStats::steals);
        counter(
                "scheduler.steals.failed",
                ATTEMPTS,
                "Visits to another worker's chain that found nothing to take",
                SchedulerStats::failedSteals);
    }

    private void chains() {
        counter(
                "scheduler.chain.growth",
                RINGS,
                "Rings added to a queue because its newest was full",
                SchedulerStats::chainGrowth);
        counter("scheduler.chain.drops", RINGS, "Drained rings unlinked from a queue", SchedulerStats::ringDrops);
        String capacity = "Slots in the rings of the queues, by queue";
        gauge(
                "scheduler.chain.capacity",
                SLOTS,
                capacity,
                SchedulerStats::submissionQueueCapacity,
                "queue",
                "submission");
        gauge("scheduler.chain.capacity", SLOTS, capacity, sum(WorkerStats::chainCapacity), "queue", "chains");
    }

    private void workers() {
        gauge("scheduler.workers", WORKERS, "The largest number of workers", SchedulerStats::parallelism);
        for (WorkerStats.State state : WorkerStats.State.values()) {
            gauge(
                    "scheduler.workers.states",
                    WORKERS,
                    "Workers, by what they are doing",
                    stats -> stats.workers().stream()
                            .filter(worker -> worker.state() == state)
                            .count(),
                    "state",
                    tagValue(state));
        }
        counter("scheduler.parks", PARKS, "Times a worker went to sleep for want of tasks", SchedulerStats::parks);
        counter(
                "scheduler.wakeups",
                WAKEUPS,
                "Times a sleeping worker was woken because there might be a task",
                SchedulerStats::wakeups);
        counter(
                "scheduler.wakeups.useless",
                WAKEUPS,
                "Wake-ups after which the worker found no task",
                SchedulerStats::uselessWakeups);
    }

    /** Two counters, for the share of time in which the workers slept in any interval. */
    private void times() {
        counter(
                "scheduler.workers.thread.time",
                SECONDS,
                "How long the workers have had threads, all together",
                stats -> stats.threadNanos() / NANOS_PER_SECOND);
        counter(
                "scheduler.workers.parked.time",
                SECONDS,
                "How long of that they slept for want of tasks",
                stats -> stats.parkedNanos() / NANOS_PER_SECOND);
    }

    /** As Micrometer's own meters of a ThreadPoolExecutor, to the letter, for the dashboards that exist. */
    private void executor() {
        counter(
                "executor.completed",
                BaseUnits.TASKS,
                "The approximate total number of tasks that have completed execution",
                SchedulerStats::completed);
        gauge(
                "executor.active",
                BaseUnits.THREADS,
                "The approximate number of threads that are actively executing tasks",
                SchedulerStats::activeWorkers);
        gauge(
                "executor.queued",
                BaseUnits.TASKS,
                "The approximate number of tasks that are queued for execution",
                SchedulerStats::queued);
        gauge(
                "executor.queue.remaining",
                BaseUnits.TASKS,
                "The number of additional elements that this queue can ideally accept without blocking",
                stats -> Math.max(0, stats.capacity() - stats.queued()));
        gauge(
                "executor.pool.size",
                BaseUnits.THREADS,
                "The current number of threads in the pool",
                SchedulerStats::poolSize);
        gauge(
                "executor.pool.core",
                BaseUnits.THREADS,
                "The core number of threads for the pool",
                SchedulerStats::parallelism);
        gauge(
                "executor.pool.max",
                BaseUnits.THREADS,
                "The maximum allowed number of threads in the pool",
                SchedulerStats::parallelism);
    }

    /**
     * The names of OpenTelemetry's draft, semantic-conventions#3970 as of September 2026. Its units are annotations, which
     * its mapping to Prometheus leaves out; so they have none here.
     */
    private void openTelemetry() {
        String threads = "Threads, by whether they run a task";
        String state = "jvm.executor.thread.state";
        gauge("jvm.executor.thread.count", null, threads, SchedulerStats::activeWorkers, state, "active");
        gauge(
                "jvm.executor.thread.count",
                null,
                threads,
                stats -> Math.max(0, stats.poolSize() - stats.activeWorkers()),
                state,
                "idle");
        gauge("jvm.executor.thread.core", null, "How many threads are kept", SchedulerStats::parallelism);
        gauge("jvm.executor.thread.limit", null, "How many threads there may be", SchedulerStats::parallelism);
        gauge("jvm.executor.queue.size", null, "Tasks that wait to be started", SchedulerStats::queued);
        if (scheduler.stats().capacity() < Integer.MAX_VALUE) { // the draft has none for a queue without a bound
            gauge("jvm.executor.queue.capacity", null, "How many tasks may wait", SchedulerStats::capacity);
        }
        counter("jvm.executor.task.completed", null, "Tasks that ran to their end", SchedulerStats::completed);
        counter(
                "jvm.executor.task.rejected",
                null,
                "Tasks that were refused",
                stats -> stats.dropped(DropReason.CAPACITY) + stats.dropped(DropReason.SHUTDOWN));
    }

    // ---- registration; the functions must not refer to the scheduler, which the registry holds weakly

    private void counter(
            String name,
            @Nullable String unit,
            String description,
            ToDoubleFunction<SchedulerStats> figure,
            String... moreTags) {
        meters.add(FunctionCounter.builder(name, scheduler, observed -> figure.applyAsDouble(observed.stats()))
                .tags(tags.and(moreTags))
                .description(description)
                .baseUnit(unit)
                .register(registry));
    }

    private void gauge(
            String name,
            @Nullable String unit,
            String description,
            ToDoubleFunction<SchedulerStats> figure,
            String... moreTags) {
        meters.add(Gauge.builder(name, scheduler, observed -> figure.applyAsDouble(observed.stats()))
                .tags(tags.and(moreTags))
                .description(description)
                .baseUnit(unit)
                .register(registry));
    }

    private static ToDoubleFunction<SchedulerStats> sum(ToLongFunction<WorkerStats> figure) {
        return stats -> stats.workers().stream().mapToLong(figure).sum();
    }

    static String tagValue(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
