// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.poolchain.scheduler.WorkStealingScheduler;
import io.poolchain.scheduler.WorkerStats;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * The meters of one worker. Each read asks for that worker alone: a snapshot of all, read by the meters of each, would make
 * a scrape quadratic in the workers.
 */
final class WorkerMeters {
    private final MeterRegistry registry;
    private final WorkStealingScheduler scheduler;
    private final Tags tags;
    private final int worker;
    private final List<Meter> meters = new ArrayList<>();

    private WorkerMeters(MeterRegistry registry, WorkStealingScheduler scheduler, Tags tags, int worker) {
        this.registry = registry;
        this.scheduler = scheduler;
        this.tags = tags.and("worker", Integer.toString(worker));
        this.worker = worker;
    }

    /** Those of every worker that there has been so far. Returns the registry's meters, be they new or not. */
    static List<Meter> register(MeterRegistry registry, WorkStealingScheduler scheduler, Tags tags) {
        List<Meter> meters = new ArrayList<>();
        for (WorkerStats worker : scheduler.stats().workers()) {
            meters.addAll(new WorkerMeters(registry, scheduler, tags, worker.index()).register());
        }
        return meters;
    }

    private List<Meter> register() {
        counter(
                "scheduler.worker.tasks",
                BaseUnits.TASKS,
                "Tasks that the worker ran to their end, normally or by an exception",
                WorkerStats::completed);
        counter(
                "scheduler.worker.steals",
                SchedulerMeters.STEALS,
                "Tasks that the worker took from another worker's chain",
                WorkerStats::steals);
        counter(
                "scheduler.worker.steals.failed",
                SchedulerMeters.ATTEMPTS,
                "The worker's visits to another worker's chain that found nothing to take",
                WorkerStats::failedSteals);
        counter(
                "scheduler.worker.stolen",
                BaseUnits.TASKS,
                "Tasks that other workers took from the worker's chain",
                WorkerStats::stolen);
        gauge("scheduler.worker.queued", BaseUnits.TASKS, "Tasks that wait in the worker's chain", WorkerStats::queued);
        gauge(
                "scheduler.worker.chain.capacity",
                SchedulerMeters.SLOTS,
                "Slots in the rings of the worker's chain",
                WorkerStats::chainCapacity);
        gauge(
                "scheduler.worker.busy",
                "ratio",
                "The share of its thread's life in which the worker did not sleep",
                WorkerStats::busyRatio);
        parked();
        return meters;
    }

    private void parked() {
        int index = worker; // the function must not refer to this, nor to the scheduler
        meters.add(FunctionTimer.builder(
                        "scheduler.worker.parked",
                        scheduler,
                        observed -> observed.stats(index).parks(),
                        observed -> observed.stats(index).parkedNanos(),
                        TimeUnit.NANOSECONDS)
                .tags(tags)
                .description("How often and how long the worker slept for want of tasks")
                .register(registry));
    }

    private void counter(String name, String unit, String description, ToDoubleFunction<WorkerStats> figure) {
        int index = worker;
        meters.add(FunctionCounter.builder(name, scheduler, observed -> figure.applyAsDouble(observed.stats(index)))
                .tags(tags)
                .description(description)
                .baseUnit(unit)
                .register(registry));
    }

    private void gauge(String name, String unit, String description, ToDoubleFunction<WorkerStats> figure) {
        int index = worker;
        meters.add(Gauge.builder(name, scheduler, observed -> figure.applyAsDouble(observed.stats(index)))
                .tags(tags)
                .description(description)
                .baseUnit(unit)
                .register(registry));
    }
}
