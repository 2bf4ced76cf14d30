// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolchain.scheduler.queue.QueueKind.Start;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A chain whose owner only pushes, by one thread; {@link QueueStressTest} has the others. */
class FifoChainTest {
    @ParameterizedTest
    @EnumSource
    void elementsLeaveInTheOrderInWhichTheyCame(Start start) {
        PoolChain<Integer> chain = new PoolChain<>(2, 8, start.index, true);
        ArrayDeque<Integer> expected = new ArrayDeque<>();
        SplittableRandom random = new SplittableRandom(start.index);
        for (int i = 0; i < 100_000; i++) {
            if (random.nextInt(20) < 10) {
                chain.pushHead(i);
                expected.add(i);
            } else {
                assertThat(chain.popTail()).isEqualTo(expected.poll());
            }
            assertThat(chain.size()).isEqualTo(expected.size());
            assertThat(chain.isEmpty()).isEqualTo(expected.isEmpty());
        }
    }

    @ParameterizedTest
    @EnumSource
    void itsOwnerMustNotPop(Start start) {
        PoolChain<Integer> chain = new PoolChain<>(2, 8, start.index, true);
        chain.pushHead(1);
        assertThatThrownBy(chain::popHead).isInstanceOf(AssertionError.class);
        assertThat(chain.popTail()).isEqualTo(1);
    }
}
