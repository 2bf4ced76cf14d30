// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Options of a {@link WorkStealingScheduler}. Not thread-safe; can build any number of schedulers.
 *
 * <p>Obtained from {@link WorkStealingScheduler#builder()}.
 */
public final class SchedulerBuilder {
    private static final AtomicInteger UNNAMED = new AtomicInteger();

    private int parallelism = Runtime.getRuntime().availableProcessors();
    private @Nullable String name;
    private @Nullable ThreadFactory threadFactory;

    SchedulerBuilder() {}

    /**
     * The number of workers, and so the largest number of tasks in flight. By default the number of available processors.
     *
     * @param workers from 1 to {@link WorkStealingScheduler#MAX_PARALLELISM}
     * @return this builder
     * @throws IllegalArgumentException if {@code workers} is out of this range
     */
    public SchedulerBuilder parallelism(int workers) {
        if (workers < 1 || workers > WorkStealingScheduler.MAX_PARALLELISM) {
            throw new IllegalArgumentException(
                    "parallelism must be from 1 to " + WorkStealingScheduler.MAX_PARALLELISM + ", but was " + workers);
        }
        this.parallelism = workers;
        return this;
    }

    /**
     * The name, which appears in the log, in the metrics' tag {@code name} and in the names of the default threads. By
     * default {@code poolchain-} and a number.
     *
     * @param name not blank
     * @return this builder
     * @throws NullPointerException if {@code name} is null
     * @throws IllegalArgumentException if {@code name} is blank
     */
    public SchedulerBuilder name(String name) {
        if (Objects.requireNonNull(name, "name").isBlank()) {
            throw new IllegalArgumentException("name must not be blank, but was \"" + name + '"');
        }
        this.name = name;
        return this;
    }

    /**
     * Makes the workers' threads, one at a time on demand, in the thread that has work for it. By default non-daemon
     * threads of normal priority, named after the scheduler: {@code orders-worker-1}, {@code orders-worker-2}, and so on.
     *
     * <p>A factory that throws or returns null fails the submission if the scheduler has no thread at all; otherwise the
     * task is run by a thread that there is, the failure is logged, and the factory is asked again when there is work.
     *
     * @param threadFactory the factory
     * @return this builder
     * @throws NullPointerException if {@code threadFactory} is null
     */
    public SchedulerBuilder threadFactory(ThreadFactory threadFactory) {
        this.threadFactory = Objects.requireNonNull(threadFactory, "threadFactory");
        return this;
    }

    /**
     * Builds a scheduler. It has no thread until it is given a task.
     *
     * @return a new scheduler
     */
    public WorkStealingScheduler build() {
        String chosenName = name != null ? name : "poolchain-" + UNNAMED.incrementAndGet();
        ThreadFactory chosenFactory = threadFactory != null ? threadFactory : new NamedThreads(chosenName);
        return new WorkStealingScheduler(chosenName, parallelism, chosenFactory);
    }

    /** Threads as {@link java.util.concurrent.Executors#defaultThreadFactory()} makes them, named after the scheduler. */
    private static final class NamedThreads implements ThreadFactory {
        private final String prefix;
        private final AtomicInteger made = new AtomicInteger();

        NamedThreads(String name) {
            prefix = name + "-worker-";
        }

        @Override
        public Thread newThread(Runnable work) {
            Thread thread = new Thread(work, prefix + made.incrementAndGet());
            thread.setDaemon(false);
            thread.setPriority(Thread.NORM_PRIORITY);
            return thread;
        }
    }
}
