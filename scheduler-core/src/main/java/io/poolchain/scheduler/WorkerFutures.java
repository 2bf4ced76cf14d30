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
    void pop(WorkerFuture<?> future) {
        int place = placeOf(future);
        if (place >= 0) {
            popDownTo(place);
        }
    }

    /** Each stays until it is settled: if there is no stack for that now, there will be further out. */
    @SuppressWarnings("NullAway") // a free place must keep no future alive
    void popDownTo(int place) {
        while (size > place) {
            running[size - 1].settle();
            running[size - 1] = null;
            size--;
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
