// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The system may stop a thread anywhere for any time. Only what it has in hand waits for it, and in the middle of a push from
 * outside or of a transfer, whoever closes the scheduler.
 */
@Provokes(Fault.A_PACKED_WORD_STICKS_AND_WORKERS_SPIN_FOR_EVER)
class HeldThreadTest {
    @ParameterizedTest
    @ValueSource(strings = {"ownerWhoPushes", "ownerWhoGrows", "ownerWhoPops", "thief", "submitter", "searcher"})
    void isNotWaitedFor(String scenario) throws Exception {
        expectSuccess(scenario);
    }

    /** Then all see both queues empty, and fall asleep. */
    @Test
    void onceAThiefHasPushedWhatItHadInHandSomebodyWakesForIt() throws Exception {
        expectSuccess("thiefWithATaskInHand");
    }

    @Test
    void aTaskThatAWorkerPushesAfterTheEndIsRefused() throws Exception {
        expectSuccess("ownerWhoPushesAtTheEnd");
    }

    @Test
    void shutdownNowWaitsForAThiefWithATaskInHand() throws Exception {
        expectSuccess("thiefWithATaskInHandAtTheEnd");
    }

    @Test
    void aWaiterDoesNotRunWhatShutdownNowHasReturnedMeanwhile() throws Exception {
        expectSuccess("waiterAboutToHelp");
    }

    private static void expectSuccess(String scenario) throws Exception {
        try (Debugger debugger = Debugger.launch(scenario)) {
            assertThat(debugger.run()).isEmpty();
        }
    }
}
