// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.util.concurrent.ThreadFactory;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a {@link SchedulerBuilder} has collected; documented and checked there. */
record SchedulerOptions(
        String name,
        int parallelism,
        ThreadFactory threadFactory,
        long keepAliveNanos,
        int capacity,
        RejectionPolicy rejectionPolicy,
        LocalOrder localOrder,
        int fairnessInterval,
        int sampleOneIn,
        long watchNanos,
        boolean jmx,
        @Nullable UnaryOperator<Runnable> taskDecorator,
        Thread.@Nullable UncaughtExceptionHandler uncaughtExceptionHandler,
        @Nullable Runnable onThreadStart,
        @Nullable Runnable onThreadStop) {

    /** The keep-alive of threads that stay until shutdown. */
    static final long FOR_EVER = Long.MAX_VALUE;

    /** The limit of a watchdog that there is not. */
    static final long NO_WATCH = 0;

    /** The capacity of a scheduler without a bound. */
    static final int UNBOUNDED = Integer.MAX_VALUE;
}
