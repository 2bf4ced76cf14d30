// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.poolchain.scheduler.WorkStealingScheduler;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The meters of one scheduler: {@code new SchedulerMetrics(scheduler).bindTo(registry)}. docs/metrics.md lists them.
 *
 * <p>They cost the scheduler nothing until they are read; but for the timers, which are told the times of the tasks
 * that the scheduler measures ({@link io.poolchain.scheduler.SchedulerBuilder#sampleOneIn(int)}). Each read takes its own {@link WorkStealingScheduler#stats()},
 * so a meter shows whatever happened before it was read, and a counter never goes back.
 *
 * <p>All meters have the tag {@code name}, the name of the scheduler. As always in Micrometer, the first meter of a name
 * and tags stays: give schedulers that share a registry different names, or different tags. A registry for Prometheus
 * of an older Micrometer wants the same keys of tags on all of them, and on other executors whose {@code executor.*} meters
 * it has.
 *
 * <p>Neither a registry nor this object keeps a scheduler alive. When the program drops one, its counters stand still and
 * its gauges become NaN, until {@link #close()} removes them.
 *
 * <p>Thread-safe. No argument may be null.
 */
public final class SchedulerMetrics implements MeterBinder, AutoCloseable {
    private final WeakReference<WorkStealingScheduler> scheduler;
    private final Tags tags;

    /** Guarded by this, as is the next. */
    private boolean perWorker;

    private boolean openTelemetryNames;

    /** The meters that this object added to a registry and has not removed. Guarded by this. */
    private final List<Bound> bound = new ArrayList<>();

    /** The timers that the scheduler has been told to feed. Guarded by this. */
    private final List<TaskTimers> fed = new ArrayList<>();

    /**
     * Meters with no tags but {@code name} and their own.
     *
     * @param scheduler the scheduler to show
     * @throws NullPointerException if {@code scheduler} is null
     */
    public SchedulerMetrics(WorkStealingScheduler scheduler) {
        this(scheduler, Tags.empty());
    }

    /**
     * Meters with more tags.
     *
     * @param scheduler the scheduler to show
     * @param tags added to each meter; a tag {@code name} among them gives way to the scheduler's
     * @throws NullPointerException if an argument is null
     */
    public SchedulerMetrics(WorkStealingScheduler scheduler, Iterable<Tag> tags) {
        Objects.requireNonNull(scheduler, "scheduler");
        this.scheduler = new WeakReference<>(scheduler);
        this.tags = Tags.concat(Objects.requireNonNull(tags, "tags"), "name", scheduler.name());
    }

    /**
     * Adds the meters of each worker as well, from the next {@link #bindTo} on: eight, some of several series, for each
     * worker that there has been by then. Workers that come later by {@link WorkStealingScheduler#setParallelism} get
     * theirs at the next {@code bindTo}.
     *
     * @return this
     */
    public synchronized SchedulerMetrics perWorker() {
        perWorker = true;
        return this;
    }

    /**
     * Adds seven meters more, from the next {@link #bindTo} on: those of OpenTelemetry's draft for executors, {@code
     * jvm.executor.*}, with its tags {@code jvm.executor.name} and {@code jvm.executor.type}. While it is a draft their names
     * may change with it.
     *
     * @return this
     */
    public synchronized SchedulerMetrics openTelemetryNames() {
        openTelemetryNames = true;
        return this;
    }

    /**
     * Adds the meters to a registry. Those that it already has stay as they are, so a second call adds at most those of
     * workers that have come since ({@link #perWorker()}). May be
     * called for several registries, and again after {@link #close()}.
     *
     * @throws NullPointerException if {@code registry} is null
     * @throws RuntimeException whatever the registry or one of its filters throws; none of the meters stays in it then
     */
    @Override
    public synchronized void bindTo(MeterRegistry registry) {
        Objects.requireNonNull(registry, "registry");
        WorkStealingScheduler alive = scheduler.get();
        if (alive == null) {
            return;
        }
        Set<Meter> before = Collections.newSetFromMap(new IdentityHashMap<>()); // equal meters may not be the same
        before.addAll(registry.getMeters());
        try {
            bind(registry, alive, before);
        } catch (Throwable failure) {
            removeOurs(registry, before);
            throw failure;
        }
    }

    private void bind(MeterRegistry registry, WorkStealingScheduler alive, Set<Meter> before) {
        List<Meter> meters = SchedulerMeters.register(registry, alive, tags);
        if (perWorker) {
            meters.addAll(WorkerMeters.register(registry, alive, tags));
        }
        if (openTelemetryNames) {
            meters.addAll(SchedulerMeters.registerOpenTelemetry(registry, alive, tags));
        }
        List<Bound> added = new ArrayList<>();
        for (Meter meter : meters) {
            if (!before.contains(meter)) {
                added.add(new Bound(registry, meter));
            }
        }
        bindTimers(registry, alive, before);
        bound.addAll(added);
    }

    /** What came since, with our tags. */
    private void removeOurs(MeterRegistry registry, Set<Meter> before) {
        List<Tag> ours = tags.stream().toList();
        for (Meter meter : registry.getMeters()) {
            if (!before.contains(meter) && meter.getId().getTags().containsAll(ours)) {
                registry.remove(meter);
            }
        }
    }

    /** Timers that the registry had already are fed by whoever made them; those that it refuses, by nobody. */
    private void bindTimers(MeterRegistry registry, WorkStealingScheduler alive, Set<Meter> before) {
        TaskTimers timers = new TaskTimers(registry, tags);
        Set<Meter> now = Collections.newSetFromMap(new IdentityHashMap<>());
        now.addAll(registry.getMeters());
        timers.keepIf(timer -> now.contains(timer) && !before.contains(timer));
        List<Timer> added = timers.all();
        if (!added.isEmpty()) {
            added.forEach(timer -> bound.add(new Bound(registry, timer)));
            alive.addTimeListener(timers);
            fed.add(timers);
        }
    }

    /**
     * Removes the meters from every registry to which this object added them. Leaves the scheduler as it is. A second
     * call does nothing.
     */
    @Override
    public synchronized void close() {
        WorkStealingScheduler alive = scheduler.get();
        if (alive != null) {
            fed.forEach(alive::removeTimeListener);
        }
        fed.clear();
        bound.forEach(Bound::remove);
        bound.clear();
    }

    private record Bound(MeterRegistry registry, Meter meter) {
        void remove() {
            registry.remove(meter);
        }
    }
}
