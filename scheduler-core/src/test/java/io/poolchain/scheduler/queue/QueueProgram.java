// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import org.jetbrains.lincheck.datastructures.Operation;

/** One owner and some thieves at one queue, for Lincheck. The elements are the numbers of their pushes. */
public abstract class QueueProgram {
    /** Owned by the owner. */
    private int pushes;

    @Operation(nonParallelGroup = "owner")
    public final boolean pushHead() {
        pushes++;
        return pushHead(pushes);
    }

    abstract boolean pushHead(Integer element);

    @Operation(nonParallelGroup = "owner")
    public abstract Integer popHead();

    @Operation
    public abstract Integer popTail();

    @Operation
    public abstract boolean isEmpty();

    /** Fails unless the slots without an element are null. To be called when nobody uses the ring. */
    static void checkSlots(PoolDequeue<?> ring) {
        int filled = 0;
        for (Object slot : ring.slots) {
            filled += slot == null ? 0 : 1;
        }
        if (filled != ring.size()) {
            throw new IllegalStateException(filled + " slots are filled, for " + ring.size() + " elements");
        }
    }
}
