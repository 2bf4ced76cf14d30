// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks;

import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The ring as Go has it, head and tail packed into one word: the alternative that docs/decisions/0001 rejects. The head
 * is in the upper half, so that it may overflow; pushing adds to it atomically, popping compares and sets the word.
 */
final class PackedDequeue<E> {
    private static final VarHandle WORD = ConstantBootstraps.fieldVarHandle(
            MethodHandles.lookup(), "word", VarHandle.class, PackedDequeue.class, long.class);
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Object[].class);
    private static final long HEAD_ONE = 1L << 32;

    @SuppressWarnings("unused")
    private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;

    private volatile long word;

    @SuppressWarnings("unused")
    private long q00, q01, q02, q03, q04, q05, q06, q07, q08, q09, q10, q11, q12, q13, q14, q15;

    private final Object[] slots;

    PackedDequeue(int capacity) {
        slots = new Object[capacity];
    }

    boolean pushHead(E element) {
        long seen = word;
        int head = (int) (seen >>> 32);
        if (head - (int) seen == slots.length) {
            return false;
        }
        int slot = head & (slots.length - 1);
        if (SLOT.getAcquire(slots, slot) != null) {
            return false;
        }
        slots[slot] = element;
        WORD.getAndAdd(this, HEAD_ONE);
        return true;
    }

    @SuppressWarnings("unchecked")
    E popHead() {
        while (true) {
            long seen = word;
            int head = (int) (seen >>> 32);
            if (head == (int) seen) {
                return null;
            }
            if (WORD.compareAndSet(this, seen, seen - HEAD_ONE)) {
                int slot = (head - 1) & (slots.length - 1);
                E element = (E) slots[slot];
                slots[slot] = null;
                return element;
            }
        }
    }

    @SuppressWarnings("unchecked")
    E popTail() {
        while (true) {
            long seen = word;
            int tail = (int) seen;
            if ((int) (seen >>> 32) == tail) {
                return null;
            }
            long next = (seen & 0xFFFF_FFFF_0000_0000L) | ((tail + 1) & 0xFFFF_FFFFL);
            if (WORD.compareAndSet(this, seen, next)) {
                int slot = tail & (slots.length - 1);
                E element = (E) slots[slot];
                SLOT.setRelease(slots, slot, null);
                return element;
            }
        }
    }
}
