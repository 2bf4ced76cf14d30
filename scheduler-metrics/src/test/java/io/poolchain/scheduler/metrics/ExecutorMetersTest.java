// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ExecutorServiceMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.poolchain.scheduler.WorkStealingScheduler;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Dashboards for {@code Executors.newFixedThreadPool} find the same meters with the same values. */
class ExecutorMetersTest {
    @Test
    void areThoseOfAFixedThreadPool() throws InterruptedException {
        MeterRegistry expected = new SimpleMeterRegistry();
        MeterRegistry actual = new SimpleMeterRegistry();
        ExecutorService fixed = Executors.newFixedThreadPool(1);
        WorkStealingScheduler scheduler =
                WorkStealingScheduler.builder().name("orders").parallelism(1).build();
        ExecutorServiceMetrics.monitor(expected, fixed, "orders");
        new SchedulerMetrics(scheduler).bindTo(actual);
        assertSame(expected, actual);

        Gate gate = new Gate();
        submit(fixed, gate);
        Gate ourGate = new Gate();
        submit(scheduler, ourGate);
        assertSame(expected, actual);

        gate.open();
        fixed.shutdown();
        assertThat(fixed.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        ourGate.open();
        scheduler.close();
        assertSame(expected, actual);
    }

    private static void submit(Executor executor, Gate gate) throws InterruptedException {
        executor.execute(gate);
        gate.awaitReached();
        for (int i = 0; i < 3; i++) {
            executor.execute(() -> {});
        }
    }

    private static void assertSame(MeterRegistry expected, MeterRegistry actual) {
        assertThat(executorMeters(actual)).isNotEmpty().containsExactlyInAnyOrderElementsOf(executorMeters(expected));
    }

    /** Without the timers, which belong to the wrapper that {@code monitor} returns and not to the pool. */
    private static List<Shown> executorMeters(MeterRegistry registry) {
        return registry.getMeters().stream()
                .filter(meter -> meter.getId().getName().startsWith("executor"))
                .filter(meter -> !(meter instanceof Timer))
                .map(Shown::of)
                .toList();
    }

    private record Shown(String name, Meter.Type type, String unit, String description, List<Tag> tags, double value) {
        static Shown of(Meter meter) {
            Meter.Id id = meter.getId();
            double value = meter.measure().iterator().next().getValue();
            return new Shown(id.getName(), id.getType(), id.getBaseUnit(), id.getDescription(), id.getTags(), value);
        }
    }
}
