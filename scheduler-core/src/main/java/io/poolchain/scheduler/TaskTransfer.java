// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import io.poolchain.scheduler.queue.PoolChain;

/**
 * How a thief takes several tasks at once: from a victim's tail to the head of its own chain, one after the other, each by
 * its own compare-and-set. Meanwhile a task may be in no queue; so {@code shutdownNow} waits for the end of the transfers
 * under way, and none begins that it could miss. The step names are those of docs/idle-protocol.md.
 */
final class TaskTransfer {
    private final PoolChain<Runnable> own;
    private final RunState runState;

    /** Whether a task may be in no queue. Written by the thief, with volatile order at both ends. */
    private volatile boolean underWay;

    TaskTransfer(PoolChain<Runnable> own, RunState runState) {
        this.own = own;
        this.runState = runState;
    }

    /**
     * Moves some tasks, but makes no ring for them: with a task in hand there would be nowhere to put it if there were no
     * memory. For the thief only, which has to check afterwards.
     *
     * @return how many were moved
     */
    int take(PoolChain<Runnable> victim, long atMost) {
        int moved = 0;
        underWay = true; // step mark; before the look at the state
        try {
            while (moved < atMost && own.hasRoom() && !runState.isAtLeast(RunState.STOP)) {
                Runnable task = victim.popTail();
                if (task == null) {
                    break;
                }
                own.pushHead(task); // step push
                moved++;
            }
        } finally {
            underWay = false; // step unmark, step fence
        }
        return moved;
    }

    /** For whoever has set the state to STOP: afterwards each task that was moved is in a queue. */
    void awaitEnd() {
        while (underWay) {
            Thread.yield(); // it takes as long as a few dozen compare-and-sets
        }
    }
}
