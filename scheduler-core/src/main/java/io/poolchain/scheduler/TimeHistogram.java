// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * How long something took, how often: a histogram with fixed buckets, two for each power of ten from 1 µs to 30 s.
 * Immutable.
 *
 * @param counts how many times fell into each bucket: element {@code i} counts those above {@code bounds().get(i - 1)} and
 *     up to {@code bounds().get(i)}; the last element, those above all bounds
 * @param total the sum of all times
 */
public record TimeHistogram(List<Long> counts, Duration total) {
    private static final long[] BOUNDS = {
        1_000L,
        3_000L,
        10_000L,
        30_000L,
        100_000L,
        300_000L,
        1_000_000L,
        3_000_000L,
        10_000_000L,
        30_000_000L,
        100_000_000L,
        300_000_000L,
        1_000_000_000L,
        3_000_000_000L,
        10_000_000_000L,
        30_000_000_000L
    };

    /** One more than there are bounds. */
    static final int BUCKETS = BOUNDS.length + 1;

    /**
     * Makes a histogram.
     *
     * @param counts one count for each bucket
     * @param total the sum of all times
     * @throws NullPointerException if an argument or one of the counts is null
     */
    public TimeHistogram {
        counts = List.copyOf(counts);
        Objects.requireNonNull(total, "total");
    }

    /** {@return the largest time of each bucket but the last, which has none; ascending} */
    public static List<Duration> bounds() {
        return Arrays.stream(BOUNDS).mapToObj(Duration::ofNanos).toList();
    }

    /** Which bucket a time belongs to. */
    static int bucketOf(long nanos) {
        int bucket = 0;
        while (bucket < BOUNDS.length && nanos > BOUNDS[bucket]) {
            bucket++;
        }
        return bucket;
    }

    /** {@return how many times were recorded} */
    public long count() {
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }
}
