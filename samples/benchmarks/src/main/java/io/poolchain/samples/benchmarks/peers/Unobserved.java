// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.peers;

import io.poolchain.scheduler.WorkStealingScheduler;

/** Ours, when nobody wants to know anything: no times are measured, no meters bound. See {@link Observed}. */
public final class Unobserved {
    private Unobserved() {}

    /** {@return a new scheduler} */
    public static WorkStealingScheduler newFixedThreadPool(int threads) {
        return WorkStealingScheduler.builder()
                .parallelism(threads)
                .sampleOneIn(0)
                .build();
    }
}
