// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.workloads;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * Whether each task has run, and none twice. Each owns one bit and adds it when it runs; so the first that comes a second
 * time finds it there. 64 neighbours share a word, each word has a cache line, and the last bit of a word counts the
 * words: one atomic addition per task, on a line that few threads want at a time.
 */
final class Tally {
    private static final int BITS = Long.SIZE;
    private static final int WORDS_PER_LINE = 16; // and its neighbour, which the processor fetches with it

    /** After that something is lost, not late. */
    static final long PATIENCE_SECONDS = 60;

    private final int tasks;
    private final AtomicLongArray words;
    private final AtomicInteger unfilled;
    private final CountDownLatch all = new CountDownLatch(1);
    private volatile long result;
    private volatile @Nullable String fault;

    Tally(int tasks) {
        this.tasks = tasks;
        int used = (tasks + BITS - 1) / BITS;
        words = new AtomicLongArray(used * WORDS_PER_LINE);
        unfilled = new AtomicInteger(used);
    }

    /** This task, from 0 to below the number of tasks, has run. */
    void ran(int task) {
        long bit = 1L << task;
        long before = words.getAndAdd(task / BITS * WORDS_PER_LINE, bit);
        if ((before & bit) != 0) {
            fail("task " + task + " ran twice");
        } else if (before + bit == full(task / BITS) && unfilled.decrementAndGet() == 0) {
            all.countDown();
        }
    }

    private long full(int word) {
        int bits = Math.min(BITS, tasks - word * BITS);
        return -1L >>> (BITS - bits);
    }

    /** The only task has run, and this is what came out. */
    void result(long value) {
        result = value;
        ran(0);
    }

    long result() {
        return result;
    }

    void fail(String what) {
        fault = what;
        all.countDown();
    }

    /** Waits until all have run. */
    void await() throws InterruptedException {
        await(PATIENCE_SECONDS);
    }

    void await(long seconds) throws InterruptedException {
        boolean ended = all.await(seconds, TimeUnit.SECONDS);
        check();
        if (!ended) {
            throw new IllegalStateException(missing() + " of " + tasks + " tasks have not run");
        }
    }

    /** Fails if any task has run twice up to now. */
    void check() {
        String seen = fault;
        if (seen != null) {
            throw new IllegalStateException(seen);
        }
    }

    private int missing() {
        int ran = 0;
        for (int word = 0; word < words.length(); word += WORDS_PER_LINE) {
            ran += Long.bitCount(words.get(word));
        }
        return tasks - ran;
    }
}
