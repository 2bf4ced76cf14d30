// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.peers;

import java.util.concurrent.Executor;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Jetty's thread pool. */
public record Jetty(QueuedThreadPool pool) implements Executor, AutoCloseable {
    /** {@return a new pool} */
    public static Jetty newFixedThreadPool(int threads) throws Exception {
        QueuedThreadPool pool = new QueuedThreadPool(threads, threads);
        pool.setReservedThreads(0); // otherwise some of the threads only take what nobody waits for
        pool.setDaemon(true);
        pool.start();
        return new Jetty(pool);
    }

    @Override
    public void execute(Runnable task) {
        pool.execute(task);
    }

    @Override
    public void close() throws Exception {
        pool.stop();
    }
}
