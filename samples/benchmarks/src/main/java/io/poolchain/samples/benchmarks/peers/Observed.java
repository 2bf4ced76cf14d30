// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.peers;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.poolchain.scheduler.WorkStealingScheduler;
import io.poolchain.scheduler.metrics.SchedulerMetrics;
import java.util.concurrent.TimeUnit;

/**
 * Ours as it is in production: times measured as by default, all meters bound, and a scrape each second. What that costs is
 * its difference to {@link Unobserved}.
 */
public final class Observed {
    private Observed() {}

    /** {@return a new scheduler, scraped until it has terminated} */
    public static WorkStealingScheduler newFixedThreadPool(int threads) {
        WorkStealingScheduler scheduler = WorkStealingScheduler.newFixedThreadPool(threads);
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new SchedulerMetrics(scheduler).perWorker().bindTo(registry);
        Thread scraper = new Thread(() -> scrape(scheduler, registry), "scraper");
        scraper.setDaemon(true);
        scraper.start();
        return scheduler;
    }

    private static void scrape(WorkStealingScheduler scheduler, PrometheusMeterRegistry registry) {
        try {
            while (!scheduler.awaitTermination(1, TimeUnit.SECONDS)) {
                registry.scrape();
            }
        } catch (InterruptedException e) {
            // Nobody does that; the thread ends.
        }
    }
}
