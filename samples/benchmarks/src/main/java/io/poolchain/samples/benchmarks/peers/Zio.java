// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.peers;

import java.util.Optional;
import java.util.concurrent.Executor;
import zio.internal.ZScheduler;

/** ZIO's default scheduler, without its supervisor: no task here blocks. */
public record Zio(ZScheduler scheduler, Executor executor) implements Executor, AutoCloseable {
    static Optional<String> whyNot(int threads) {
        return threads == Runtime.getRuntime().availableProcessors()
                ? Optional.empty()
                : Optional.of("has a thread for each processor; say -XX:ActiveProcessorCount=" + threads);
    }

    /** {@return a new scheduler} */
    public static Zio newFixedThreadPool(int threads) {
        ZScheduler scheduler = new ZScheduler(false);
        return new Zio(scheduler, scheduler.asJava());
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    /** It has no end of its own; its workers go when they are interrupted. */
    @Override
    public void close() {
        for (Thread worker : scheduler.zio$internal$ZScheduler$$workers) {
            worker.interrupt();
        }
    }
}
