// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import io.poolchain.scheduler.queue.PoolChain.Ring;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/** A look inside a chain: the rings that it links. */
final class Rings {
    private static final VarHandle HEAD = field("head");
    private static final VarHandle TAIL = field("tail");

    private Rings() {}

    /** {@return the ring that is pushed to} */
    @SuppressWarnings("unchecked") // the field's type
    static <E> Ring<E> newest(PoolChain<E> chain) {
        return (Ring<E>) HEAD.getAcquire(chain);
    }

    /** {@return the rings from the oldest to the newest} */
    @SuppressWarnings("unchecked") // the field's type
    static <E> List<Ring<E>> linked(PoolChain<E> chain) {
        List<Ring<E>> rings = new ArrayList<>();
        for (Ring<E> ring = (Ring<E>) TAIL.getAcquire(chain); ring != null; ring = ring.next) {
            rings.add(ring);
        }
        return rings;
    }

    /** {@return the capacities of the rings from the oldest to the newest} */
    static List<Integer> capacities(PoolChain<?> chain) {
        List<Integer> capacities = new ArrayList<>();
        linked(chain).forEach(ring -> capacities.add(ring.capacity()));
        return capacities;
    }

    private static VarHandle field(String name) {
        try {
            return MethodHandles.privateLookupIn(PoolChain.class, MethodHandles.lookup())
                    .findVarHandle(PoolChain.class, name, Ring.class);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("no field " + name, e);
        }
    }
}
