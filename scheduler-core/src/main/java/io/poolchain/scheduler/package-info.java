// SPDX-License-Identifier: Apache-2.0

/**
 * A work-stealing task scheduler, and the figures that show what it is doing. Start at {@link
 * io.poolchain.scheduler.WorkStealingScheduler}.
 */
@NullMarked
package io.poolchain.scheduler;

import org.jspecify.annotations.NullMarked;
