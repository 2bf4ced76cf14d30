// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import org.jetbrains.lincheck.datastructures.Validate;

/** See {@link QueueProgram}. */
public abstract class RingProgram extends QueueProgram {
    private final PoolDequeue<Integer> ring;

    RingProgram(int capacity, long startIndex) {
        ring = new PoolDequeue<>(capacity, startIndex);
    }

    /** Again while fewer elements are in the ring than fit: the thief that has claimed the slot is about to clear it. */
    @Override
    final boolean pushHead(Integer element) {
        while (!ring.pushHead(element)) {
            if (ring.size() == ring.capacity()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public final Integer popHead() {
        return ring.popHead();
    }

    @Override
    public final Integer popTail() {
        return ring.popTail();
    }

    @Override
    public final boolean isEmpty() {
        return ring.isEmpty();
    }

    @Validate
    public final void noSlotKeepsATakenElement() {
        checkSlots(ring);
    }
}
