// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * The worker that the calling thread runs, of whatever scheduler. A {@link WorkerThread} has a field for it. Threads that a
 * user's factory made have a thread-local, which takes a tenth to a fifth of an empty task longer to read
 * (docs/decisions/0013).
 */
final class CurrentWorker {
    private static final ThreadLocal<@Nullable Worker> OF_OTHER_THREADS = new ThreadLocal<>();

    private CurrentWorker() {}

    /** Null if there is none. */
    static @Nullable Worker get() {
        return Thread.currentThread() instanceof WorkerThread thread ? thread.worker : OF_OTHER_THREADS.get();
    }

    /** As {@link #get}, for a scheduler all of whose workers are run by a {@link WorkerThread}. */
    static @Nullable Worker getOfWorkerThread() {
        return Thread.currentThread() instanceof WorkerThread thread ? thread.worker : null;
    }

    /** Null if there is to be none. */
    static void set(@Nullable Worker worker) {
        if (Thread.currentThread() instanceof WorkerThread thread) {
            thread.worker = worker;
        } else if (worker != null) {
            OF_OTHER_THREADS.set(worker);
        } else {
            OF_OTHER_THREADS.remove();
        }
    }

    /** Takes the memory that {@link #set} needs in the calling thread. */
    static void prepare() {
        if (!(Thread.currentThread() instanceof WorkerThread)) {
            OF_OTHER_THREADS.set(OF_OTHER_THREADS.get());
        }
    }
}
