// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A billion pushes and pops with {@code -Psoak}; some forty million of each kind without. */
class SteadyLoadTest {
    private static final int PAIRS = Race.times(40_000_000);

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 1_000})
    void aChainFromWhoseHeadAsMuchIsTakenAsIsPushedDoesNotGrow(int depth) {
        PoolChain<Integer> chain = chainOf(depth);
        long capacity = chain.capacity();
        long growths = chain.growths();
        for (int i = 0; i < PAIRS; i++) {
            chain.pushHead(depth);
            chain.popHead();
        }
        assertThat(chain.size()).isEqualTo(depth);
        assertThat(chain.capacity()).isEqualTo(capacity);
        assertThat(chain.growths()).isEqualTo(growths);
    }

    /** Once the older rings are drained, one ring goes round and round. */
    @ParameterizedTest
    @ValueSource(ints = {0, 7, 1_000})
    void norDoesOneFromWhoseTail(int depth) {
        PoolChain<Integer> chain = chainOf(depth);
        long growths = chain.growths();
        for (int i = 0; i < PAIRS; i++) {
            chain.pushHead(depth);
            chain.popTail();
        }
        assertThat(chain.size()).isEqualTo(depth);
        assertThat(chain.growths()).isLessThanOrEqualTo(growths + 1);
        assertThat(chain.capacity()).isLessThanOrEqualTo(2 * 1_024);
    }

    private static PoolChain<Integer> chainOf(int elements) {
        PoolChain<Integer> chain = new PoolChain<>();
        for (int i = 0; i < elements; i++) {
            chain.pushHead(elements);
        }
        return chain;
    }
}
