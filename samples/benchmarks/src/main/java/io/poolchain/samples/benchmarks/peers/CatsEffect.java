// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.peers;

import cats.effect.unsafe.SelectorSystem;
import cats.effect.unsafe.WorkStealingThreadPool;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import scala.concurrent.duration.Duration;
import scala.runtime.BoxedUnit;

/** The compute pool of cats-effect with the settings of its {@code IORuntime}. */
public record CatsEffect(WorkStealingThreadPool<?> pool) implements Executor, AutoCloseable {
    /** {@return a new pool} */
    public static CatsEffect newFixedThreadPool(int threads) {
        Thread.UncaughtExceptionHandler handler = (thread, e) -> e.printStackTrace();
        return new CatsEffect(new WorkStealingThreadPool<>(
                threads,
                "io-compute",
                "io-compute-blocker",
                Duration.apply(60, TimeUnit.SECONDS),
                false,
                Duration.apply(1, TimeUnit.SECONDS),
                SelectorSystem.apply(),
                e -> {
                    e.printStackTrace();
                    return BoxedUnit.UNIT;
                },
                handler));
    }

    @Override
    public void execute(Runnable task) {
        pool.execute(task);
    }

    @Override
    public void close() {
        pool.shutdown();
    }
}
