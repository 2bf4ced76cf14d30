// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

/**
 * The arithmetic of the one word behind {@link IdleWorkers}: pure functions on a {@code long}.
 *
 * <pre>
 *   63            32 31            16 15             0
 *  +----------------+----------------+----------------+
 *  |    version     |   searching    |      top       |
 *  +----------------+----------------+----------------+
 * </pre>
 *
 * <ul>
 *   <li><b>top</b>: the sleeping worker on top of the stack, plus one; 0 if nobody sleeps.
 *   <li><b>searching</b>: how many workers look for a task.
 *   <li><b>version</b>: counts the pushes, so that a stack that changed and changed back is not taken for unchanged.
 *       Overflows harmlessly.
 * </ul>
 */
final class IdleCounters {
    /** What {@link #top} says when the stack is empty. */
    static final int NONE = -1;

    /** The top field must hold each index plus one, and the searching field each count. */
    static final int MAX_WORKERS = 0xFFFF;

    private static final int SEARCHING_SHIFT = 16;
    private static final long SEARCHING_ONE = 1L << SEARCHING_SHIFT;
    private static final long VERSION_ONE = 1L << 32;
    private static final long TOP_MASK = 0xFFFF;

    private IdleCounters() {}

    static long of(int version, int searching, int top) {
        assert top >= NONE && top < MAX_WORKERS : "top " + top;
        assert searching >= 0 && searching <= MAX_WORKERS : "searching " + searching;
        return ((long) version << 32) | ((long) searching << SEARCHING_SHIFT) | (top + 1);
    }

    static int version(long word) {
        return (int) (word >>> 32);
    }

    static int searching(long word) {
        return (int) (word >>> SEARCHING_SHIFT) & 0xFFFF;
    }

    static int top(long word) {
        return (int) (word & TOP_MASK) - 1;
    }

    /** One more worker searches. */
    static long startSearching(long word) {
        assert searching(word) < MAX_WORKERS : "more searchers than workers";
        return word + SEARCHING_ONE;
    }

    /** A searcher has found a task. */
    static long stopSearching(long word) {
        assert searching(word) > 0 : "nobody searches";
        return word - SEARCHING_ONE;
    }

    /** A searcher falls asleep: it lies on top of the stack. */
    static long fallAsleep(long word, int worker) {
        return (stopSearching(word) + VERSION_ONE & ~TOP_MASK) | (worker + 1);
    }

    /** The worker on top is told to search; {@code below} is the next one in the stack, or {@link #NONE}. */
    static long wakeTop(long word, int below) {
        assert top(word) != NONE : "nobody sleeps";
        return (startSearching(word) & ~TOP_MASK) | (below + 1);
    }
}
