// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.poolchain.scheduler.WorkStealingScheduler;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is added to a registry, what is removed, and who keeps whom alive. */
class SchedulerMetricsTest {
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final WorkStealingScheduler scheduler = named("orders");
    private final SchedulerMetrics metrics = new SchedulerMetrics(scheduler);

    @AfterEach
    void end() {
        scheduler.close();
    }

    @Test
    void everyMeterHasTheNameAUnitAndADescription() {
        metrics.bindTo(registry);

        assertThat(registry.getMeters()).isNotEmpty().allSatisfy(meter -> {
            assertThat(meter.getId().getTag("name")).isEqualTo("orders");
            if (meter.getId().syntheticAssociation() == null) { // what a registry makes of ours is its own matter
                assertThat(meter.getId().getBaseUnit()).isNotBlank();
                assertThat(meter.getId().getDescription()).isNotBlank();
            }
        });
    }

    @Test
    void moreTagsAreAddedToEveryMeter() {
        new SchedulerMetrics(scheduler, Tags.of("team", "sales", "name", "ignored")).bindTo(registry);

        assertThat(registry.getMeters())
                .isNotEmpty()
                .allSatisfy(meter -> assertThat(meter.getId().getTags())
                        .contains(Tag.of("team", "sales"), Tag.of("name", "orders")));
    }

    @Test
    void closeRemovesTheMetersAndNothingElse() {
        registry.counter("other");
        metrics.bindTo(registry);
        metrics.close();
        metrics.close();

        assertThat(registry.getMeters())
                .extracting(meter -> meter.getId().getName())
                .containsExactly("other");
        assertThat(scheduler.isShutdown()).isFalse();
    }

    @Test
    void aSecondBindingDoesNotCountTimesTwiceThoughAFilterDeniesSome() throws Exception {
        try (WorkStealingScheduler measured =
                WorkStealingScheduler.builder().name("measured").sampleOneIn(1).build()) {
            registry.config().meterFilter(MeterFilter.denyNameStartsWith("scheduler.tasks.run"));
            SchedulerMetrics twice = new SchedulerMetrics(measured);
            twice.bindTo(registry);
            twice.perWorker().bindTo(registry);
            measured.submit(() -> {}).get();

            assertThat(registry.find("scheduler.tasks.wait").timers())
                    .extracting(Timer::count)
                    .containsOnlyOnce(1L)
                    .allMatch(count -> count <= 1);
        }
    }

