// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import io.poolchain.scheduler.queue.AttackedQueue.Task;
import io.poolchain.scheduler.queue.PoolChain.Ring;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What can be wrong with a chain: each fault leaves something out of {@link PoolChain#popTail} or isEmpty. Where a fault
 * opens a window, the thief is a little slow there.
 */
enum ChainFault {
    NONE,
    /** A thief reads the next ring after it found this one empty, and not before. */
    NEXT_AFTER_POP,
    /** A thief that read no next ring before the pop does not read it again after that. */
    NO_SECOND_LOOK_AT_NEXT,
    /** A thief drops a ring by a plain write. */
    DROP_WITHOUT_COMPETING,
    /** A look for elements that comes to a dropped ring ends there. */
    LOOK_ENDS_AT_DROPPED_RING;

    private static final VarHandle TAIL = tail();

    /** As {@link PoolChain#popTail}, but for the fault. */
    @Nullable
    Task popTail(PoolChain<Task> chain) {
        Ring<Task> ring = tail(chain);
        while (true) {
            Ring<Task> next = ring.next;
            Task task = ring.popTail();
            if (task != null) {
                return task;
            }
            if (this == NEXT_AFTER_POP) {
                dawdle();
                next = ring.next;
            }
            if (next == ring) {
                if (tail(chain) == ring) {
                    return null; // the tail was moved back: nobody will find the way any more
                }
                ring = tail(chain);
            } else if (next != null) {
                if (drop(chain, ring, next)) {
                    next.prev = null;
                    ring.next = ring;
                }
                ring = next;
            } else if (this == NO_SECOND_LOOK_AT_NEXT || ring.next == null) {
                return null;
            }
        }
    }

    private boolean drop(PoolChain<Task> chain, Ring<Task> ring, Ring<Task> next) {
        if (this == DROP_WITHOUT_COMPETING) {
            dawdle();
            TAIL.setVolatile(chain, next);
            return true;
        }
        return TAIL.compareAndSet(chain, ring, next);
    }

    private static void dawdle() {
        for (int pauses = ThreadLocalRandom.current().nextInt(50); pauses > 0; pauses--) {
            Thread.onSpinWait();
        }
    }

    /** As {@link PoolChain#isEmpty}, but for the fault. */
    boolean isEmpty(PoolChain<Task> chain) {
        if (this != LOOK_ENDS_AT_DROPPED_RING) {
            return chain.isEmpty();
        }
        Ring<Task> ring = tail(chain);
        while (ring.isEmpty()) {
            Ring<Task> next = ring.next;
            if (next == null || next == ring) {
                return true;
            }
            ring = next;
        }
        return false;
    }

    @SuppressWarnings("unchecked") // the field's type
    private static Ring<Task> tail(PoolChain<Task> chain) {
        return (Ring<Task>) TAIL.getVolatile(chain);
    }

    private static VarHandle tail() {
        try {
            return MethodHandles.privateLookupIn(PoolChain.class, MethodHandles.lookup())
                    .findVarHandle(PoolChain.class, "tail", Ring.class);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("no field tail", e);
        }
    }
}
