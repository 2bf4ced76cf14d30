// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.demo;

// readme: imports
import io.micrometer.core.instrument.MeterRegistry;
import io.poolchain.scheduler.WorkStealingScheduler;
import io.poolchain.scheduler.metrics.SchedulerMetrics;
// readme: end
import java.util.concurrent.ExecutorService;

/** What the README shows first. */
final class QuickStart {
    private QuickStart() {}

    static ExecutorService swap(int n, MeterRegistry registry) {
        // readme: body
        // was: ExecutorService pool = Executors.newFixedThreadPool(n);
        WorkStealingScheduler pool = WorkStealingScheduler.newFixedThreadPool(n);
        new SchedulerMetrics(pool).bindTo(registry); // one line for metrics, whenever you like

        pool.execute(() -> System.out.println("Hello from a worker"));
        // readme: end
        return pool;
    }
}
