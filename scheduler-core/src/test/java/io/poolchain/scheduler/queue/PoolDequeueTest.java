// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.poolchain.scheduler.queue.QueueKind.Start;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is particular to the ring: its capacity, and what "full" means. */
final class PoolDequeueTest {
    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -8, -1, 0, 3, 6, (1 << 30) - 1, (1 << 30) + 1, Integer.MAX_VALUE})
    void refusesACapacityThatIsNotAPowerOfTwoAndSaysWhich(int capacity) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PoolDequeue<>(capacity))
                .withMessageStartingWith("capacity ")
                .withMessageEndingWith("but was " + capacity);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8, 1 << 16})
    void hasTheCapacityItWasGiven(int capacity) {
        assertThat(new PoolDequeue<>(capacity).capacity()).isEqualTo(capacity);
    }

    @Test
    void allowsThePowersOfTwoThatAnArrayCanHave() {
        assertThat(PoolDequeue.requireCapacity("capacity", 1)).isEqualTo(1);
        assertThat(PoolDequeue.requireCapacity("capacity", PoolDequeue.MAX_CAPACITY))
                .isEqualTo(1 << 30);
    }

    @ParameterizedTest
    @EnumSource
    void aFullRingRefusesUntilSomethingIsTaken(Start start) {
        PoolDequeue<Integer> ring = new PoolDequeue<>(4, start.index);
        int next = 0;
        while (next < 4) {
            assertThat(ring.pushHead(next++)).isTrue();
        }
        for (int round = 0; round < 20; round++) {
            assertThat(ring.hasRoom()).isFalse();
            assertThat(ring.pushHead(-1)).isFalse();
            assertThat(ring.size()).isEqualTo(4);

            assertThat(ring.popTail()).isEqualTo(round);
            assertThat(ring.hasRoom()).isTrue();
            assertThat(ring.pushHead(next++)).isTrue();
            assertThat(ring.pushHead(-1)).isFalse();

            assertThat(ring.popHead()).isEqualTo(next - 1);
            assertThat(ring.pushHead(next - 1)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRingWithOneSlotIsFullWithOneElement(Start start) {
        PoolDequeue<Integer> ring = new PoolDequeue<>(1, start.index);
        for (int i = 0; i < 20; i++) {
            assertThat(ring.pushHead(i)).isTrue();
            assertThat(ring.pushHead(-1)).isFalse();
            assertThat(i % 3 == 0 ? ring.popHead() : ring.popTail()).isEqualTo(i);
        }
    }

    @ParameterizedTest
    @EnumSource
    void tellsTheIndexOfTheOldestElementAndOfTheOnlyOne(Start start) {
        PoolDequeue<Integer> ring = new PoolDequeue<>(4, start.index);
        assertThat(ring.oldestIndex()).isEqualTo(PoolDequeue.NO_INDEX);
        assertThat(ring.loneIndex()).isEqualTo(PoolDequeue.NO_INDEX);

        ring.pushHead(0);
        assertThat(ring.oldestIndex()).isEqualTo(start.index);
        assertThat(ring.loneIndex()).isEqualTo(start.index);

        ring.pushHead(1);
        assertThat(ring.oldestIndex()).isEqualTo(start.index);
        assertThat(ring.loneIndex()).isEqualTo(PoolDequeue.NO_INDEX);

        ring.popTail();
        assertThat(ring.oldestIndex()).isEqualTo(start.index + 1);
        assertThat(ring.loneIndex()).isEqualTo(start.index + 1);

        ring.popHead();
        assertThat(ring.oldestIndex()).isEqualTo(PoolDequeue.NO_INDEX);
        assertThat(ring.loneIndex()).isEqualTo(PoolDequeue.NO_INDEX);
    }

    @ParameterizedTest
    @EnumSource
    void theOwnerSeesWhichElementItTakesNext(Start start) {
        PoolDequeue<Integer> ring = new PoolDequeue<>(4, start.index);
        assertThat(ring.peekHead()).isNull();
        for (int i = 0; i < 4; i++) {
            ring.pushHead(i);
            assertThat(ring.peekHead()).isEqualTo(i);
        }
        for (int i = 3; i >= 0; i--) {
            assertThat(ring.peekHead()).isEqualTo(i);
            assertThat(ring.popHead()).isEqualTo(i);
        }
        assertThat(ring.peekHead()).isNull();
    }

    /** Fault: a thief held between its claim and its clear of the slot must only cost room, never an element. */
    @ParameterizedTest
    @EnumSource
    void aSlotThatAThiefHasClaimedButNotClearedIsNotOverwritten(Start start) {
        PoolDequeue<Integer> ring = new PoolDequeue<>(4, start.index);
        for (int i = 0; i < 4; i++) {
            ring.pushHead(i);
        }
        Object claimed = claimTail(ring, start.index);

        assertThat(ring.size()).isEqualTo(3);
        assertThat(ring.pushHead(4)).isFalse();
        assertThat(ring.popHead()).isEqualTo(3);
        assertThat(ring.pushHead(3)).isTrue(); // its own slot is free
        assertThat(ring.pushHead(4)).isFalse();
        assertThat(ring.popTail()).isEqualTo(1);
        assertThat(ring.hasRoom()).isFalse();
        assertThat(ring.pushHead(4)).isFalse();
        assertThat(claimed).isEqualTo(0);

        ring.clearSlotRelease(slotOf(ring, start.index)); // the thief goes on
        assertThat(ring.hasRoom()).isTrue();
        assertThat(ring.pushHead(4)).isTrue();
        assertThat(ring.popTail()).isEqualTo(2);
        assertThat(ring.popHead()).isEqualTo(4);
        assertThat(ring.popHead()).isEqualTo(3);
        assertThat(ring.isEmpty()).isTrue();
    }

    /** The first half of a steal: claims the oldest element and leaves it in its slot. */
    static Object claimTail(PoolDequeue<?> ring, long tail) {
        assertThat(ring.casTail(tail, tail + 1)).isTrue();
        return ring.slotAcquire(slotOf(ring, tail));
    }

    static int slotOf(PoolDequeue<?> ring, long index) {
        return (int) Math.floorMod(index, (long) ring.capacity());
    }
}
