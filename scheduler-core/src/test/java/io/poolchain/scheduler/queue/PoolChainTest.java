// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.poolchain.scheduler.Fault;
import io.poolchain.scheduler.Provokes;
import io.poolchain.scheduler.queue.PoolChain.Ring;
import io.poolchain.scheduler.queue.QueueKind.Start;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a chain grows, shrinks and lets go of its rings. */
final class PoolChainTest {
    private static final int BURST = 1_000_000;

    private final PoolChain<Integer> chain = new PoolChain<>();

    // ---- growth

    @Test
    void startsWithOneRingOfEightSlots() {
        assertThat(Rings.capacities(chain)).containsExactly(8);
        assertThat(chain.capacity()).isEqualTo(8);
        assertThat(chain.growths()).isZero();
        assertThat(chain.drops()).isZero();
        assertThat(chain.isOversized()).isFalse();
    }

    @Test
    void tellsTheIndexOfItsOnlyElement() {
        assertThat(chain.loneIndex()).isEqualTo(PoolChain.NO_INDEX);
        for (int index = 0; index < 100; index++) {
            chain.pushHead(index);
            assertThat(chain.loneIndex()).isEqualTo(index);
            chain.pushHead(-1);
            assertThat(chain.loneIndex()).isEqualTo(PoolChain.NO_INDEX);
            chain.popHead();
            assertThat(chain.loneIndex()).isEqualTo(index);
            assertThat(chain.popTail()).isEqualTo(index);
            assertThat(chain.loneIndex()).isEqualTo(PoolChain.NO_INDEX);
        }
    }

    @Test
    void tellsOfNoOnlyElementWhileAnotherRingMayHoldMore() {
        for (int i = 0; i < 9; i++) {
            chain.pushHead(i); // the last is in the second ring
        }
        for (int i = 0; i < 7; i++) {
            chain.popTail();
        }
        assertThat(chain.loneIndex()).isEqualTo(PoolChain.NO_INDEX);
        assertThat(chain.popTail()).isEqualTo(7);
        assertThat(chain.popTail()).isEqualTo(8);
        chain.pushHead(9);
        assertThat(chain.loneIndex()).isNotEqualTo(PoolChain.NO_INDEX);
    }

    @Test
    void tellsTheIndexOfItsOldestElementThoughADrainedRingIsBeforeIt() {
        assertThat(chain.oldestIndex()).isEqualTo(PoolChain.NO_INDEX);
        for (int i = 0; i < 8; i++) {
            chain.pushHead(i);
            assertThat(chain.oldestIndex()).as("the oldest is the same").isZero();
        }
        chain.pushHead(8); // into the second ring
        chain.pushHead(9);
        for (int i = 0; i < 8; i++) {
            assertThat(chain.oldestIndex()).isEqualTo(i);
            chain.popTail();
        }
        long ofEight = chain.oldestIndex();
        assertThat(ofEight).isNotIn(PoolChain.NO_INDEX, 0L);
        chain.popHead();
        assertThat(chain.oldestIndex()).isEqualTo(ofEight);
        chain.popHead();
        assertThat(chain.oldestIndex()).isEqualTo(PoolChain.NO_INDEX);
    }

    @Test
    void addsARingTwiceAsLargeWhenTheNewestIsFullUpToTheLargest() {
        List<Integer> expected = new ArrayList<>(List.of(8));
        int room = 8;
        for (int pushed = 0; expected.size() < 17; ) {
            for (; pushed < room; pushed++) {
                chain.pushHead(pushed);
            }
            assertThat(Rings.capacities(chain)).isEqualTo(expected);
            assertThat(chain.capacity()).isEqualTo(room);
            assertThat(chain.growths()).isEqualTo(expected.size() - 1);
            assertThat(chain.size()).isEqualTo(pushed);

            int next = Math.min(2 * expected.get(expected.size() - 1), PoolChain.MAX_RING_CAPACITY);
            expected.add(next);
            room += next;
        }
        assertThat(expected).endsWith(1 << 14, 1 << 15, 1 << 16, 1 << 16, 1 << 16, 1 << 16);
        assertThat(chain.drops()).isZero();
    }

    @Test
    void pushesGoToTheNewestRingThoughOlderOnesHaveRoom() {
        push(0, 9);
        assertThat(chain.popTail()).isEqualTo(0);
        push(9, 16);
        assertThat(sizes()).containsExactly(7, 8);

        push(16, 25);
        assertThat(sizes()).containsExactly(7, 16, 1);
        assertThat(chain.growths()).isEqualTo(2);
    }

    @Test
    void aRingThatIsEmptiedInTimeIsUsedAgainAndAgain() {
        for (int i = 0; i < 1_000; i++) {
            push(0, 8);
            for (int j = 0; j < 8; j++) {
                assertThat(i % 2 == 0 ? chain.popTail() : chain.popHead()).isNotNull();
            }
        }
        assertThat(chain.growths()).isZero();
        assertThat(chain.capacity()).isEqualTo(8);
    }

