// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An unbounded lock-free queue with one owner at the head and any number of thieves at the tail: a doubly linked chain of
 * {@link PoolDequeue} rings, each twice as large as the one before it up to {@link #MAX_RING_CAPACITY}.
 *
 * <p>The <em>owner</em>, one thread at a time, calls {@link #pushHead}, {@link #popHead} and {@link #trim}; hand-over of
 * that role needs a happens-before edge. Any thread may call the other methods. The owner pushes at the newest ring only;
 * thieves take from the oldest, and drop it from the chain once it is drained. Each element is delivered exactly once.
 *
 * <p>This is the {@code poolChain} of Go's {@code sync.Pool} with a cap on the ring size, a way back to small rings, and
 * a {@code popHead} that never looks twice into a ring that it found empty. docs/queue.md has the proof.
 *
 * @param <E> the type of the elements, never null
 */
public final class PoolChain<E> {
    /** Slots of the first ring: as in Go. */
    static final int FIRST_RING_CAPACITY = 8;

    /** Slots of a worker's first ring: room for what a thief takes along, and as much again (docs/decisions/0013). */
    static final int WORKERS_FIRST_RING_CAPACITY = 64;

    /**
     * Slots of the largest ring; a longer queue has more rings of this size. 256 KiB with compressed references: half of
     * what G1 calls a humongous object with its smallest regions. Chosen without measurement.
     */
    public static final int MAX_RING_CAPACITY = 1 << 16;

    /**
     * The largest ring that {@link #trim} leaves in place: 4 KiB with compressed references. Keeping 16,384 slots made
     * bursts slower, not faster (docs/decisions/0004): in one large ring owner and thief stay on each other's heels.
     */
    static final int RETAINED_RING_CAPACITY = 1 << 10;

    /** What {@link #oldestIndex} returns if there is no element, and {@link #loneIndex} also if there are several. */
    public static final long NO_INDEX = PoolDequeue.NO_INDEX;

    private final int firstCapacity;
    private final int maxCapacity;
    private final long startIndex;
    private final boolean isFifo;
    private final RingListener rings;

    /**
     * The newest ring, the only one that is pushed to. Written by the owner alone, plainly; others read it for figures
     * only, and of the ring its final fields.
     */
    private Ring<E> head;

    /**
     * The oldest ring that may hold elements. Moves forward only, by compare-and-set, from a ring that is drained and
     * has a successor. Never null, never ahead of the head.
     */
    private volatile Ring<E> tail;

    private static final VarHandle HEAD = ConstantBootstraps.fieldVarHandle(
            MethodHandles.lookup(), "head", VarHandle.class, PoolChain.class, Ring.class);
    private static final VarHandle TAIL = ConstantBootstraps.fieldVarHandle(
            MethodHandles.lookup(), "tail", VarHandle.class, PoolChain.class, Ring.class);

    /** Makes an empty chain with one small ring. */
    public PoolChain() {
        this(FIRST_RING_CAPACITY, MAX_RING_CAPACITY, 0);
    }

    /**
     * Makes an empty chain for a worker, with a ring that has room for what thieves take along at once.
     *
     * @param rings is told of rings that come and go
     * @param <E> the type of the elements
     * @return the chain
     */
    public static <E> PoolChain<E> ofWorker(RingListener rings) {
        return new PoolChain<>(WORKERS_FIRST_RING_CAPACITY, MAX_RING_CAPACITY, 0, false, rings);
    }

    /** As the public constructor; tests choose small rings, and indexes just below their wrap-around. */
    PoolChain(int firstCapacity, int maxCapacity, long startIndex) {
        this(firstCapacity, maxCapacity, startIndex, false);
    }

    /** As {@link #fifo}, if so asked for. */
    PoolChain(int firstCapacity, int maxCapacity, long startIndex, boolean isFifo) {
        this(firstCapacity, maxCapacity, startIndex, isFifo, RingListener.NONE);
    }

    private PoolChain(int firstCapacity, int maxCapacity, long startIndex, boolean isFifo, RingListener rings) {
        this.firstCapacity = PoolDequeue.requireCapacity("firstCapacity", firstCapacity);
        this.maxCapacity = PoolDequeue.requireCapacity("maxCapacity", maxCapacity);
        this.startIndex = startIndex;
        this.isFifo = isFifo;
        this.rings = rings;
        head = new Ring<>(firstCapacity, startIndex, isFifo, null, 0, 0);
        tail = head;
    }

    /**
     * Makes an empty chain whose owner only pushes: it must not call {@link #popHead}. In exchange, who takes from the tail
     * touches the owner's cache lines less often.
     *
     * @param rings is told of rings that come and go
     * @param <E> the type of the elements
     * @return the chain
     */
    public static <E> PoolChain<E> fifo(RingListener rings) {
        return new PoolChain<>(FIRST_RING_CAPACITY, MAX_RING_CAPACITY, 0, true, rings);
    }

    /**
     * Adds an element at the head. For the owner only.
     *
     * @param element the element
     * @throws NullPointerException if {@code element} is null
     * @throws OutOfMemoryError if a new ring is needed and can't be had; the element is then not in the chain
     */
    public void pushHead(E element) {
        Objects.requireNonNull(element, "element");
        if (!head.pushHead(element)) {
            pushToNewRing(element);
        }
    }

    private void pushToNewRing(E element) {
        Ring<E> ring = head;
        int capacity = (int) Math.min(2L * ring.capacity(), maxCapacity);
        Ring<E> larger = new Ring<>(capacity, startIndex, isFifo, ring, ring.ordinal + 1, ring.growths + 1);
        larger.pushHead(element);
        link(ring, larger);
        rings.grown(capacity);
    }

    /** {@return whether {@link #pushHead} has room for an element without a new ring} For the owner only. */
    public boolean hasRoom() {
        return head.hasRoom();
    }

    /**
     * Takes the newest element. For the owner only.
     *
     * @return the element, or null if the chain is empty
     */
    public @Nullable E popHead() {
        E element = head.popHead();
        return element != null ? element : popOlder();
    }

    private @Nullable E popOlder() {
        Ring<E> newest = head;
        for (Ring<E> older = newest.prev; older != null; older = newest.prev) {
            E element = older.popHead();
            if (element != null) {
                return element;
            }
            newest.casPrev(older, older.prev); // nothing is pushed to an older ring: don't look there again
        }
        return null;
    }

    /**
     * Looks at the newest element. For the owner only.
     *
     * @return the element that {@link #popHead} takes next unless thieves come first, or null if there is none
     */
    public @Nullable E peekHead() {
        E element = null;
        for (Ring<E> ring = head; ring != null && element == null; ring = ring.prev) {
            element = ring.peekHead();
        }
        return element;
    }

    /**
     * Takes the oldest element, and drops rings that it finds drained. For any thread.
     *
     * @return the element, or null if the chain was empty at some moment during the call
     */
    public @Nullable E popTail() {
        Ring<E> ring = tail;
        while (true) {
            // Before the pop: a ring that is empty is drained for good only if it already had a successor.
            Ring<E> next = ring.next;
            E element = ring.popTail();
            if (element != null) {
                return element;
            }
            if (next == ring) { // dropped meanwhile
                ring = tail;
            } else if (next != null) {
                if (TAIL.compareAndSet(this, ring, next)) {
                    next.prev = null; // the owner must not keep a dropped ring alive
                    ring.next = ring; // nor a dropped ring all those after it
                    rings.dropped(ring.capacity());
                }
                ring = next;
            } else if (ring.next == null) { // after the pop: it was still the newest when it was empty
                return null;
            }
        }
    }

    /**
     * Gives back the memory of a burst: replaces a large newest ring by a small one if the chain is empty. For the owner
     * only.
     *
     * @return whether the ring was replaced
     * @throws OutOfMemoryError if the small ring can't be had; the chain is then as before
     */
    public boolean trim() {
        Ring<E> ring = head;
        if (!isOversized() || !isEmpty()) {
            return false;
        }
        link(ring, new Ring<>(firstCapacity, startIndex, isFifo, ring, ring.ordinal + 1, ring.growths));
        E none = popTail(); // drops the drained rings
        assert none == null : "an element in an empty chain";
        return true;
    }

    /** {@return whether the newest ring is so large that {@link #trim} replaces it when empty} For any thread. */
    public boolean isOversized() {
        return newest().capacity() > Math.max(RETAINED_RING_CAPACITY, firstCapacity);
    }

    /** Both writes or none: no call stands between them that could run out of stack. */
    private void link(Ring<E> ring, Ring<E> successor) {
        head = successor;
        ring.next = successor;
    }

    /** {@return whether the chain was empty at some moment during the call} For any thread. */
    public boolean isEmpty() {
        for (Ring<E> ring = tail; ring != null; ring = after(ring)) { // after the look, lest the newest is missed
            if (!ring.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** {@return how many elements there are: exact when nobody uses the chain, else about} For any thread. */
    public long size() {
        long size = 0;
        for (Ring<E> ring = tail; ring != null; ring = after(ring)) {
            size += ring.size();
        }
        return size;
    }

    /** {@return the index in its ring of the only element, or NO_INDEX} A hint. For any thread. */
    public long loneIndex() {
        Ring<E> oldest = tail;
        return oldest.next != null ? NO_INDEX : oldest.loneIndex();
    }

    /** {@return a number that the oldest element has and, mostly, no other; or NO_INDEX} A hint. For any thread. */
    public long oldestIndex() {
        for (Ring<E> ring = tail; ring != null; ring = after(ring)) { // the first may be drained and not yet dropped
            long index = ring.oldestIndex();
            if (index != NO_INDEX) {
                return index + (ring.ordinal << Integer.SIZE);
            }
        }
        return NO_INDEX;
    }

    /** {@return how many slots the linked rings have} For any thread. */
    public long capacity() {
        long capacity = 0;
        for (Ring<E> ring = tail; ring != null; ring = after(ring)) {
            capacity += ring.capacity();
        }
        return capacity;
    }

    /** {@return the ring after one that is or was in the chain, or null if there is none} */
    private @Nullable Ring<E> after(Ring<E> ring) {
        Ring<E> next = ring.next;
        return next == ring ? tail : next; // all before the tail are drained
    }

    /** {@return how many rings were added because the newest had no room} Never decreases. For any thread. */
    public long growths() {
        return newest().growths;
    }

    /** {@return how many drained rings were unlinked from the tail} Never decreases. For any thread. */
    public long drops() {
        return tail.ordinal;
    }

    @SuppressWarnings("unchecked") // a field of this type
    private Ring<E> newest() {
        return (Ring<E>) HEAD.getOpaque(this);
    }

    /** A ring and its neighbours. */
    static final class Ring<E> extends PoolDequeue<E> {
        /** How many rings the chain had before this one, and how many of them were added for want of room. */
        final long ordinal;

        final long growths;

        /**
         * The ring that came after this one: written once, by the owner; from then on nothing is pushed here. Then this
         * ring itself: written once, by the thief that dropped it. A dropped ring that led on would keep all later ones
         * alive, dropped or not, for as long as a slow thief holds it or the collector leaves it in the old generation.
         */
        volatile @Nullable Ring<E> next;

        /**
         * An older ring that may hold elements. Set at construction; then the owner lets it skip rings that it found
         * empty, and a thief that drops the ring before this one clears it for good.
         */
        volatile @Nullable Ring<E> prev;

        private static final VarHandle PREV = ConstantBootstraps.fieldVarHandle(
                MethodHandles.lookup(), "prev", VarHandle.class, Ring.class, Ring.class);

        Ring(int capacity, long startIndex, boolean isFifo, @Nullable Ring<E> prev, long ordinal, long growths) {
            super(capacity, startIndex, isFifo);
            this.prev = prev;
            this.ordinal = ordinal;
            this.growths = growths;
        }

        boolean casPrev(Ring<E> expected, @Nullable Ring<E> older) {
            return PREV.compareAndSet(this, expected, older);
        }
    }
}
