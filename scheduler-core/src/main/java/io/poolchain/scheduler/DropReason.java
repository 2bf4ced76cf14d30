// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

/** Why a task was refused, or was accepted and will never run. */
public enum DropReason {
    /** Refused, because the scheduler held as many tasks as it may. An unbounded scheduler never does this. */
    CAPACITY,
    /** Refused, because the scheduler was shut down. */
    SHUTDOWN,
    /** Accepted, then returned unstarted by {@link WorkStealingScheduler#shutdownNow()}. */
    DISCARDED
}
