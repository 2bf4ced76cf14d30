// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.binder.jvm.ExecutorServiceMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.poolchain.scheduler.SchedulerStats;
import io.poolchain.scheduler.TaskPath;
import io.poolchain.scheduler.TimeHistogram;
import io.poolchain.scheduler.WorkStealingScheduler;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** What Prometheus gets to see. */
class PrometheusTest {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    @Test
    void aScrapeShowsEachScheduler() throws Exception {
        try (WorkStealingScheduler orders = named("orders");
                WorkStealingScheduler bills = named("bills");
                SchedulerMetrics metricsOfOrders = new SchedulerMetrics(orders);
                SchedulerMetrics metricsOfBills = new SchedulerMetrics(bills)) {
            metricsOfOrders.bindTo(registry);
            metricsOfBills.bindTo(registry);
            stealOne(orders);
            orders.close();

            assertThat(registry.scrape().lines())
                    .contains(
                            "# HELP scheduler_steals_total Tasks that a worker took from another worker's chain",
                            "# TYPE scheduler_steals_total counter",
                            "scheduler_steals_total{name=\"orders\"} 1.0",
                            "scheduler_steals_total{name=\"bills\"} 0.0",
                            "# TYPE scheduler_tasks_queued_tasks gauge",
                            "scheduler_tasks_queued_tasks{name=\"orders\",queue=\"chains\"} 0.0",
                            "scheduler_tasks_dropped_tasks_total{name=\"orders\",reason=\"shutdown\"} 0.0",
                            "scheduler_workers{name=\"orders\"} 2.0",
                            "scheduler_workers_states_workers{name=\"orders\",state=\"no-thread\"} 2.0",
                            "executor_completed_tasks_total{name=\"orders\"} 2.0",
                            "executor_pool_max_threads{name=\"bills\"} 2.0");

            metricsOfOrders.close();
            assertThat(registry.scrape()).doesNotContain("name=\"orders\"").contains("name=\"bills\"");
        }
        assertThat(registry.scrape()).isEmpty();
    }

    @Test
    void aFixedThreadPoolMayShareTheRegistry() {
        ExecutorService fixed = Executors.newFixedThreadPool(1);
        try (WorkStealingScheduler orders = named("orders")) {
            ExecutorServiceMetrics.monitor(registry, fixed, "fixed");
            new SchedulerMetrics(orders).bindTo(registry);

            assertThat(registry.scrape().lines())
                    .contains(
                            "executor_pool_core_threads{name=\"fixed\"} 1.0",
                            "executor_pool_core_threads{name=\"orders\"} 2.0");
        } finally {
            fixed.shutdown();
        }
    }

    @Test
    void theTimesAreHistograms() throws Exception {
        WorkStealingScheduler orders = WorkStealingScheduler.builder()
                .name("orders")
                .parallelism(2)
                .sampleOneIn(1)
                .build();
        try (orders) {
            new SchedulerMetrics(orders).bindTo(registry);
            stealOne(orders);
        }
        String scrape = registry.scrape();
        assertThat(scrape.lines())
                .contains(
                        "# TYPE scheduler_tasks_wait_seconds histogram",
                        "# TYPE scheduler_tasks_run_seconds histogram",
                        "scheduler_tasks_wait_seconds_count{name=\"orders\",path=\"local\"} 0",
                        "scheduler_tasks_wait_seconds_count{name=\"orders\",path=\"stolen\"} 1",
                        "scheduler_tasks_wait_seconds_count{name=\"orders\",path=\"submitted\"} 1",
                        "scheduler_tasks_run_seconds_count{name=\"orders\",path=\"stolen\"} 1");
        SchedulerStats stats = orders.stats();
        assertShown(scrape, "scheduler_tasks_wait_seconds", stats.waitTimes());
        assertShown(scrape, "scheduler_tasks_run_seconds", stats.runTimes());
    }

    /** Each bucket, the count and the sum are those of the scheduler's own histograms. */
    private static void assertShown(String scrape, String name, Map<TaskPath, TimeHistogram> times) {
        times.forEach((path, histogram) -> {
            String tags = "{name=\"orders\",path=\"" + path.name().toLowerCase(Locale.ROOT) + "\"";
            long cumulated = 0;
            for (int bucket = 0; bucket < histogram.counts().size(); bucket++) {
                cumulated += histogram.counts().get(bucket);
                String bound = bucket < TimeHistogram.bounds().size()
                        ? Double.toString(TimeHistogram.bounds().get(bucket).toNanos() / 1e9)
                        : "+Inf";
                assertThat(scrape.lines()).contains(name + "_bucket" + tags + ",le=\"" + bound + "\"} " + cumulated);
            }
            assertThat(scrape.lines())
                    .contains(name + "_count" + tags + "} " + histogram.count())
                    .contains(name + "_sum" + tags + "} " + histogram.total().toNanos() / 1e9);
        });
    }

    private static void stealOne(WorkStealingScheduler scheduler) throws Exception {
        CountDownLatch stolen = new CountDownLatch(1);
        scheduler
                .submit(() -> {
                    scheduler.execute(stolen::countDown);
                    stolen.await(); // only the other worker can do it
                    return null;
                })
                .get();
    }

    private static WorkStealingScheduler named(String name) {
        return WorkStealingScheduler.builder().name(name).parallelism(2).build();
    }
}
