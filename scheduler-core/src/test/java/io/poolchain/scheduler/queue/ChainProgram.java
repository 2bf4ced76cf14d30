// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import io.poolchain.scheduler.queue.PoolChain.Ring;
import org.jetbrains.lincheck.datastructures.Validate;

/** See {@link QueueProgram}. */
public abstract class ChainProgram extends QueueProgram {
    private final PoolChain<Integer> chain;

    ChainProgram(int firstCapacity, int maxCapacity, long startIndex) {
        this(new PoolChain<>(firstCapacity, maxCapacity, startIndex));
    }

    ChainProgram(PoolChain<Integer> chain) {
        this.chain = chain;
    }

    @Override
    final boolean pushHead(Integer element) {
        chain.pushHead(element);
        return true;
    }

    @Override
    public Integer popHead() {
        return chain.popHead();
    }

    @Override
    public final Integer popTail() {
        return chain.popTail();
    }

    @Override
    public final boolean isEmpty() {
        return chain.isEmpty();
    }

    @Validate
    public final void noSlotKeepsATakenElementAndNoRingADroppedOne() {
        for (Ring<Integer> ring : Rings.linked(chain)) {
            checkSlots(ring);
            Ring<Integer> prev = ring.prev;
            if (prev != null && prev.ordinal < chain.drops()) {
                throw new IllegalStateException("ring " + ring.ordinal + " leads to a dropped one");
            }
        }
    }
}
