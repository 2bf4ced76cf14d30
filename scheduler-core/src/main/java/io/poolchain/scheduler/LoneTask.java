// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import io.poolchain.scheduler.queue.PoolChain;

/**
 * The only task of another's chain, as a thief saw it at its last look. One that it has not seen before is left: most often
 * the owner has just submitted it and is about to take it, and a thief that comes first moves a chain of tasks, with all its
 * cache lines, from worker to worker (docs/decisions/0011). One that is still there at the next look is behind an owner that
 * is busy. A look leaves one at most: where there are more, somebody has more to do than to take what it submits.
 * Owned by the thief.
 */
final class LoneTask {
    private static final int NOBODY = -1;

    private int victim = NOBODY;
    private long index;
    private boolean left;

    /** A look begins, which has left no task yet. */
    void startLook() {
        left = false;
    }

    /** Whether the last look has left one. */
    boolean wasLeft() {
        return left;
    }

    /** Whether to leave the victim alone, given {@link PoolChain#loneIndex()} of its chain. */
    boolean leave(int victim, long loneIndex) {
        if (left || loneIndex == PoolChain.NO_INDEX || (victim == this.victim && loneIndex == index)) {
            return false;
        }
        this.victim = victim;
        index = loneIndex;
        left = true;
        return true;
    }
}
