// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

/** Why a task was refused, or was accepted and will never run. */
public enum DropReason {
    /** Refused by an exception, because there was no room. A scheduler without a bound never does this. */
    CAPACITY,
    /** Refused, because the scheduler was shut down; by an exception, unless its policy is one that discards. */
    SHUTDOWN,
    /**
     * Accepted, then returned unstarted by {@link WorkStealingScheduler#shutdownNow()} or thrown away by a policy. Also the
     * empty place in the queue of a future that a worker has run which waited for it, if it went the same way.
     */
    DISCARDED
}
