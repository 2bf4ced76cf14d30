// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import io.poolchain.scheduler.jcstress.Variant;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** The queue that a test attacks, of numbered tasks: a model under a lock, the ring or chain, or that with a fault. */
abstract class AttackedQueue {
    /** What is taken from an empty queue. */
    static final int NONE = -1;

    /** The number is written plainly before the push: whoever takes the task must see it. */
    static final class Task {
        int number;

        Task(int number) {
            this.number = number;
        }
    }

    /** A ring. */
    static AttackedQueue ring(int capacity, long startIndex, RingFault fault) {
        return switch (Variant.ATTACKED) {
            case MODEL -> new Model(capacity);
            case ACTUAL -> new OfRing(new PoolDequeue<>(capacity, startIndex), RingFault.NONE);
            case BROKEN -> new OfRing(new PoolDequeue<>(capacity, startIndex), fault);
        };
    }

    /** A chain of rings with one slot each. */
    static AttackedQueue chain(ChainFault fault) {
        return switch (Variant.ATTACKED) {
            case MODEL -> new Model(Integer.MAX_VALUE);
            case ACTUAL -> new OfChain(new PoolChain<>(1, 1, -1), ChainFault.NONE);
            case BROKEN -> new OfChain(new PoolChain<>(1, 1, -1), fault);
        };
    }

    final AttackedQueue holding(int... numbers) {
        for (int number : numbers) {
            push(number);
        }
        return this;
    }

    final boolean push(int number) {
        return pushHead(new Task(number));
    }

    final int pop() {
        return numberOf(popHead());
    }

    final int steal() {
        return numberOf(popTail());
    }

    /** A slow thief claims the oldest task, which is at the given index. */
    AttackedQueue withClaim(long index) {
        return this;
    }

    /** The slow thief takes what it has claimed. */
    int takeClaimed(long index) {
        return steal();
    }

    static int numberOf(@Nullable Task task) {
        return task == null ? NONE : task.number;
    }

    abstract boolean pushHead(Task task);

    abstract @Nullable Task popHead();

    abstract @Nullable Task popTail();

    abstract boolean isEmpty();

    private static final class Model extends AttackedQueue {
        private final ArrayDeque<Task> tasks = new ArrayDeque<>(2);
        private final int capacity;

        Model(int capacity) {
            this.capacity = capacity;
        }

        @Override
        synchronized boolean pushHead(Task task) {
            return tasks.size() < capacity && tasks.offerFirst(task);
        }

        @Override
        synchronized @Nullable Task popHead() {
            return tasks.pollFirst();
        }

        @Override
        synchronized @Nullable Task popTail() {
            return tasks.pollLast();
        }

        @Override
        synchronized boolean isEmpty() {
            return tasks.isEmpty();
        }
    }

    private static final class OfRing extends AttackedQueue {
        private final PoolDequeue<Task> ring;
        private final RingFault fault;

        OfRing(PoolDequeue<Task> ring, RingFault fault) {
            this.ring = ring;
            this.fault = fault;
        }

        @Override
        boolean pushHead(Task task) {
            return fault.pushHead(ring, task);
        }

        @Override
        @Nullable
        Task popHead() {
            return fault.popHead(ring);
        }

        @Override
        @Nullable
        Task popTail() {
            return fault.popTail(ring);
        }

        @Override
        AttackedQueue withClaim(long index) {
            ring.casTail(index, index + 1);
            return this;
        }

        @Override
        int takeClaimed(long index) {
            return numberOf(RingFault.take(ring, index));
        }

        @Override
        boolean isEmpty() {
            return ring.isEmpty();
        }
    }

    private static final class OfChain extends AttackedQueue {
        private final PoolChain<Task> chain;
        private final ChainFault fault;

        OfChain(PoolChain<Task> chain, ChainFault fault) {
            this.chain = chain;
            this.fault = fault;
        }

        @Override
        boolean pushHead(Task task) {
            chain.pushHead(task);
            return true;
        }

        @Override
        @Nullable
        Task popHead() {
            return chain.popHead();
        }

        @Override
        @Nullable
        Task popTail() {
            return fault == ChainFault.NONE ? chain.popTail() : fault.popTail(chain);
        }

        @Override
        boolean isEmpty() {
            return fault == ChainFault.NONE ? chain.isEmpty() : fault.isEmpty(chain);
        }
    }
}
