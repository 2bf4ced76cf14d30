// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * What one round of the soak does, all of it derived from the seed: so do the decisions of each of its threads and tasks.
 * Only how they interleave differs when the same seed is run again.
 *
 * @param workers how many at the beginning; and at most, while the size changes
 * @param submitters threads outside
 * @param tasks how many each of them submits
 * @param depth how deep tasks submit tasks
 * @param children how many a task submits at most
 * @param pauseMicros how long a submitter pauses at most between two tasks: about as long as threads live for want of tasks
 * @param keepAliveMicros how long a thread sleeps before it ends; 0 if it stays
 * @param capacity how many tasks may wait
 * @param policy what becomes of a task for which there is no room
 * @param order of a worker's own tasks
 * @param fairnessInterval as the builder has it
 * @param factoryFailsEvery each so many calls the thread factory throws or returns null; 0 if it never does
 * @param decorated whether there is a task decorator
 * @param trouble how many times the size is changed, or a thread interrupted, or the figures looked at, beside the tasks
 * @param troublesomeTasks how many in a thousand tasks throw, overflow their stack, interrupt themselves, or leave garbage
 * @param cancels how many in a hundred futures are cancelled
 * @param ending how the scheduler is brought to its end
 * @param endAfter how many tasks have been submitted from outside when that begins; never reached if the pool is to be quiet
 */
record SoakPlan(
        long seed,
        int workers,
        int submitters,
        int tasks,
        int depth,
        int children,
        int pauseMicros,
        long keepAliveMicros,
        int capacity,
        RejectionPolicy policy,
        LocalOrder order,
        int fairnessInterval,
        int factoryFailsEvery,
        boolean decorated,
        int trouble,
        int troublesomeTasks,
        int cancels,
        Ending ending,
        int endAfter) {

    private static final List<Ending> ENDINGS = List.of(Ending.values());

    private static final List<RejectionPolicy> POLICIES = List.of(
            RejectionPolicy.abort(),
            RejectionPolicy.callerRuns(),
            RejectionPolicy.discard(),
            RejectionPolicy.discardOldest(),
            RejectionPolicy.block(),
            RejectionPolicy.block(Duration.ofNanos(50_000)));

    static SoakPlan of(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int submitters = upTo(16, random);
        int tasks = upTo(128, random);
        boolean bounded = random.nextInt(3) == 0;
        RejectionPolicy policy = POLICIES.get(random.nextInt(POLICIES.size()));
        int keepAliveMicros = random.nextInt(3) == 0 ? upTo(2_000, random) : 0;
        boolean discards = bounded && discards(policy);
        return new SoakPlan(
                seed,
                upTo(64, random),
                submitters,
                tasks,
                random.nextInt(4),
                upTo(4, random),
                random.nextInt(3) == 0 ? Math.min(200, 2 * keepAliveMicros) : 0,
                keepAliveMicros,
                bounded ? upTo(64, random) : SchedulerOptions.UNBOUNDED,
                policy,
                random.nextBoolean() ? LocalOrder.LIFO : LocalOrder.FIFO,
                4 << random.nextInt(6),
                random.nextInt(3) == 0 ? 1 + upTo(8, random) : 0,
                random.nextInt(4) == 0 && !discards, // what a decorator returns can't be told that it is discarded
                random.nextBoolean() ? upTo(100, random) : 0,
                random.nextBoolean() ? upTo(200, random) : 0,
                random.nextBoolean() ? upTo(30, random) : 0,
                ENDINGS.get(random.nextInt(ENDINGS.size())),
                random.nextInt(3) == 0 ? Integer.MAX_VALUE : random.nextInt(submitters * tasks + 1));
    }

    /** From 1 to a power of two, small numbers as likely as large ones. */
    private static int upTo(int most, SplittableRandom random) {
        int magnitudes = Integer.numberOfTrailingZeros(Integer.highestOneBit(most)) + 1;
        return 1 + random.nextInt(Math.min(most, 1 << random.nextInt(magnitudes)));
    }

    /** The decisions of one thread. */
    SplittableRandom random(int thread) {
        return new SplittableRandom(seed * 0x5DEECE66DL + thread + 1);
    }

    /** Whether tasks are thrown away without a word. */
    boolean discards() {
        return capacity != SchedulerOptions.UNBOUNDED && discards(policy);
    }

    private static boolean discards(RejectionPolicy policy) {
        return policy.kind == RejectionPolicy.Kind.DISCARD || policy.kind == RejectionPolicy.Kind.DISCARD_OLDEST;
    }

    WorkStealingScheduler scheduler(
            ThreadFactory factory, UnaryOperator<Runnable> decorator, Thread.UncaughtExceptionHandler handler) {
        SchedulerBuilder builder = WorkStealingScheduler.builder()
                .name("soak-" + seed)
                .parallelism(workers)
                .threadFactory(factory)
                .localOrder(order)
                .fairnessInterval(fairnessInterval)
                .rejectionPolicy(policy)
                .uncaughtExceptionHandler(handler);
        if (keepAliveMicros > 0) {
            builder.keepAlive(Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(keepAliveMicros)));
        }
        if (capacity != SchedulerOptions.UNBOUNDED) {
            builder.capacity(capacity);
        }
        if (decorated) {
            builder.taskDecorator(decorator);
        }
        return builder.build();
    }
}
