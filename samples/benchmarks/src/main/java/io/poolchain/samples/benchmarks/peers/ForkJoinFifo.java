// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.peers;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The JDK's work-stealing pool in asynchronous mode: a worker's oldest task first. */
public final class ForkJoinFifo {
    private ForkJoinFifo() {}

    /** {@return a new pool} */
    public static ExecutorService newFixedThreadPool(int threads) {
        return Executors.newWorkStealingPool(threads);
    }
}