    /** Fault: a thief held between claim and clear makes a ring look full. That costs a ring and nothing else. */
    @ParameterizedTest
    @EnumSource
    @Provokes(Fault.A_PACKED_WORD_STICKS_AND_WORKERS_SPIN_FOR_EVER)
    void growsWhenASlowThiefStillHoldsTheNextSlotAndLosesNothing(Start start) {
        PoolChain<Integer> slow = new PoolChain<>(8, 64, start.index);
        Ring<Integer> first = Rings.newest(slow);
        for (int i = 0; i < 8; i++) {
            slow.pushHead(i);
        }
        Object claimed = PoolDequeueTest.claimTail(first, start.index);
        for (int i = 1; i < 6; i++) {
            assertThat(slow.popTail()).isEqualTo(i);
        }
        assertThat(slow.size()).isEqualTo(2);

        slow.pushHead(8);

        assertThat(slow.growths()).isEqualTo(1);
        assertThat(Rings.capacities(slow)).containsExactly(8, 16);
        assertThat(slow.size()).isEqualTo(3);

        first.clearSlotRelease(PoolDequeueTest.slotOf(first, start.index)); // the thief goes on
        assertThat(claimed).isEqualTo(0);
        assertThat(slow.popTail()).isEqualTo(6);
        assertThat(slow.popHead()).isEqualTo(8);
        assertThat(slow.popHead()).isEqualTo(7);
        assertThat(slow.popHead()).isNull();
        assertThat(slow.popTail()).isNull();
        assertThat(slow.drops()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 3, (1 << 30) + 1, Integer.MAX_VALUE})
    void refusesARingCapacityThatIsNotAPowerOfTwoAndSaysWhich(int capacity) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PoolChain<>(capacity, 4, 0))
                .withMessageStartingWith("firstCapacity ")
                .withMessageEndingWith("but was " + capacity);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PoolChain<>(4, capacity, 0))
                .withMessageStartingWith("maxCapacity ")
                .withMessageEndingWith("but was " + capacity);
    }

    // ---- the owner backs up

    @Test
    void theOwnerBacksUpThroughOlderRingsAndNeverLooksThereAgain() {
        int count = 8 + 16 + 32 + 64;
        push(0, count);
        for (int i = count - 1; i >= 0; i--) {
            assertThat(chain.popHead()).isEqualTo(i);
        }
        assertThat(chain.popHead()).isNull();
        assertThat(Rings.newest(chain).prev)
                .as("rings that the owner found empty")
                .isNull();
        assertThat(chain.isEmpty()).isTrue();
    }

    @Test
    void theOwnerUnlinksEachEmptyRingFromItsWayBack() {
        push(0, 8 + 16 + 32 + 1);
        List<Ring<Integer>> rings = Rings.linked(chain);
        popHeads(1);
        assertThat(Rings.newest(chain).prev).isSameAs(rings.get(2));
        popHeads(32 + 1);
        assertThat(Rings.newest(chain).prev).isSameAs(rings.get(1));
        popHeads(15 + 1);
        assertThat(Rings.newest(chain).prev).isSameAs(rings.get(0));
    }

    @Test
    void afterBackingUpPushesStillGoToTheNewestRing() {
        push(0, 8 + 3);
        popHeads(5);
        assertThat(sizes()).containsExactly(6, 0);
        push(6, 10);
        assertThat(sizes()).containsExactly(6, 4);
        for (int i = 9; i >= 0; i--) {
            assertThat(chain.popHead()).isEqualTo(i);
        }
        assertThat(chain.growths()).isEqualTo(1);
    }

    @Test
    void ownerAndThievesMeetInAnOlderRing() {
        push(0, 8 + 16 + 32);
        int oldest = 0;
        int newest = 8 + 16 + 32 - 1;
        while (oldest <= newest) {
            assertThat(chain.popHead()).isEqualTo(newest--);
            if (oldest <= newest) {
                assertThat(chain.popTail()).isEqualTo(oldest++);
            }
        }
        assertThat(chain.popHead()).isNull();
        assertThat(chain.popTail()).isNull();
        assertThat(Rings.capacities(chain)).containsExactly(32);
    }

    // ---- thieves drop rings

    @Test
    void aThiefDropsARingWhenItFindsItDrainedAndNotBefore() {
        push(0, 8 + 16 + 1);
        for (int i = 0; i < 8; i++) {
            assertThat(chain.popTail()).isEqualTo(i);
        }
        assertThat(chain.drops()).isZero();
        assertThat(chain.popTail()).isEqualTo(8);
        assertThat(chain.drops()).isEqualTo(1);
        assertThat(Rings.capacities(chain)).containsExactly(16, 32);
        assertThat(chain.capacity()).isEqualTo(48);
    }

    @Test
    void aThiefDropsAllDrainedRingsAtOnce() {
        push(0, 8 + 16 + 32 + 1);
        popHeads(8 + 16 + 32);
        assertThat(chain.popTail()).isEqualTo(0);
        assertThat(chain.drops()).isZero();
        assertThat(chain.popTail()).isNull();
        assertThat(chain.drops()).isEqualTo(3);
        assertThat(Rings.capacities(chain)).containsExactly(64);
    }

    @Test
    void theNewestRingIsNeverDropped() {
        push(0, 8);
        for (int i = 0; i < 8; i++) {
            assertThat(chain.popTail()).isEqualTo(i);
        }
        assertThat(chain.popTail()).isNull();
        assertThat(chain.drops()).isZero();
        assertThat(chain.capacity()).isEqualTo(8);
    }

    @Test
    void growthsAndDropsNeverDecrease() {
        for (int round = 1; round <= 10; round++) {
            long growths = chain.growths();
            long drops = chain.drops();
            push(0, 5_000);
            assertThat(chain.growths()).isGreaterThan(growths);
            while (chain.popTail() != null) {}
            assertThat(chain.drops()).isGreaterThan(drops);
            assertThat(chain.trim()).isTrue();
            assertThat(chain.drops()).as("each ring but the newest").isEqualTo(chain.growths() + round);
        }
    }

    /** Fault: {@code prev} of the ring that follows is never cleared, and the whole history stays reachable. */
    @Test
    @Provokes(Fault.DRAINED_RINGS_STAY_REACHABLE)
    void droppedRingsCanBeCollectedWhileTheChainGoesOn() {
        push(0, 8 + 16 + 32 + 64);
        List<WeakReference<Ring<Integer>>> rings = weakly(Rings.linked(chain));
        for (int i = 0; i < 8 + 16 + 1; i++) {
            assertThat(chain.popTail()).isEqualTo(i);
        }
        assertThat(Rings.linked(chain).get(0).prev).isNull();
        Garbage.assertCollectible("dropped rings", rings.subList(0, 2));
        assertThat(rings.subList(2, 4)).noneMatch(ring -> ring.refersTo(null));
        assertThat(chain.popHead()).isEqualTo(8 + 16 + 32 + 64 - 1);
    }

    /** Fault: the owner's way back, which skips rings, leads past the cleared {@code prev} to a dropped ring. */
    @Test
    @Provokes(Fault.DRAINED_RINGS_STAY_REACHABLE)
    void ringsThatTheOwnerSkippedCanBeCollectedOnceDropped() {
        push(0, 8 + 16 + 32 + 64);
        List<WeakReference<Ring<Integer>>> rings = weakly(Rings.linked(chain));
        popHeads(64 + 32 + 16 + 1); // the way back leads from the newest to the oldest
        while (chain.popTail() != null) {}
        assertThat(chain.drops()).isEqualTo(3);
        Garbage.assertCollectible("dropped rings", rings.subList(0, 3));
        assertThat(chain.popHead()).isNull();
    }

    /** Fault: a slow thief, or a dropped ring in the old generation, leads on to each ring that came later. */
    @Test
    @Provokes(Fault.DRAINED_RINGS_STAY_REACHABLE)
    void aThiefThatStillHoldsDroppedRingsHoldsNoOtherRing() {
        push(0, 8 + 16 + 32 + 64);
        List<Ring<Integer>> held = List.copyOf(Rings.linked(chain).subList(0, 2)); // between its loads, it has two
        List<WeakReference<Ring<Integer>>> later = weakly(Rings.linked(chain).subList(2, 4));
        push(0, 128 + 1); // the newest has 256 slots
        for (int i = 0; i < 8 + 16 + 32 + 64 + 128 + 1; i++) {
            assertThat(chain.popTail()).isNotNull();
        }
        assertThat(chain.drops()).isEqualTo(5);

        Garbage.assertCollectible("later rings", later);
        assertThat(held).allMatch(ring -> ring.popTail() == null);
    }

    // ---- trim

    /** Fault: the memory of a burst is never given back. */
    @Test
    void aBurstThatTheOwnerDrainsLeavesASmallChainAfterTrim() {
        push(0, BURST);
        assertThat(chain.isOversized()).isTrue();
        List<WeakReference<Ring<Integer>>> rings = weakly(Rings.linked(chain));
        for (int i = BURST - 1; i >= 0; i--) {
            if (chain.popHead() != i) {
                throw new AssertionError("not the newest");
            }
        }
        assertThat(chain.popHead()).isNull();
        assertThat(Rings.newest(chain).prev).as("way back").isNull();

        long growths = chain.growths();
        assertThat(chain.trim()).isTrue();

        assertThat(chain.capacity()).isEqualTo(8);
        assertThat(chain.isOversized()).isFalse();
        assertThat(chain.growths()).as("a small ring is no growth").isEqualTo(growths);
        assertThat(chain.drops()).isEqualTo(rings.size());
        Garbage.assertCollectible("rings of the burst", rings);
    }

    @Test
    void aTrimmedChainWorksAsANewOne() {
        push(0, 5_000);
        popHeads(5_000);
        assertThat(chain.trim()).isTrue();
        long growths = chain.growths();

        push(0, 8 + 16 + 1);
        assertThat(Rings.capacities(chain)).containsExactly(8, 16, 32);
        assertThat(chain.growths()).isEqualTo(growths + 2);
        assertThat(chain.popTail()).isEqualTo(0);
        for (int i = 8 + 16; i > 0; i--) {
            assertThat(chain.popHead()).isEqualTo(i);
        }
        assertThat(chain.popHead()).isNull();
        assertThat(chain.trim()).isFalse();
    }

    @Test
    void trimLeavesAChainWithAnElementAsItIs() {
        push(0, 5_000);
        popHeads(4_999);
        List<Ring<Integer>> rings = Rings.linked(chain);
        assertThat(chain.trim()).isFalse();
        assertThat(Rings.linked(chain)).isEqualTo(rings);
        assertThat(chain.drops()).isZero();
        assertThat(chain.popTail()).isEqualTo(0);
        assertThat(chain.trim()).isTrue();
    }

    @Test
    void trimLeavesASmallChainAsItIs() {
        assertThat(chain.trim()).isFalse();
        int count = PoolChain.RETAINED_RING_CAPACITY * 2 - 8; // the newest ring is just not too large
        push(0, count);
        assertThat(Rings.newest(chain).capacity()).isEqualTo(PoolChain.RETAINED_RING_CAPACITY);
        assertThat(chain.isOversized()).isFalse();
        while (chain.popTail() != null) {}
        assertThat(chain.trim()).isFalse();
        assertThat(chain.capacity()).isEqualTo(PoolChain.RETAINED_RING_CAPACITY);

        push(0, PoolChain.RETAINED_RING_CAPACITY + 1);
        assertThat(chain.isOversized()).isTrue();
        while (chain.popTail() != null) {}
        assertThat(chain.trim()).isTrue();
        assertThat(chain.capacity()).isEqualTo(8);
    }

    @Test
    void trimDoesNotReplaceARingByOneOfTheSameSize() {
        PoolChain<Integer> large = new PoolChain<>(1 << 12, 1 << 13, 0);
        assertThat(large.isOversized()).isFalse();
        assertThat(large.trim()).isFalse();
    }

    // ---- helpers

    private void push(int from, int to) {
        for (int i = from; i < to; i++) {
            chain.pushHead(i);
        }
    }

    private void popHeads(int count) {
        for (int i = 0; i < count; i++) {
            assertThat(chain.popHead()).isNotNull();
        }
    }

    private List<Integer> sizes() {
        return Rings.linked(chain).stream().map(Ring::size).toList();
    }

    private static <E> List<WeakReference<Ring<E>>> weakly(List<Ring<E>> rings) {
        return rings.stream().map(WeakReference::new).toList();
    }

    // ---- peeking

    /** Rings of two slots, so that the newest is often empty while older ones are not. */
    @ParameterizedTest
    @EnumSource
    void peekHeadShowsWhatPopHeadTakes(Start start) {
        PoolChain<Integer> small = new PoolChain<>(2, 8, start.index);
        ArrayDeque<Integer> model = new ArrayDeque<>();
        SplittableRandom random = new SplittableRandom(start.index);
        for (int step = 0; step < 200_000; step++) {
            assertThat(small.peekHead()).isEqualTo(model.peekFirst());
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    small.pushHead(step);
                    model.addFirst(step);
                }
                case 2, 3 -> assertThat(small.popHead()).isEqualTo(model.pollFirst());
                default -> assertThat(small.popTail()).isEqualTo(model.pollLast());
            }
        }
    }

    /** What the owner has seen it gets, or a thief has taken that and all before it. */
    @Test
    void besideThievesPopHeadTakesWhatWasPeekedOrNothing() throws Exception {
        PoolChain<Integer> small = new PoolChain<>(2, 8, 0);
        AtomicBoolean stop = new AtomicBoolean();
        Thread thief = new Thread(() -> {
            while (!stop.get()) {
                small.popTail();
            }
        });
        thief.start();
        for (int i = 0; i < 1_000_000; i++) {
            small.pushHead(i);
            if (i % 3 == 0) {
                Integer peeked = small.peekHead();
                Integer popped = small.popHead();
                if (popped != null) {
                    assertThat(popped).isEqualTo(peeked);
                }
            }
        }
        stop.set(true);
        thief.join();
    }
}
