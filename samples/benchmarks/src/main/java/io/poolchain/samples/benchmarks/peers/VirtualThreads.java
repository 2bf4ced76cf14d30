// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.peers;

import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A virtual thread for each task, on n carriers: since JDK 21, and with one n in the life of a JVM. */
public final class VirtualThreads {
    private static final String CARRIERS = "jdk.virtualThreadScheduler.parallelism";

    private VirtualThreads() {}

    static Optional<String> whyNot(int threads) {
        if (Runtime.version().feature() < 21) {
            return Optional.of("needs JDK 21");
        }
        return threads == Integer.getInteger(CARRIERS, threads)
                ? Optional.empty()
                : Optional.of("this JVM has another number of carriers");
    }

    /** {@return a new executor} */
    public static ExecutorService newFixedThreadPool(int threads) throws ReflectiveOperationException {
        System.setProperty(CARRIERS, Integer.toString(threads));
        System.setProperty("jdk.virtualThreadScheduler.maxPoolSize", Integer.toString(threads));
        return (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    }
}
