// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Since when each worker has been seen in the task that it runs. No task takes the time: whoever looks compares the
 * worker's count of tasks with that of the look before. So an age is a lower bound, and needs two looks. Thread-safe.
 */
final class TaskAges {
    /** By worker, the number of the task that it was last seen to run. Guarded by this, as is the next. */
    private long[] seen = {};

    /** When it was first seen to run that. */
    private long[] since = {};

    /**
     * What a worker is doing.
     *
     * @param number how many tasks it has begun
     * @param nanos for how long at least
     */
    record Running(Worker worker, long number, long nanos) {}

    /** The workers that run a task now. */
    synchronized List<Running> look(Worker[] workers) {
        int before = seen.length;
        if (workers.length > before) {
            seen = Arrays.copyOf(seen, workers.length);
            since = Arrays.copyOf(since, workers.length);
        }
        List<Running> running = new ArrayList<>();
        for (int index = 0; index < workers.length; index++) {
            long now = System.nanoTime();
            long number = workers[index].runningTask();
            if (number != seen[index]) {
                seen[index] = number;
                since[index] = System.nanoTime();
            }
            if (number != Worker.NO_TASK) {
                running.add(new Running(workers[index], number, Math.max(0, now - since[index])));
            }
        }
        return running;
    }
}