    /** And the scheduler does not notice. */
    @Test
    void aRegistryThatThrowsKeepsNoneOfTheMeters() throws Exception {
        registry.counter("other");
        AtomicInteger meters = new AtomicInteger();
        registry.config().meterFilter(new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                if (meters.incrementAndGet() == 10) {
                    throw new IllegalStateException("no more than nine");
                }
                return id;
            }
        });
        assertThatIllegalStateException()
                .isThrownBy(() -> metrics.bindTo(registry))
                .withMessage("no more than nine");

        assertThat(registry.getMeters())
                .extracting(meter -> meter.getId().getName())
                .containsExactly("other");
        assertThat(scheduler.submit(() -> 1).get()).isEqualTo(1);

        metrics.bindTo(registry);
        assertThat(registry.getMeters()).hasSizeGreaterThan(10);
    }

    @Test
    void canBeBoundTwiceAndAfterClose() {
        metrics.bindTo(registry);
        int meters = registry.getMeters().size();
        metrics.bindTo(registry);
        assertThat(registry.getMeters()).hasSize(meters);

        metrics.close();
        assertThat(registry.getMeters()).isEmpty();

        metrics.bindTo(registry);
        assertThat(registry.getMeters()).hasSize(meters);
    }

    @Test
    void timersAreFedOnceAndNoLongerAfterClose() throws Exception {
        try (WorkStealingScheduler measured = WorkStealingScheduler.builder()
                        .name("measured")
                        .sampleOneIn(1)
                        .build();
                SchedulerMetrics metricsOfMeasured = new SchedulerMetrics(measured)) {
            metricsOfMeasured.bindTo(registry);
            metricsOfMeasured.bindTo(registry);
            Timer waits = registry.get("scheduler.tasks.wait")
                    .tag("path", "submitted")
                    .timer();
            measured.submit(() -> {}).get();
            assertThat(waits.count()).isEqualTo(1);

            metricsOfMeasured.close();
            measured.submit(() -> {}).get();
            assertThat(waits.count()).isEqualTo(1);

            metricsOfMeasured.bindTo(registry);
            measured.submit(() -> {}).get();
            assertThat(registry.get("scheduler.tasks.wait")
                            .tag("path", "submitted")
                            .timer()
                            .count())
                    .isEqualTo(1);
        }
    }

    @Test
    void workersHaveMetersIfAskedForAndNewOnesAtTheNextBind() {
        metrics.bindTo(registry);
        assertThat(registry.find("scheduler.worker.tasks").meters()).isEmpty();

        metrics.perWorker().bindTo(registry);
        assertThat(registry.find("scheduler.worker.tasks").meters()).hasSize(2);
        scheduler.setParallelism(3);
        metrics.bindTo(registry);
        assertThat(registry.find("scheduler.worker.tasks").meters()).hasSize(3);

        metrics.close();
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void canBeBoundToSeveralRegistries() {
        MeterRegistry second = new SimpleMeterRegistry();
        metrics.bindTo(registry);
        metrics.bindTo(second);
        assertThat(second.getMeters()).hasSameSizeAs(registry.getMeters());

        metrics.close();
        assertThat(registry.getMeters()).isEmpty();
        assertThat(second.getMeters()).isEmpty();
    }

    @Test
    void bindsThroughACompositeToItsMembers() {
        CompositeMeterRegistry composite = new CompositeMeterRegistry();
        composite.add(registry);
        metrics.bindTo(composite);
        MeterRegistry late = new SimpleMeterRegistry();
        composite.add(late);
        scheduler.execute(() -> {});

        assertThat(submitted(composite, "orders")).isEqualTo(1);
        assertThat(submitted(registry, "orders")).isEqualTo(1);
        assertThat(submitted(late, "orders")).isEqualTo(1);

        metrics.close();
        assertThat(composite.getMeters()).isEmpty();
        assertThat(registry.getMeters()).isEmpty();
        assertThat(late.getMeters()).isEmpty();
    }

    @Test
    void respectsTheFiltersOfTheRegistry() {
        registry.config().commonTags("host", "a").meterFilter(MeterFilter.denyNameStartsWith("executor"));
        metrics.bindTo(registry);
        assertThat(registry.getMeters()).isNotEmpty().allSatisfy(meter -> {
            assertThat(meter.getId().getName()).startsWith("scheduler.");
            assertThat(meter.getId().getTag("host")).isEqualTo("a");
        });

        metrics.close();
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void schedulersWithDifferentNamesShareARegistry() {
        try (WorkStealingScheduler bills = named("bills");
                SchedulerMetrics metricsOfBills = new SchedulerMetrics(bills)) {
            metrics.bindTo(registry);
            metricsOfBills.bindTo(registry);
            bills.execute(() -> {});

            assertThat(submitted(registry, "orders")).isZero();
            assertThat(submitted(registry, "bills")).isEqualTo(1);
        }
        assertThat(registry.getMeters())
                .isNotEmpty()
                .allSatisfy(meter -> assertThat(meter.getId().getTag("name")).isEqualTo("orders"));
    }

    @Test
    void theFirstOfTwoSchedulersWithOneNameKeepsItsMeters() {
        try (WorkStealingScheduler twin = named("orders");
                SchedulerMetrics metricsOfTwin = new SchedulerMetrics(twin)) {
            metrics.bindTo(registry);
            metricsOfTwin.bindTo(registry);
            scheduler.execute(() -> {});

            assertThat(submitted(registry, "orders")).isEqualTo(1);
        }
        assertThat(submitted(registry, "orders")).isEqualTo(1);
    }

    @Test
    void schedulersWithOneNameCanBeToldApartByTags() {
        try (WorkStealingScheduler twin = named("orders")) {
            metrics.bindTo(registry);
            int meters = registry.getMeters().size();
            new SchedulerMetrics(twin, Tags.of("region", "north")).bindTo(registry);

            assertThat(registry.getMeters()).hasSize(2 * meters);
        }
    }

    @Test
    void aRegistryDoesNotKeepASchedulerAlive() {
        Dropped dropped = bindAndDrop();
        awaitCollected(dropped.scheduler());

        assertThat(submitted(registry, "dropped")).isEqualTo(1);
        assertThat(workers("dropped")).isNaN();

        dropped.metrics().bindTo(new SimpleMeterRegistry());
        dropped.metrics().close();
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void theSchedulerAloneKeepsItsMetersGoing() {
        awaitCollected(bindAndForget(scheduler));
        scheduler.execute(() -> {});

        assertThat(submitted(registry, "orders")).isEqualTo(1);
        assertThat(workers("orders")).isEqualTo(2);
    }

    @Test
    @SuppressWarnings({"DataFlowIssue", "resource"})
    void refusesNull() {
        assertThatNullPointerException()
                .isThrownBy(() -> new SchedulerMetrics(null))
                .withMessage("scheduler");
        assertThatNullPointerException()
                .isThrownBy(() -> new SchedulerMetrics(scheduler, null))
                .withMessage("tags");
        assertThatNullPointerException().isThrownBy(() -> metrics.bindTo(null)).withMessage("registry");
    }

    // ---- vocabulary

    private record Dropped(WeakReference<?> scheduler, SchedulerMetrics metrics) {}

    private Dropped bindAndDrop() {
        WorkStealingScheduler dropped = named("dropped");
        SchedulerMetrics metricsOfDropped = new SchedulerMetrics(dropped);
        metricsOfDropped.bindTo(registry);
        dropped.execute(() -> {});
        dropped.close();
        assertThat(submitted(registry, "dropped")).isEqualTo(1);
        assertThat(workers("dropped")).isEqualTo(2);
        return new Dropped(new WeakReference<>(dropped), metricsOfDropped);
    }

    private WeakReference<?> bindAndForget(WorkStealingScheduler kept) {
        SchedulerMetrics forgotten = new SchedulerMetrics(kept);
        forgotten.bindTo(registry);
        return new WeakReference<>(forgotten);
    }

    private static void awaitCollected(WeakReference<?> reference) {
        await().until(() -> {
            System.gc();
            return reference.get() == null;
        });
    }

    private static WorkStealingScheduler named(String name) {
        return WorkStealingScheduler.builder().name(name).parallelism(2).build();
    }

    private static double submitted(MeterRegistry registry, String name) {
        return registry.get("scheduler.tasks.submitted")
                .tags("name", name, "source", "outside")
                .functionCounter()
                .count();
    }

    private double workers(String name) {
        return registry.get("scheduler.workers").tag("name", name).gauge().value();
    }
}
