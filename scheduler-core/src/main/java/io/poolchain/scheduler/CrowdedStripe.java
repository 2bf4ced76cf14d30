// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import io.poolchain.scheduler.queue.PoolChain;

/**
 * The stripe that a worker has left to others which take from it as fast as it does. Two whose tasks are that short take them
 * from under each other's hands, and the cache lines with them: one alone is faster (docs/decisions/0021). The worker looks
 * again after a rest, and comes back once they take less. Owned by the worker's thread.
 */
final class CrowdedStripe extends CrowdedStripePadAfter {
    private static final int NONE = -1;

    /** What others take of a stripe in a row of this worker, after its first task: as much as it does. */
    static final int MANY_IN_A_ROW = SubmissionQueue.ROW - 1;

    /** And in a rest, if each of their tasks takes a tenth of a microsecond or less. */
    static final int MANY_IN_A_REST = 64;

    /** So many rows go by after a stripe was left in vain, and each time twice as many: a rest takes longer than some rows. */
    static final int FEWEST_ROWS = 8;

    static final int MOST_ROWS = 256;

    private static final int NEXT_RING = 1 << 20;

    CrowdedStripe() {
        left = NONE;
        rows = FEWEST_ROWS;
    }

    /** The worker has taken the first task of a row; given {@link PoolChain#oldestIndex()} of the stripe's chain. */
    void startRow(long oldestIndex) {
        oldest = oldestIndex;
    }

    /** Nothing is to be told from the row that has begun, if any. While a stripe is left there is none. */
    void forgetRow() {
        if (!hasLeft()) {
            oldest = PoolChain.NO_INDEX;
        }
    }

    /** A row of so many tasks has ended. Returns whether others took as many meanwhile. */
    boolean isCrowded(long taken, long oldestIndex) {
        if (rowsToGo > 0) {
            rowsToGo--;
            return false;
        }
        long others = movedTo(oldestIndex) - (taken - 1);
        return others >= MANY_IN_A_ROW && others < NEXT_RING;
    }

    void leave(int stripe, long oldestIndex) {
        left = stripe;
        oldest = oldestIndex;
    }

    boolean isLeft(int stripe) {
        return left == stripe;
    }

    boolean hasLeft() {
        return left != NONE;
    }

    /** Which stripe it was. */
    int stripe() {
        return (int) left;
    }

    /** After a rest: comes back unless others have taken many from the stripe meanwhile, and there are more. */
    void lookAgain(long oldestIndex) {
        if (oldestIndex == PoolChain.NO_INDEX) {
            comeBack();
        } else if (movedTo(oldestIndex) < MANY_IN_A_REST) {
            comeBack();
            rowsToGo = rows;
            rows = Math.min(2 * rows, MOST_ROWS);
        } else {
            rows = FEWEST_ROWS;
        }
        oldest = oldestIndex;
    }

    void comeBack() {
        left = NONE;
    }

    /** None if it is empty, or was. */
    private long movedTo(long oldestIndex) {
        return oldest == PoolChain.NO_INDEX || oldestIndex == PoolChain.NO_INDEX ? 0 : oldestIndex - oldest;
    }
}

abstract class CrowdedStripePadBefore {
    @SuppressWarnings("unused")
    private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;
}

/** What is written at each row. Owned by the worker's thread. */
abstract class CrowdedStripePlace extends CrowdedStripePadBefore {
    /** The stripe that was left, or NONE. */
    long left;

    /** The index of the stripe's oldest task when the row began, or at the last look at the stripe that was left. */
    long oldest;

    /** How many rows go by before the next stripe may be left. */
    long rowsToGo;

    /** As many will go by after the next in vain. */
    long rows;
}

abstract class CrowdedStripePadAfter extends CrowdedStripePlace {
    @SuppressWarnings("unused")
    private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;
}
