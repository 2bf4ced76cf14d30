// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import java.util.ArrayDeque;

/**
 * What ring and chain do if their calls come one after the other: the specification of {@link QueueProgram}. A call takes
 * effect at one moment between its begin and its end; popTail and isEmpty find nothing only if there was nothing.
 */
public abstract class SequentialQueue {
    private final ArrayDeque<Integer> elements = new ArrayDeque<>();
    private final int capacity;
    private int pushes;

    SequentialQueue(int capacity) {
        this.capacity = capacity;
    }

    public final boolean pushHead() {
        pushes++;
        boolean room = elements.size() < capacity;
        if (room) {
            elements.addFirst(pushes);
        }
        return room;
    }

    public Integer popHead() {
        return elements.pollFirst();
    }

    public final Integer popTail() {
        return elements.pollLast();
    }

    public final boolean isEmpty() {
        return elements.isEmpty();
    }
}
