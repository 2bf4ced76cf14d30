// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.workloads;

import org.openjdk.jmh.infra.Blackhole;

/**
 * Work for a processor, in JMH's tokens. How many make a microsecond is measured once and told to all JVMs of a
 * comparison, so that all have the same work.
 */
public final class Work {
    /** The system property that tells. */
    public static final String TOKENS_PER_MICRO = "benchmarks.tokensPerMicro";

    private static final long TOKENS = Long.getLong(TOKENS_PER_MICRO, 400);
    private static final int ROUNDS = 50;
    private static final int ROUND = 100_000;

    private Work() {}

    /** Works for about so long, if nothing gets in the way. */
    public static void micros(int micros) {
        if (micros > 0) {
            Blackhole.consumeCPU(micros * TOKENS);
        }
    }

    /** {@return how many tokens make a microsecond here: by the fastest of many rounds} */
    public static long calibrate() {
        long fastest = Long.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            Blackhole.consumeCPU(ROUND);
            fastest = Math.min(fastest, System.nanoTime() - start);
        }
        return 1_000L * ROUND / fastest;
    }
}
