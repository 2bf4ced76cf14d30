// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.peers;

import java.util.concurrent.TimeUnit;
import kotlinx.coroutines.scheduling.CoroutineScheduler;

/** The scheduler below Kotlin's {@code Dispatchers.Default}, with n threads. */
public final class Kotlin {
    private Kotlin() {}

    /** {@return a new scheduler} */
    public static CoroutineScheduler newFixedThreadPool(int threads) {
        return new CoroutineScheduler(threads, threads, TimeUnit.SECONDS.toNanos(60), "DefaultDispatcher");
    }
}
