// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A lock-free ring of fixed capacity with one owner at the head and any number of thieves at the tail.
 *
 * <p>The <em>owner</em>, one thread at a time, calls {@link #pushHead} and {@link #popHead}; hand-over of that role needs
 * a happens-before edge. Any thread may call {@link #popTail}, {@link #size} and {@link #isEmpty}. Each element that was
 * pushed is delivered exactly once, and a slot is nulled when its element is taken, so the ring keeps nothing alive.
 *
 * <p>The ring of Go's {@code sync.Pool} packs head and tail into one word; here each has its own cache lines, which saves
 * the owner one of two locked instructions per element (docs/decisions/0001). docs/queue.md has the proof.
 *
 * @param <E> the type of the elements, never null
 */
public sealed class PoolDequeue<E> extends RingPadAfterTail<E> permits PoolChain.Ring {
    /** The largest capacity: the largest power of two that an array can have as its length. */
    public static final int MAX_CAPACITY = 1 << 30;

    static final long NO_INDEX = Long.MIN_VALUE;

    /**
     * Makes an empty ring.
     *
     * @param capacity how many elements it can hold: a power of two up to {@link #MAX_CAPACITY}
     * @throws IllegalArgumentException if {@code capacity} is anything else
     */
    public PoolDequeue(int capacity) {
        this(capacity, 0);
    }

    /** As the public constructor, with both indexes starting at {@code startIndex} so that tests can wrap them around. */
    PoolDequeue(int capacity, long startIndex) {
        this(capacity, startIndex, false);
    }

    /** See {@link #isFifo}. */
    PoolDequeue(int capacity, long startIndex, boolean isFifo) {
        super(requireCapacity("capacity", capacity), isFifo, startIndex);
    }

    static int requireCapacity(String name, int capacity) {
        if (Integer.bitCount(capacity) != 1 || capacity < 0) {
            throw new IllegalArgumentException(
                    name + " must be a power of two from 1 to " + MAX_CAPACITY + ", but was " + capacity);
        }
        return capacity;
    }

    /** {@return how many elements this ring can hold} */
    public final int capacity() {
        return mask + 1;
    }

    /**
     * Adds an element at the head. For the owner only.
     *
     * @param element the element
     * @return false if there is no room: the ring is full, or a thief has claimed the next slot and not yet cleared it
     * @throws NullPointerException if {@code element} is null
     */
    public final boolean pushHead(E element) {
        Objects.requireNonNull(element, "element");
        long head = headPlain();
        int slot = slotOf(head);
        if (slotAcquire(slot) != null) {
            return false;
        }
        slots[slot] = element;
        setHeadRelease(head + 1); // hand-over: the slot now belongs to whoever claims it
        if ((head & boundMask) == boundMask && !isFifo) {
            raiseHeadBound(head + 1 - boundDistance());
        }
        return true;
    }

    /** {@return whether the next {@link #pushHead} adds its element} Then that stays so until it does. For the owner only. */
    public final boolean hasRoom() {
        return slotAcquire(slotOf(headPlain())) == null;
    }

    /**
     * Takes the newest element. For the owner only.
     *
     * @return the element, or null if the ring is empty
     */
    public final @Nullable E popHead() {
        assert !isFifo : "popHead of a queue whose owner only pushes";
        long head = headPlain();
        long tail = tailAcquire();
        long newest = head - 1;
        if (newest - tail < 0) {
            return null;
        }
        if (newest == tail) { // the last one: compete for it as a thief does
            return casTail(tail, head) ? takeAsOwner(newest) : null;
        }
        if (newest - headBoundPlain() < 0) {
            setHeadBoundVolatile(newest - boundDistance());
        }
        setHeadVolatile(newest); // from here on no thief that reads the head claims the newest slot
        tail = tailVolatile();
        if (newest - tail > 0) {
            return takeAsOwner(newest);
        }
        // Thieves came close: the newest is the last one, or gone. The head comes back only when that is decided, so
        // that no thief sees "empty" and then an element that was there all the time.
        boolean won = newest == tail && casTail(tail, head);
        setHeadRelease(head);
        return won ? takeAsOwner(newest) : null;
    }

    /** {@return the element that {@link #popHead} takes next unless thieves come first, or null} For the owner only. */
    @SuppressWarnings("unchecked") // only pushHead writes elements
    public final @Nullable E peekHead() {
        return (E) slotAcquire(slotOf(headPlain() - 1));
    }

    /**
     * Takes the oldest element. For any thread.
     *
     * @return the element, or null if the ring was empty at some moment during the call
     */
    public final @Nullable E popTail() {
        while (true) {
            long tail = tailVolatile();
            if (headBeyond(tail) - tail <= 0) {
                return null;
            }
            if (casTail(tail, tail + 1)) {
                return takeAsThief(tail);
            }
        }
    }

    /** The head; or its lower bound, if that is beyond the tail. */
    private long headBeyond(long tail) {
        long bound = headBoundVolatile();
        if (bound - tail > 0) {
            return bound;
        }
        long head = headVolatile();
        if (isFifo && head - tail > 0) {
            setHeadBoundRelease(head);
        }
        return head;
    }

    private void raiseHeadBound(long bound) {
        if (bound - headBoundPlain() > 0) {
            setHeadBoundRelease(bound);
        }
    }

    /** How far the owner keeps the bound below the head: one that pushes and pops in turn does not move it each time. */
    private int boundDistance() {
        return (boundMask + 1) / 2;
    }

    /** {@return how many elements there are: exact when nobody uses the ring, else about} For any thread. */
    public final int size() {
        long tail = tailVolatile();
        long size = headVolatile() - tail;
        return (int) Math.max(0, Math.min(size, capacity()));
    }

    /** {@return the index of the only element, or NO_INDEX} For any thread. */
    final long loneIndex() {
        long tail = tailVolatile();
        return headVolatile() - tail == 1 ? tail : NO_INDEX;
    }

    /** {@return the index of the oldest element, or NO_INDEX} For any thread. */
    final long oldestIndex() {
        long tail = tailVolatile();
        return headBeyond(tail) - tail > 0 ? tail : NO_INDEX;
    }

    /** {@return whether the ring was empty at some moment during the call} For any thread. */
    public final boolean isEmpty() {
        long tail = tailVolatile();
        return headVolatile() - tail <= 0;
    }

    private int slotOf(long index) {
        return (int) index & mask;
    }

    @SuppressWarnings("unchecked") // only pushHead writes elements
    private E takeAsOwner(long index) {
        int slot = slotOf(index);
        E element = (E) slots[slot];
        slots[slot] = null;
        return element;
    }

    @SuppressWarnings("unchecked") // only pushHead writes elements
    private E takeAsThief(long index) {
        int slot = slotOf(index);
        E element = (E) slots[slot];
        clearSlotRelease(slot); // hand-over: the slot belongs to the owner again
        return element;
    }
}

/** What all threads read and nobody writes after construction. */
abstract sealed class RingSlots<E> permits RingPadBeforeHead {
    /**
     * Slot {@code i} holds the element with index {@code k}, where {@code k mod capacity = i}. A slot that is null
     * belongs to the owner, who fills it and then publishes it through the head. A slot in [tail, head) belongs to
     * whoever claims its index; the claimer takes the element and nulls the slot, which gives it back to the owner. The
     * array is longer than the capacity: what lies behind it shares no cache line with a slot in use.
     */
    final @Nullable Object[] slots;

    /** The capacity less one. */
    final int mask;

    /** Whether the owner only pushes, so that the head never moves back. */
    final boolean isFifo;

    /**
     * The owner raises the bound of the head when it pushes at an index that ends in these bits: each 64th time, or more
     * often in a small ring.
     */
    final int boundMask;

    private static final int MAX_BOUND_INTERVAL = 64;

    /** Two cache lines of compressed references. */
    private static final int UNUSED_SLOTS = 32;

    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Object[].class);

    RingSlots(int capacity, boolean isFifo) {
        this.slots = new Object[capacity + UNUSED_SLOTS];
        this.mask = capacity - 1;
        this.isFifo = isFifo;
        this.boundMask = Math.max(1, Math.min(MAX_BOUND_INTERVAL, capacity / 2)) - 1;
    }

    final @Nullable Object slotAcquire(int slot) {
        return SLOT.getAcquire(slots, slot);
    }

    final void clearSlotRelease(int slot) {
        SLOT.setRelease(slots, slot, null);
    }
}

abstract sealed class RingPadBeforeHead<E> extends RingSlots<E> permits RingHead {
    @SuppressWarnings("unused")
    private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;

    RingPadBeforeHead(int capacity, boolean isFifo) {
        super(capacity, isFifo);
    }
}

abstract sealed class RingHead<E> extends RingPadBeforeHead<E> permits RingPadBeforeBound {
    /**
     * The index of the next slot to fill. Written by the owner alone: with release to publish an element, with volatile
     * order to withdraw the newest one from the thieves' sight before it is taken. Read by thieves after the tail.
     */
    private long head;

    private static final VarHandle HEAD = ConstantBootstraps.fieldVarHandle(
            MethodHandles.lookup(), "head", VarHandle.class, RingHead.class, long.class);

    RingHead(int capacity, boolean isFifo, long startIndex) {
        super(capacity, isFifo);
        head = startIndex;
    }

    final long headPlain() {
        return head;
    }

    final long headVolatile() {
        return (long) HEAD.getVolatile(this);
    }

    final void setHeadRelease(long index) {
        HEAD.setRelease(this, index);
    }

    final void setHeadVolatile(long index) {
        HEAD.setVolatile(this, index);
    }
}

abstract sealed class RingPadBeforeBound<E> extends RingHead<E> permits RingHeadBound {
    @SuppressWarnings("unused")
    private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;

    RingPadBeforeBound(int capacity, boolean isFifo, long startIndex) {
        super(capacity, isFifo, startIndex);
    }
}

abstract sealed class RingHeadBound<E> extends RingPadBeforeBound<E> permits RingPadAfterHead {
    /**
     * A lower bound of the head: all elements before it were pushed, and the owner takes none of them without a
     * compare-and-set before it has lowered the bound. Thieves far behind rely on it, and so leave the head's cache line to
     * the owner. Written by the owner: with release to raise it, with volatile order to lower it before the head. In a
     * first-in-first-out ring by thieves instead, with release, to a head that they have seen; there it may go back, to an
     * earlier head.
     */
    private long headBound;

    private static final VarHandle HEAD_BOUND = ConstantBootstraps.fieldVarHandle(
            MethodHandles.lookup(), "headBound", VarHandle.class, RingHeadBound.class, long.class);

    RingHeadBound(int capacity, boolean isFifo, long startIndex) {
        super(capacity, isFifo, startIndex);
        setHeadBoundVolatile(
                startIndex); // by their handle, so that no push has to link these calls once it has published
        setHeadBoundRelease(startIndex);
    }

    final long headBoundPlain() {
        return headBound;
    }

    final long headBoundVolatile() {
        return (long) HEAD_BOUND.getVolatile(this);
    }

    final void setHeadBoundRelease(long index) {
        HEAD_BOUND.setRelease(this, index);
    }

    final void setHeadBoundVolatile(long index) {
        HEAD_BOUND.setVolatile(this, index);
    }
}

abstract sealed class RingPadAfterHead<E> extends RingHeadBound<E> permits RingTail {
    @SuppressWarnings("unused")
    private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;

    RingPadAfterHead(int capacity, boolean isFifo, long startIndex) {
        super(capacity, isFifo, startIndex);
    }
}

abstract sealed class RingTail<E> extends RingPadAfterHead<E> permits RingPadAfterTail {
    /**
     * The index of the oldest element. Only ever moves forward, by one, by compare-and-set: whoever moves it owns the
     * element it pointed at. The owner moves it too, when it takes the last element. Indexes are 64 bits wide, so an
     * old value never returns; differences stay right across the wrap-around all the same.
     */
    private volatile long tail;

    private static final VarHandle TAIL = ConstantBootstraps.fieldVarHandle(
            MethodHandles.lookup(), "tail", VarHandle.class, RingTail.class, long.class);

    RingTail(int capacity, boolean isFifo, long startIndex) {
        super(capacity, isFifo, startIndex);
        tail = startIndex;
    }

    final long tailAcquire() {
        return (long) TAIL.getAcquire(this);
    }

    final long tailVolatile() {
        return tail;
    }

    final boolean casTail(long expected, long index) {
        return TAIL.compareAndSet(this, expected, index);
    }
}

abstract sealed class RingPadAfterTail<E> extends RingTail<E> permits PoolDequeue {
    @SuppressWarnings("unused")
    private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;

    RingPadAfterTail(int capacity, boolean isFifo, long startIndex) {
        super(capacity, isFifo, startIndex);
    }
}
