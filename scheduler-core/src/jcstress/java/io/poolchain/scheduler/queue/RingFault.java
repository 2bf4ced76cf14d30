// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import io.poolchain.scheduler.queue.AttackedQueue.Task;
import org.jspecify.annotations.Nullable;

/** What can be wrong with a ring: each fault does one operation of {@link PoolDequeue} in another way. */
enum RingFault {
    NONE,

    /** The owner takes the last element without a compare-and-set. */
    POP_WITHOUT_COMPETING {
        @Override
        @Nullable
        Task popHead(PoolDequeue<Task> ring) {
            long newest = ring.headPlain() - 1;
            if (newest - ring.tailVolatile() < 0) {
                return null;
            }
            ring.setHeadVolatile(newest);
            return take(ring, newest);
        }
    },

    /** The owner does not read the tail again when it has lowered the head. */
    POP_WITHOUT_SECOND_LOOK {
        @Override
        @Nullable
        Task popHead(PoolDequeue<Task> ring) {
            long newest = ring.headPlain() - 1;
            if (newest - ring.tailVolatile() <= 0) {
                return ring.popHead();
            }
            ring.setHeadVolatile(newest);
            return take(ring, newest);
        }
    },

    /** The owner lowers the head by a release store, so that it may read the tail before thieves see that. */
    POP_WITHOUT_FENCE {
        @Override
        @Nullable
        Task popHead(PoolDequeue<Task> ring) {
            long head = ring.headPlain();
            long newest = head - 1;
            if (newest - ring.tailAcquire() <= 0) {
                return ring.popHead();
            }
            ring.setHeadRelease(newest);
            long tail = ring.tailAcquire();
            if (newest - tail > 0) {
                return take(ring, newest);
            }
            boolean won = newest == tail && ring.casTail(tail, head);
            ring.setHeadRelease(head);
            return won ? take(ring, newest) : null;
        }
    },

    /** The owner lowers the head, but not the bound that thieves take for it. */
    POP_LEAVES_BOUND {
        @Override
        @Nullable
        Task popHead(PoolDequeue<Task> ring) {
            long head = ring.headPlain();
            long newest = head - 1;
            if (newest - ring.tailVolatile() <= 0) {
                return ring.popHead();
            }
            ring.setHeadVolatile(newest);
            long tail = ring.tailVolatile();
            if (newest - tail > 0) {
                return take(ring, newest);
            }
            boolean won = newest == tail && ring.casTail(tail, head);
            ring.setHeadRelease(head);
            return won ? take(ring, newest) : null;
        }
    },

    /** The owner, having lost the last element, does not put the head back. */
    POP_LEAVES_HEAD_LOWERED {
        @Override
        @Nullable
        Task popHead(PoolDequeue<Task> ring) {
            long newest = ring.headPlain() - 1;
            long tail = ring.tailVolatile();
            if (newest - tail < 0) {
                return null;
            }
            boolean won = newest != tail || ring.casTail(tail, tail + 1);
            if (!won || newest != tail) {
                ring.setHeadVolatile(newest);
            }
            return won ? take(ring, newest) : null;
        }
    },

    /** The owner publishes the index before it fills the slot. */
    PUBLISH_BEFORE_FILLING {
        @Override
        boolean pushHead(PoolDequeue<Task> ring, Task task) {
            long head = ring.headPlain();
            ring.setHeadRelease(head + 1);
            ring.slots[slotOf(ring, head)] = task;
            return true;
        }
    },

    /** What the task holds arrives after the index: done by hand here, as a push without release order would permit. */
    PUBLISH_WITHOUT_RELEASE {
        @Override
        boolean pushHead(PoolDequeue<Task> ring, Task task) {
            long head = ring.headPlain();
            int number = task.number;
            task.number = 0;
            ring.slots[slotOf(ring, head)] = task;
            ring.setHeadRelease(head + 1);
            task.number = number;
            return true;
        }
    },

    /** The owner tells by the indexes whether the ring is full, not by the slot. */
    PUSH_WITHOUT_LOOKING_AT_SLOT {
        @Override
        boolean pushHead(PoolDequeue<Task> ring, Task task) {
            long head = ring.headPlain();
            if (head - ring.tailVolatile() == ring.capacity()) {
                return false;
            }
            ring.slots[slotOf(ring, head)] = task;
            ring.setHeadRelease(head + 1);
            return true;
        }
    },

    /** A thief takes the oldest element whether its compare-and-set succeeds or not. */
    STEAL_WITHOUT_COMPETING {
        @Override
        @Nullable
        Task popTail(PoolDequeue<Task> ring) {
            long tail = ring.tailVolatile();
            if (ring.headVolatile() - tail <= 0) {
                return null;
            }
            ring.casTail(tail, tail + 1);
            return take(ring, tail);
        }
    },

    /** A thief compares the indexes themselves, not their difference. */
    STEAL_COMPARES_INDEXES {
        @Override
        @Nullable
        Task popTail(PoolDequeue<Task> ring) {
            return ring.headVolatile() <= ring.tailVolatile() ? null : ring.popTail();
        }
    };

    boolean pushHead(PoolDequeue<Task> ring, Task task) {
        return ring.pushHead(task);
    }

    @Nullable
    Task popHead(PoolDequeue<Task> ring) {
        return ring.popHead();
    }

    @Nullable
    Task popTail(PoolDequeue<Task> ring) {
        return ring.popTail();
    }

    static int slotOf(PoolDequeue<Task> ring, long index) {
        return (int) index & (ring.capacity() - 1);
    }

    static @Nullable Task take(PoolDequeue<Task> ring, long index) {
        int slot = slotOf(ring, index);
        Task task = (Task) ring.slots[slot];
        ring.clearSlotRelease(slot);
        return task;
    }
}
