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

    @BeforeEach
    void startSearch() {
        loneTask.startSearch();
    }

    private boolean leaveVictim(int victim) {
        return loneTask.leave(victim, chain.loneIndex());
    }

    @Test
    void isLeftAtTheFirstLook() {
        chain.pushHead("a");
        assertThat(leaveVictim(3)).isTrue();
        assertThat(loneTask.wasLeft()).isTrue();
    }

    @Test
    void isNotLeftASecondTime() {
        chain.pushHead("a");
        leaveVictim(3);
        assertThat(leaveVictim(3)).isFalse();
    }

    /** Many searches end before it is seen twice. */
    @Test
    void isNotLeftInTheNextSearch() {
        chain.pushHead("a");
        leaveVictim(3);
        loneTask.startSearch();
        assertThat(loneTask.wasLeft()).isFalse();
        assertThat(leaveVictim(3)).isFalse();
        assertThat(loneTask.wasLeft()).isFalse();
    }

    @Test
    void isLeftAgainWhenItIsAnotherOne() {
        IntStream.range(0, 100).forEach(i -> {
            chain.pushHead("a"); // the same object, as of a task that submits itself
            assertThat(leaveVictim(3)).isTrue();
            assertThat(chain.popHead()).isEqualTo("a");
        });
    }

    @Test
    void isLeftToAnotherVictimThoughTheIndexIsTheSame() {
        chain.pushHead("a");
        leaveVictim(3);
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
