// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.poolchain.scheduler.TaskPath;
import io.poolchain.scheduler.TaskTimeListener;
import io.poolchain.scheduler.TimeHistogram;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The timers of the tasks that a scheduler measures. Micrometer takes no histogram that somebody else has counted, so the
 * times are recorded here once more, as they are measured; in return each registry makes of them what its system wants.
 */
final class TaskTimers implements TaskTimeListener {
    private final Map<TaskPath, Timer> waits;
    private final Map<TaskPath, Timer> runs;

    /** Makes the timers, unless the registry has them. */
    TaskTimers(MeterRegistry registry, Tags tags) {
        waits = timers(
                registry,
                tags,
                "scheduler.tasks.wait",
                "How long tasks waited, from submission to start; of those that were measured");
        runs = timers(registry, tags, "scheduler.tasks.run", "How long tasks ran; of those that were measured");
    }

    private static Map<TaskPath, Timer> timers(MeterRegistry registry, Tags tags, String name, String description) {
        Map<TaskPath, Timer> timers = new EnumMap<>(TaskPath.class);
        for (TaskPath path : TaskPath.values()) {
            timers.put(
                    path,
                    Timer.builder(name)
                            .tags(tags.and("path", SchedulerMeters.tagValue(path)))
                            .description(description)
                            .serviceLevelObjectives(TimeHistogram.bounds().toArray(Duration[]::new))
                            .register(registry));
        }
        return timers;
    }

    /** Before this is told of any time. */
    void keepIf(Predicate<Timer> wanted) {
        waits.values().removeIf(wanted.negate());
        runs.values().removeIf(wanted.negate());
    }

    List<Timer> all() {
        return Stream.of(waits, runs)
                .flatMap(timers -> timers.values().stream())
                .toList();
    }

    @Override
    public void waited(TaskPath path, long nanos) {
        record(waits, path, nanos);
    }

    @Override
    public void ran(TaskPath path, long nanos) {
        record(runs, path, nanos);
    }

    private static void record(Map<TaskPath, Timer> timers, TaskPath path, long nanos) {
        Timer timer = timers.get(path);
        if (timer != null) {
            timer.record(nanos, TimeUnit.NANOSECONDS);
        }
    }
}
