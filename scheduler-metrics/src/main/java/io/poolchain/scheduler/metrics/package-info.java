// SPDX-License-Identifier: Apache-2.0

/**
 * Shows what a scheduler is doing in any monitoring system that Micrometer knows. Start at {@link
 * io.poolchain.scheduler.metrics.SchedulerMetrics}.
 */
@NullMarked
package io.poolchain.scheduler.metrics;

import org.jspecify.annotations.NullMarked;
