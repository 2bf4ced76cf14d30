// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import io.poolchain.scheduler.queue.PoolChain;
import java.util.concurrent.locks.LockSupport;

/**
 * How a thief takes several tasks at once: from a victim's tail to the head of its own chain, one after the other, each by
 * its own compare-and-set. Meanwhile a task may be in no queue; so whoever closes the scheduler waits for the transfers
 * under way, and none begins that it could miss. The step names are those of docs/idle-protocol.md.
 */
final class TaskTransfer {
    /** How many looks at a transfer are followed by a yield, before one by a nap: the thief may have lost its processor. */
    private static final int YIELDS = 64;

    private static final long NAP_NANOS = 50_000;

    private final PoolChain<Runnable> own;
    private final RunState runState;

    /** Whether a task may be in no queue. Written by the thief: true before it looks at the run state, then false. */
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
            while (moved < atMost && own.hasRoom() && runState.isRunning()) {
                Runnable task = victim.popTail();
                if (task == null) {
                    break;
                }
                own.pushHead(task); // step push
                moved++;
            }
        } finally {
            underWay = false; // step unmark
        }
        return moved;
    }

    /** For whoever has set the state to CLOSING: from the end of this call on nothing is moved. */
    void awaitEnd() {
        for (int looks = 1; underWay; looks++) {
            if (looks % YIELDS != 0) {
                Thread.yield();
            } else {
                LockSupport.parkNanos(this, NAP_NANOS);
            }
        }
    }
}
