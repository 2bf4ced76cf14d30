// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.CrowdedStripe.FEWEST_ROWS;
import static io.poolchain.scheduler.CrowdedStripe.MANY_IN_A_REST;
import static io.poolchain.scheduler.CrowdedStripe.MANY_IN_A_ROW;
import static io.poolchain.scheduler.CrowdedStripe.MOST_ROWS;
import static org.assertj.core.api.Assertions.assertThat;

import io.poolchain.scheduler.queue.PoolChain;
import org.junit.jupiter.api.Test;

class CrowdedStripeTest {
    private static final int STRIPE = 3;
    private static final int OWN = SubmissionQueue.ROW;

    private final CrowdedStripe crowded = new CrowdedStripe();

    /** Of the stripe's oldest task. */
    private long index;

    private boolean isCrowdedAfterARow(int others) {
        index++;
        crowded.startRow(index);
        index += OWN - 1 + others;
        return crowded.isCrowded(OWN, index);
    }

    private void leave() {
        assertThat(isCrowdedAfterARow(MANY_IN_A_ROW)).isTrue();
        crowded.leave(STRIPE, index);
    }

    private void lookAgainAfter(int others) {
        index += others;
        crowded.lookAgain(index);
    }

    private int rowsUntilItIsCrowded() {
        int rows = 1;
        while (!isCrowdedAfterARow(MANY_IN_A_ROW)) {
            rows++;
        }
        return rows;
    }

    @Test
    void isCrowdedIfOthersTakeAsMuch() {
        assertThat(isCrowdedAfterARow(0)).isFalse();
        assertThat(isCrowdedAfterARow(MANY_IN_A_ROW - 1)).isFalse();
        assertThat(isCrowdedAfterARow(MANY_IN_A_ROW)).isTrue();
    }

    @Test
    void isNotCrowdedIfItIsEmptyOrWas() {
        crowded.startRow(PoolChain.NO_INDEX);
        assertThat(crowded.isCrowded(OWN, 1_000)).isFalse();
        crowded.startRow(0);
        assertThat(crowded.isCrowded(OWN, PoolChain.NO_INDEX)).isFalse();
    }

    @Test
    void isNotCrowdedByTheWorkersOwnFairTurns() {
        crowded.startRow(0);
        crowded.forgetRow();
        assertThat(crowded.isCrowded(OWN, 1_000)).isFalse();
    }

    /** Whose indexes tell nothing of how many were taken. */
    @Test
    void isNotCrowdedBecauseItHasComeToItsNextRing() {
        crowded.startRow(7);
        assertThat(crowded.isCrowded(OWN, 1L << Integer.SIZE)).isFalse();
    }

    @Test
    void isLeftWhileOthersTakeMany() {
        leave();
        assertThat(crowded.isLeft(STRIPE)).isTrue();
        assertThat(crowded.isLeft(STRIPE + 1)).isFalse();
        lookAgainAfter(MANY_IN_A_REST);
        assertThat(crowded.isLeft(STRIPE)).isTrue();
        lookAgainAfter(MANY_IN_A_REST - 1);
        assertThat(crowded.isLeft(STRIPE)).isFalse();
        assertThat(crowded.hasLeft()).isFalse();
    }

    @Test
    void isLeftThoughTheWorkerHasAFairTurn() {
        leave();
        crowded.forgetRow();
        lookAgainAfter(MANY_IN_A_REST);
        assertThat(crowded.isLeft(STRIPE)).isTrue();
    }

    @Test
    void isNoLongerLeftWhenItIsEmpty() {
        leave();
        crowded.lookAgain(PoolChain.NO_INDEX);
        assertThat(crowded.hasLeft()).isFalse();
        assertThat(rowsUntilItIsCrowded()).as("that was not in vain").isEqualTo(1);
    }

    /** Where tasks take longer it would be left for nothing again and again. */
    @Test
    void isLeftMoreSeldomEachTimeThatItWasInVain() {
        int rows = FEWEST_ROWS;
        for (int i = 0; i < 20; i++) {
            leave();
            lookAgainAfter(0);
            assertThat(rowsUntilItIsCrowded()).isEqualTo(rows + 1);
            rows = Math.min(2 * rows, MOST_ROWS);
        }
        leave();
        lookAgainAfter(MANY_IN_A_REST);
        lookAgainAfter(0);
        assertThat(rowsUntilItIsCrowded()).as("once it was not in vain").isEqualTo(FEWEST_ROWS + 1);
    }
}
