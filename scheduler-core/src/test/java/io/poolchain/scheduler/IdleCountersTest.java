// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdleCountersTest {
    @ParameterizedTest
    @CsvSource({"0, 0, -1", "1, 1, 0", "-1, 65535, 65534", "-2147483648, 0, 65534", "2147483647, 65534, 7"})
    void theFieldsAreKeptApart(int version, int searching, int top) {
        long word = IdleCounters.of(version, searching, top);
        assertThat(IdleCounters.version(word)).isEqualTo(version);
        assertThat(IdleCounters.searching(word)).isEqualTo(searching);
        assertThat(IdleCounters.top(word)).isEqualTo(top);
    }

    @Test
    void searchersAreCountedUpAndDown() {
        long word = IdleCounters.of(5, 0xFFFD, 3);
        assertThat(IdleCounters.startSearching(word)).isEqualTo(IdleCounters.of(5, 0xFFFE, 3));
        assertThat(IdleCounters.stopSearching(word)).isEqualTo(IdleCounters.of(5, 0xFFFC, 3));
    }

    @Test
    void aSearcherThatFallsAsleepLiesOnTopOfANewVersion() {
        assertThat(IdleCounters.fallAsleep(IdleCounters.of(5, 2, 3), 9)).isEqualTo(IdleCounters.of(6, 1, 9));
        assertThat(IdleCounters.fallAsleep(IdleCounters.of(-1, 1, IdleCounters.NONE), 65534))
                .isEqualTo(IdleCounters.of(0, 0, 65534));
    }

    @Test
    void theWorkerOnTopIsToldToSearch() {
        assertThat(IdleCounters.wakeTop(IdleCounters.of(5, 0, 9), 3)).isEqualTo(IdleCounters.of(5, 1, 3));
        assertThat(IdleCounters.wakeTop(IdleCounters.of(-1, 7, 65534), IdleCounters.NONE))
                .isEqualTo(IdleCounters.of(-1, 8, IdleCounters.NONE));
    }
}
