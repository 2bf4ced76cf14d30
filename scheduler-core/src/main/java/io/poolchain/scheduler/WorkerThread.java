// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A thread as {@link java.util.concurrent.Executors#defaultThreadFactory()} makes them, but named after the scheduler, and
 * with a place for its worker (see {@link CurrentWorker}).
 */
final class WorkerThread extends Thread {
    /** The worker that this thread runs, of whatever scheduler. Read and written by this thread only. */
    @Nullable
    Worker worker;

    private WorkerThread(Runnable work, String name) {
        super(work, name);
        setDaemon(false);
        setPriority(NORM_PRIORITY);
    }

    /** Makes such threads for the scheduler of the given name. */
    static final class Factory implements ThreadFactory {
        private final String prefix;
        private final AtomicInteger made = new AtomicInteger();

        Factory(String scheduler) {
            prefix = scheduler + "-worker-";
        }

        @Override
        public Thread newThread(Runnable work) {
            return new WorkerThread(work, prefix + made.incrementAndGet());
        }
    }
}
