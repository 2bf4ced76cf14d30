// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.peers;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.ThreadExecutorMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Netty's event loops: a task from outside goes to the next loop, a task from a loop to that loop. */
public record Netty(MultiThreadIoEventLoopGroup loops) implements Executor, AutoCloseable {
    /** {@return new event loops} */
    public static Netty newFixedThreadPool(int threads) {
        return new Netty(new MultiThreadIoEventLoopGroup(threads, NioIoHandler.newFactory()));
    }

    @Override
    public void execute(Runnable task) {
        @Nullable EventExecutor current = ThreadExecutorMap.currentExecutor();
        EventExecutor loop = current != null && current.parent() == loops ? current : loops.next();
        loop.execute(task);
    }

    @Override
    public void close() throws InterruptedException {
        loops.shutdownGracefully(0, 1, TimeUnit.MINUTES).await();
    }
}
