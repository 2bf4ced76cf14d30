// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolchain.scheduler.queue.QueueKind.Start;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Where the bound of a ring's head stands, by one thread: thieves that rely on it are in {@link QueueStressTest}. */
final class HeadBoundTest {
    private static final int CAPACITY = 256;
    private static final int INTERVAL = 64;

    @ParameterizedTest
    @EnumSource
    void theOwnerRaisesItEach64thPushToHalfAnIntervalBelowTheHead(Start start) {
        PoolDequeue<Integer> ring = new PoolDequeue<>(CAPACITY, start.index);
        long bound = start.index;
        for (int i = 0; i < CAPACITY; i++) {
            ring.pushHead(i);
            if (Math.floorMod(ring.headPlain(), (long) INTERVAL) == 0 && i >= INTERVAL / 2) {
                bound = ring.headPlain() - INTERVAL / 2;
            }
            assertThat(ring.headBoundPlain()).isEqualTo(bound);
        }
        assertThat(bound - start.index).isGreaterThan(CAPACITY - 2 * INTERVAL);
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 0", "4, 1", "8, 2", "128, 32", "1024, 32"})
    void aSmallRingRaisesItMoreOften(int capacity, int distance) {
        PoolDequeue<Integer> ring = full(new PoolDequeue<>(capacity));
        assertThat(ring.headBoundPlain()).isEqualTo(capacity - distance);
    }

    @ParameterizedTest
    @EnumSource
    void theOwnerLowersItByHalfAnIntervalBeforeItTakesAnElementBelowIt(Start start) {
        PoolDequeue<Integer> ring = full(new PoolDequeue<>(CAPACITY, start.index));
        long bound = ring.headBoundPlain();
        while (ring.size() > 1) {
            long newest = ring.headPlain() - 1;
            ring.popHead();
            if (newest - bound < 0) {
                bound = newest - INTERVAL / 2;
            }
            assertThat(ring.headBoundPlain()).isEqualTo(bound);
        }
        assertThat(bound - start.index).isLessThanOrEqualTo(0);
    }

    @ParameterizedTest
    @EnumSource
    void anOwnerThatPushesAndPopsInTurnLeavesItAlone(Start start) {
        PoolDequeue<Integer> ring = full(new PoolDequeue<>(CAPACITY, start.index));
        while (Math.floorMod(ring.headPlain(), (long) INTERVAL) != INTERVAL - 1) {
            ring.popHead();
        }
        ring.pushHead(0);
        long bound = ring.headBoundPlain();
        for (int i = 0; i < 10; i++) {
            ring.popHead();
            assertThat(ring.headBoundPlain()).isEqualTo(bound);
            ring.pushHead(i);
            assertThat(ring.headBoundPlain()).isEqualTo(bound);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aThiefBelowItTakesWhatIsThereThoughTheHeadIsHidden(Start start) {
        PoolDequeue<Integer> ring = full(new PoolDequeue<>(CAPACITY, start.index));
        long head = ring.headPlain();
        ring.setHeadVolatile(start.index);
        assertThat(ring.isEmpty()).isTrue();
        assertThat(ring.oldestIndex()).isEqualTo(start.index);
        assertThat(ring.popTail()).isEqualTo(0);

        ring.setHeadVolatile(head);
        assertThat(ring.size()).isEqualTo(CAPACITY - 1);
    }

    @ParameterizedTest
    @EnumSource
    void aThiefOfAFirstInFirstOutRingRaisesItToTheHeadThatItHasSeen(Start start) {
        PoolDequeue<Integer> ring = full(new PoolDequeue<>(CAPACITY, start.index, true));
        assertThat(ring.headBoundPlain()).isEqualTo(start.index);
        assertThat(ring.popTail()).isEqualTo(0);
        assertThat(ring.headBoundPlain()).isEqualTo(ring.headPlain());

        ring.pushHead(CAPACITY);
        for (int i = 1; i < CAPACITY; i++) {
            assertThat(ring.popTail()).isEqualTo(i);
        }
        assertThat(ring.headBoundPlain()).isEqualTo(ring.headPlain() - 1);
        assertThat(ring.popTail()).isEqualTo(CAPACITY);
        assertThat(ring.headBoundPlain()).isEqualTo(ring.headPlain());
        assertThat(ring.popTail()).isNull();
        assertThat(ring.headBoundPlain()).isEqualTo(ring.headPlain());
    }

    private static PoolDequeue<Integer> full(PoolDequeue<Integer> ring) {
        for (int i = 0; i < ring.capacity(); i++) {
            ring.pushHead(i);
        }
        return ring;
    }
}
