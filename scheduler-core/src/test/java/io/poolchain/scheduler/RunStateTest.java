// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RunStateTest {
    @Test
    void statesOnlyAdvance() throws Exception {
        RunState state = new RunState();
        assertThat(state.isRunning()).isTrue();
        assertThat(state.advanceTo(RunState.CLOSING)).isTrue();
        assertThat(state.isRunning()).isFalse();
        assertThat(state.isAtLeast(RunState.SHUTDOWN)).isFalse();
        assertThat(state.advanceTo(RunState.STOP)).isTrue();
        assertThat(state.advanceTo(RunState.SHUTDOWN))
                .as("shutdown after shutdownNow")
                .isFalse();
        assertThat(state.isAtLeast(RunState.STOP)).isTrue();
        assertThat(state.describe()).isEqualTo("Shutting down");
        assertThat(state.awaitTerminated(0, TimeUnit.SECONDS)).isFalse();
        assertThat(state.advanceTo(RunState.TERMINATED)).isTrue();
        assertThat(state.advanceTo(RunState.TERMINATED)).isFalse();
        assertThat(state.awaitTerminated(0, TimeUnit.SECONDS)).isFalse();
        state.openLatch();
        assertThat(state.awaitTerminated(0, TimeUnit.SECONDS)).isTrue();
        assertThat(state.describe()).isEqualTo("Terminated");
    }
}
