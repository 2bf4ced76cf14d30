// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One way to make a queue: which class, how large, and where its indexes start.
 *
 * @param isChain whether it is a chain; else it is a ring
 * @param capacity slots of the ring, or of the chain's first ring
 * @param maxCapacity slots of the chain's largest ring
 * @param start where the indexes start
 */
record QueueKind(boolean isChain, int capacity, int maxCapacity, Start start) {
    /** Where indexes start: at zero, or so that they soon pass a limit. */
    enum Start {
        ZERO("0", 0),
        BELOW_INT_WRAP("2^31-3", (1L << 31) - 3),
        BELOW_UNSIGNED_INT_WRAP("2^32-3", (1L << 32) - 3),
        BELOW_LONG_WRAP("2^63-3", Long.MAX_VALUE - 2),
        BELOW_UNSIGNED_LONG_WRAP("-3", -3);

        final String label;
        final long index;

        Start(String label, long index) {
            this.label = label;
            this.index = index;
        }
    }

    static QueueKind ring(int capacity, Start start) {
        return new QueueKind(false, capacity, capacity, start);
    }

    static QueueKind chain(int firstCapacity, int maxCapacity, Start start) {
        return new QueueKind(true, firstCapacity, maxCapacity, start);
    }

    static QueueKind defaultChain(Start start) {
        return chain(PoolChain.FIRST_RING_CAPACITY, PoolChain.MAX_RING_CAPACITY, start);
    }

    /** {@return every kind, for tests that take no time} */
    static Stream<QueueKind> all() {
        List<QueueKind> kinds = new ArrayList<>();
        for (Start start : Start.values()) {
            for (int capacity : new int[] {1, 2, 4, 8, 64}) {
                kinds.add(ring(capacity, start));
            }
            kinds.add(chain(1, 1, start));
            kinds.add(chain(2, 4, start));
            kinds.add(defaultChain(start));
        }
        return kinds.stream();
    }

    /** {@return one ring, one chain of tiny rings and the default chain, for each start} */
    static Stream<QueueKind> typical() {
        return Stream.of(Start.values())
                .flatMap(start -> Stream.of(ring(16, start), chain(2, 4, start), defaultChain(start)));
    }

    /** {@return those with the shortest way from empty to full, where races are likeliest} */
    static Stream<QueueKind> tiny() {
        return Stream.of(
                ring(4, Start.ZERO),
                ring(4, Start.BELOW_LONG_WRAP),
                chain(1, 1, Start.ZERO),
                chain(2, 4, Start.BELOW_UNSIGNED_LONG_WRAP));
    }

    <E> TestQueue<E> make() {
        return isChain
                ? new TestQueue.OfChain<>(new PoolChain<>(capacity, maxCapacity, start.index))
                : new TestQueue.OfRing<>(new PoolDequeue<>(capacity, start.index));
    }

    /** {@return how many elements fit, or the limit if that is less} */
    int room(int limit) {
        return isChain ? limit : Math.min(capacity, limit);
    }

    @Override
    public String toString() {
        String size = isChain ? "chain " + capacity + ".." + maxCapacity : "ring " + capacity;
        return size + " from " + start.label;
    }
}
