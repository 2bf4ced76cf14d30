// SPDX-License-Identifier: Apache-2.0

/** Micrometer meters for the work-stealing task scheduler. */
module io.poolchain.scheduler.metrics {
    requires transitive io.poolchain.scheduler;
    requires transitive micrometer.core;
    requires static org.jspecify;

    exports io.poolchain.scheduler.metrics;
}
