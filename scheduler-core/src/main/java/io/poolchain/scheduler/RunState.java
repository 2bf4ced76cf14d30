// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Where a scheduler is in its life, and the latch that opens when the last step after TERMINATED is done. States only ever
 * advance:
 *
 * <pre>
 *   RUNNING     accepts tasks and runs them
 *   CLOSING     accepts none; submissions that began earlier come to their end
 *   SHUTDOWN    every accepted task is in a queue or was taken from one; they are run, idle workers end
 *   STOP        unstarted tasks are handed back, running ones interrupted, workers end
 *   TERMINATED  the last worker has ended
 *
 *   RUNNING  -> CLOSING     shutdown, shutdownNow
 *   CLOSING  -> SHUTDOWN    shutdown, once no submission is under way
 *   CLOSING  -> STOP        shutdownNow, likewise
 *   SHUTDOWN -> STOP        shutdownNow
 *   SHUTDOWN -> TERMINATED  no worker is left and no task is queued
 *   STOP     -> TERMINATED  no worker is left
 * </pre>
 */
final class RunState {
    static final int RUNNING = 0;
    static final int CLOSING = 1;
    static final int SHUTDOWN = 2;
    static final int STOP = 3;
    static final int TERMINATED = 4;

    /** Advances only, by compare-and-set. Read before and after each push, so it stands here and not behind a reference. */
    private volatile int state = RUNNING;

    private static final VarHandle STATE = ConstantBootstraps.fieldVarHandle(
            MethodHandles.lookup(), "state", VarHandle.class, RunState.class, int.class);

    /** Opened once, by the thread that has moved the state to TERMINATED, when it has tidied up. */
    private final CountDownLatch terminated = new CountDownLatch(1);

    /** Moves to {@code target} unless the state is there already or further; returns whether this call moved it. */
    boolean advanceTo(int target) {
        while (true) {
            int current = state;
            if (current >= target) {
                return false;
            }
            if (STATE.compareAndSet(this, current, target)) {
                return true;
            }
        }
    }

    /** Lets those go on who wait for the end: the last step of the thread that has moved the state to TERMINATED. */
    void openLatch() {
        terminated.countDown();
    }

    boolean isRunning() {
        return state == RUNNING;
    }

    boolean isAtLeast(int target) {
        return state >= target;
    }

    boolean awaitTerminated(long timeout, TimeUnit unit) throws InterruptedException {
        return terminated.await(timeout, unit);
    }

    /** The word that {@code ThreadPoolExecutor.toString} uses for the state. */
    String describe() {
        int current = state;
        return current == RUNNING ? "Running" : current == TERMINATED ? "Terminated" : "Shutting down";
    }
}
