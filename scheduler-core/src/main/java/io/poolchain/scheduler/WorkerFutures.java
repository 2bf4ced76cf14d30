// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The futures that one worker's thread is running, each in the one below it. Owned by that thread. */
final class WorkerFutures {
    private WorkerFuture<?>[] running = new WorkerFuture<?>[4];
    private int size;

    void push(WorkerFuture<?> future) {
        if (size == running.length) {
            running = Arrays.copyOf(running, 2 * size);
        }
        running[size] = future;
        size++;
    }

    /**
     * Takes a future off, and any above it: those of calls that ended by a stack overflow before they could do so. Does
     * nothing if the future is not there: then its push ended in this way.
     */
    @SuppressWarnings("NullAway") // a free place must keep no future alive
    void pop(WorkerFuture<?> future) {
        int place = placeOf(future);
        while (place >= 0 && size > place) {
            size--;
            WorkerFuture<?> ended = running[size];
            running[size] = null;
            if (size > place) {
                ended.failIfUnfinished();
            }
        }
    }

    @Nullable
    WorkerFuture<?> top() {
        return size == 0 ? null : running[size - 1];
    }

    boolean contains(WorkerFuture<?> future) {
        return placeOf(future) >= 0;
    }

    private int placeOf(WorkerFuture<?> future) {
        int place = size - 1;
        while (place >= 0 && running[place] != future) {
            place--;
        }
        return place;
    }
}
