// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolchain.scheduler.queue.PoolChain;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoneTaskTest {
    private final PoolChain<String> chain = new PoolChain<>();
    private final LoneTask loneTask = new LoneTask();

    private boolean leaveVictim(int victim) {
        return loneTask.leave(victim, chain.loneIndex());
    }

    @BeforeEach
    void startLook() {
        loneTask.startLook();
    }

    @Test
    void isLeftAtTheFirstLook() {
        chain.pushHead("a");
        assertThat(leaveVictim(3)).isTrue();
        assertThat(loneTask.wasLeft()).isTrue();
    }

    @Test
    void isNotLeftAtTheSecondLook() {
        chain.pushHead("a");
        leaveVictim(3);
        startLook();
        assertThat(leaveVictim(3)).isFalse();
        assertThat(loneTask.wasLeft()).isFalse();
    }

    @Test
    void isLeftAgainWhenItIsAnotherOne() {
        IntStream.range(0, 100).forEach(i -> {
            startLook();
            chain.pushHead("a"); // the same object, as of a task that submits itself
            assertThat(leaveVictim(3)).isTrue();
            assertThat(chain.popHead()).isEqualTo("a");
        });
    }

    /** Else many that are behind busy owners would hide each other. */
    @Test
    void isTheOnlyOneThatALookLeaves() {
        chain.pushHead("a");
        assertThat(leaveVictim(3)).isTrue();
        assertThat(leaveVictim(4)).isFalse();
        startLook();
        assertThat(leaveVictim(4)).isTrue();
        assertThat(leaveVictim(3)).isFalse();
    }

    @Test
    void isLeftToAnotherVictimThoughTheIndexIsTheSame() {
        chain.pushHead("a");
        leaveVictim(3);
        startLook();
        assertThat(leaveVictim(4)).isTrue();
    }

    @Test
    void nothingIsLeftWhereThereIsNoneOrMoreThanOne() {
        assertThat(leaveVictim(3)).isFalse();
        chain.pushHead("a");
        chain.pushHead("b");
        assertThat(leaveVictim(3)).isFalse();
        assertThat(loneTask.wasLeft()).isFalse();
    }
}
