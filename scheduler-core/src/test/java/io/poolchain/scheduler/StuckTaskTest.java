// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolchain.scheduler.queue.PoolChain;
import org.junit.jupiter.api.Test;

class StuckTaskTest {
    private final PoolChain<String> chain = new PoolChain<>();
    private final StuckTask stuck = new StuckTask();

    private boolean isStillThere() {
        return stuck.isStillThere(chain.oldestIndex());
    }

    private void watch() {
        stuck.watch(1, chain.oldestIndex());
    }

    @Test
    void theOldestIsStillThereUntilSomebodyTakesIt() {
        chain.pushHead("oldest");
        chain.pushHead("next");
        watch();
        assertThat(isStillThere()).isTrue();
        chain.pushHead("newest");
        chain.popHead();
        assertThat(isStillThere()).as("its owner takes others").isTrue();
        chain.popTail();
        assertThat(isStillThere()).as("another is the oldest").isFalse();
        watch();
        chain.popHead();
        assertThat(isStillThere()).as("its owner has taken it").isFalse();
    }

    @Test
    void nothingIsStuckInAnEmptyChain() {
        assertThat(isStillThere()).as("never looked").isFalse();
        watch();
        assertThat(isStillThere()).isFalse();
        chain.pushHead("new");
        assertThat(isStillThere()).as("it was not there then").isFalse();
    }

    @Test
    void theOldestOfALaterRingIsAnother() {
        for (int i = 0; i < 8; i++) {
            chain.pushHead("first ring");
        }
        watch();
        for (int i = 0; i < 8; i++) {
            chain.pushHead("second ring");
            chain.popTail();
        }
        assertThat(isStillThere()).as("the index is the same, the ring is not").isFalse();
    }
}
