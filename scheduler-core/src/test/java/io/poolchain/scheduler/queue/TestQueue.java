// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import java.util.List;

/** What ring and chain have in common, so that one test runs over both. */
interface TestQueue<E> {
    /** {@return whether there was room} */
    boolean pushHead(E element);

    E popHead();

    E popTail();

    long size();

    boolean isEmpty();

    /** Gives back memory if the queue can: for the owner only. */
    default void trim() {}

    /** {@return the arrays that hold the elements} */
    List<Object[]> slots();

    /** A ring. */
    record OfRing<E>(PoolDequeue<E> ring) implements TestQueue<E> {
        @Override
        public boolean pushHead(E element) {
            return ring.pushHead(element);
        }

        @Override
        public E popHead() {
            return ring.popHead();
        }

        @Override
        public E popTail() {
            return ring.popTail();
        }

        @Override
        public long size() {
            return ring.size();
        }

        @Override
        public boolean isEmpty() {
            return ring.isEmpty();
        }

        @Override
        public List<Object[]> slots() {
            return List.of(new Object[][] {ring.slots});
        }
    }

    /** A chain, which always has room; the owner of one that is first in, first out gets nothing. */
    record OfChain<E>(PoolChain<E> chain, boolean isFifo) implements TestQueue<E> {
        OfChain(PoolChain<E> chain) {
            this(chain, false);
        }

        @Override
        public boolean pushHead(E element) {
            chain.pushHead(element);
            return true;
        }

        @Override
        public E popHead() {
            return isFifo ? null : chain.popHead();
        }

        @Override
        public E popTail() {
            return chain.popTail();
        }

        @Override
        public long size() {
            return chain.size();
        }

        @Override
        public boolean isEmpty() {
            return chain.isEmpty();
        }

        @Override
        public void trim() {
            chain.trim();
        }

        @Override
        public List<Object[]> slots() {
            return Rings.linked(chain).stream().map(ring -> ring.slots).toList();
        }
    }
}
