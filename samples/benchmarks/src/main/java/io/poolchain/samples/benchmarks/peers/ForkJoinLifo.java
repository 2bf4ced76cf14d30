// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.peers;

import java.util.concurrent.ForkJoinPool;

/** The JDK's work-stealing pool as {@code new ForkJoinPool(n)} makes it: a worker's newest task first. */
public final class ForkJoinLifo {
    private ForkJoinLifo() {}

    /** {@return a new pool} */
    public static ForkJoinPool newFixedThreadPool(int threads) {
        return new ForkJoinPool(threads);
    }
}
