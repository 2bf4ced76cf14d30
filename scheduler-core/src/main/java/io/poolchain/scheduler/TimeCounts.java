// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** The counts behind a {@link TimeHistogram}. As those of {@link WorkerCounters}, with one writer, which takes no lock. */
final class TimeCounts {
    private final long[] counts = new long[TimeHistogram.BUCKETS];
    private long totalNanos;

    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle TOTAL_NANOS = ConstantBootstraps.fieldVarHandle(
            MethodHandles.lookup(), "totalNanos", VarHandle.class, TimeCounts.class, long.class);

    /** For the writer only. */
    void record(long nanos) {
        TOTAL_NANOS.setRelease(this, totalNanos + nanos); // first: the total is never short of what the counts say
        int bucket = TimeHistogram.bucketOf(nanos);
        COUNT.setRelease(counts, bucket, counts[bucket] + 1);
    }

    long count(int bucket) {
        return (long) COUNT.getAcquire(counts, bucket);
    }

    long totalNanos() {
        return (long) TOTAL_NANOS.getAcquire(this);
    }
}
