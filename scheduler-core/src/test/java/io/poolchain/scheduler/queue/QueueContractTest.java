// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What every queue of this package promises to a single thread. The same tests run over each of them. */
@ParameterizedClass(name = "{0}")
@MethodSource("io.poolchain.scheduler.queue.QueueKind#all")
final class QueueContractTest {
    /** More than the chains' first rings hold. */
    private static final int MANY = 100;

    private final QueueKind kind;
    private final TestQueue<Integer> queue;

    QueueContractTest(QueueKind kind) {
        this.kind = kind;
        queue = kind.make();
    }

    @Test
    void isEmptyWhenNew() {
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.size()).isZero();
    }

    @Test
    void popsOfAnEmptyQueueGiveNullAndChangeNothing() {
        for (int i = 0; i < 3; i++) {
            assertThat(queue.popHead()).isNull();
            assertThat(queue.popTail()).isNull();
        }
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.size()).isZero();

        queue.pushHead(1);
        assertThat(queue.popTail()).isEqualTo(1);
    }

    @Test
    void refusesNullAndNamesTheArgument() {
        assertThatNullPointerException().isThrownBy(() -> queue.pushHead(null)).withMessageContaining("element");
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void refusesNullWhenFullToo() {
        pushAll(kind.room(MANY));
        assertThatNullPointerException().isThrownBy(() -> queue.pushHead(null)).withMessageContaining("element");
        assertThat(queue.size()).isEqualTo(kind.room(MANY));
    }

    @Test
    void theHeadIsLastInFirstOut() {
        int count = pushAll(kind.room(MANY));
        for (int i = count - 1; i >= 0; i--) {
            assertThat(queue.popHead()).isEqualTo(i);
        }
        assertThat(queue.popHead()).isNull();
    }

    @Test
    void theTailIsFirstInFirstOut() {
        int count = pushAll(kind.room(MANY));
        for (int i = 0; i < count; i++) {
            assertThat(queue.popTail()).isEqualTo(i);
        }
        assertThat(queue.popTail()).isNull();
    }

    @Test
    void headAndTailMeetInTheMiddle() {
        int oldest = 0;
        int newest = pushAll(kind.room(MANY)) - 1;
        while (oldest <= newest) {
            assertThat(queue.popHead()).isEqualTo(newest--);
            assertThat(queue.popTail()).isEqualTo(oldest <= newest ? oldest++ : null);
        }
        assertThat(queue.popHead()).isNull();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void aLoneElementIsTakenFromEitherEndManyTimes() {
        for (int i = 0; i < 3 * MANY; i++) {
            assertThat(queue.pushHead(i)).isTrue();
            assertThat(i % 2 == 0 ? queue.popHead() : queue.popTail()).isEqualTo(i);
            assertThat(queue.popHead()).isNull();
            assertThat(queue.popTail()).isNull();
        }
    }

    @Test
    void staysAFifoWhileItsIndexesWrapAround() {
        int length = Math.max(1, kind.room(MANY) / 2);
        pushAll(length);
        for (int i = length; i < 3 * MANY; i++) {
            assertThat(queue.popTail()).isEqualTo(i - length);
            assertThat(queue.pushHead(i)).isTrue();
            assertThat(queue.size()).isEqualTo(length);
            assertThat(queue.isEmpty()).isFalse();
        }
    }

    @Test
    void sizeFollowsEachPushAndPop() {
        int count = kind.room(MANY);
        for (int i = 0; i < count; i++) {
            queue.pushHead(i);
            assertThat(queue.size()).isEqualTo(i + 1);
            assertThat(queue.isEmpty()).isFalse();
        }
        for (int i = count - 1; i >= 0; i--) {
            Object taken = i % 2 == 0 ? queue.popTail() : queue.popHead();
            assertThat(taken).isNotNull();
            assertThat(queue.size()).isEqualTo(i);
            assertThat(queue.isEmpty()).isEqualTo(i == 0);
        }
    }

    @Test
    void slotsAreNulledWhenTheOwnerTakes() {
        slotsAreNulledWhenTakenBy(queue::popHead);
    }

    @Test
    void slotsAreNulledWhenAThiefTakes() {
        slotsAreNulledWhenTakenBy(queue::popTail);
    }

    private void slotsAreNulledWhenTakenBy(Supplier<Integer> pop) {
        int count = pushAll(kind.room(MANY));
        List<Object[]> slots = queue.slots(); // a chain forgets drained rings
        assertThat(elementsIn(slots)).isEqualTo(count);
        for (int left = count - 1; left >= 0; left--) {
            assertThat(pop.get()).isNotNull();
            assertThat(elementsIn(slots)).isEqualTo(left);
        }
    }

    private static long elementsIn(List<Object[]> slots) {
        return slots.stream().flatMap(Arrays::stream).filter(Objects::nonNull).count();
    }

    @Test
    void elementsThatWereTakenCanBeCollected() {
        TestQueue<Object> objects = kind.make();
        List<WeakReference<Object>> taken = pushAndTakeAllButOne(objects);
        Garbage.assertCollectible("elements that were taken", taken);
        assertThat(objects.size()).isEqualTo(1);
    }

    /** In a method of its own, so that no frame holds an element. */
    private List<WeakReference<Object>> pushAndTakeAllButOne(TestQueue<Object> objects) {
        List<WeakReference<Object>> taken = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            if (!objects.pushHead(new Object())) {
                taken.add(new WeakReference<>(objects.popTail()));
                objects.pushHead(new Object());
            }
        }
        while (objects.size() > 1) {
            taken.add(new WeakReference<>(objects.popHead()));
            if (objects.size() > 1) {
                taken.add(new WeakReference<>(objects.popTail()));
            }
        }
        return taken;
    }

    /** Pushes 0, 1, ... and returns the count. */
    private int pushAll(int count) {
        for (int i = 0; i < count; i++) {
            assertThat(queue.pushHead(i)).isTrue();
        }
        return count;
    }
}
