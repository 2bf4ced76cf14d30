// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import io.poolchain.scheduler.queue.PoolChain;

/**
 * The oldest task of another's chain, as a worker saw it the last time that it looked after others. If it is still there, its
 * owner has had no turn to take it meanwhile. Who takes it although its owner gets on takes cache lines that it has in use
 * (docs/decisions/0016). Owned by the worker.
 */
final class StuckTask {
    private int victim;
    private long index = PoolChain.NO_INDEX;

    /** Whose it was. */
    int victim() {
        return victim;
    }

    /** Whether it is still the oldest, given {@link PoolChain#oldestIndex()} of its chain. */
    boolean isStillThere(long oldestIndex) {
        return oldestIndex == index && index != PoolChain.NO_INDEX;
    }

    void watch(int victim, long oldestIndex) {
        this.victim = victim;
        index = oldestIndex;
    }
}
