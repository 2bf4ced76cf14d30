// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.await;
import static io.poolchain.scheduler.TestPools.awaitQuiescence;
import static io.poolchain.scheduler.TestPools.get;
import static io.poolchain.scheduler.TestPools.shutdownAndAwait;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolchain.scheduler.TestPools.Blocker;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A stack overflow can strike at any call, in the scheduler's own methods too. Tasks go to the end of their stack and use the
 * scheduler there, on each frame a little further from the end; afterwards it must have all its workers, and no future may
 * be left undone.
 */
@Provokes({Fault.A_THROWING_TASK_COSTS_A_WORKER_OR_ITS_QUEUED_TASKS, Fault.THE_STACK_OVERFLOWS_BY_HELPING})
class EndOfStackTest {
    private static final int FACTOR = Integer.getInteger("poolchain.stress.factor", 1);
    private static final int ROUNDS = 20 * FACTOR;
    private static final int FRAMES = 60;
    private static final long SMALL_STACK = 256 << 10;

    private interface Use {
        void at(WorkStealingScheduler scheduler, Queue<Future<?>> futures) throws Exception;
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 0", "8, 0", "2, 1"})
    void submissionsFromTheEndOfTheStackCostNoWorker(int n, long keepAliveMillis) throws Exception {
        sweep(n, keepAliveMillis, (scheduler, futures) -> scheduler.execute(() -> {}));
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 0", "8, 0", "2, 1"})
    void waitingAtTheEndOfTheStackLeavesNoFutureUndone(int n, long keepAliveMillis) throws Exception {
        sweep(n, keepAliveMillis, (scheduler, futures) -> {
            Future<?> future = scheduler.submit(() -> null);
            futures.add(future);
            try {
                future.get();
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(VirtualMachineError.class);
            }
        });
    }

    /** A submission that fails takes no room, and one that does not takes it once. */
    @ParameterizedTest
    @CsvSource({"1, 0", "2, 1"})
    void submissionsFromTheEndOfTheStackKeepTheBoundExact(int n, long keepAliveMillis) throws Exception {
        capacity = FRAMES;
        sweep(n, keepAliveMillis, (scheduler, futures) -> scheduler.execute(() -> {}));
    }

    /** Of the schedulers, or 0 for none. */
    private int capacity;

    private void sweep(int n, long keepAliveMillis, Use use) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            SchedulerBuilder builder = WorkStealingScheduler.builder()
                    .parallelism(n)
                    .threadFactory(work -> new Thread(null, work, "small stack", SMALL_STACK));
            if (capacity > 0) {
                builder.capacity(capacity);
            }
            if (keepAliveMillis > 0) {
                builder.keepAlive(Duration.ofMillis(keepAliveMillis));
            }
            WorkStealingScheduler scheduler = builder.build();
            Queue<Future<?>> futures = new ConcurrentLinkedQueue<>();
            Future<?> diver = scheduler.submit(() -> dive(new AtomicInteger(FRAMES), scheduler, futures, use));
            try {
                get(diver, scheduler);
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(VirtualMachineError.class);
            }
            for (Future<?> future : futures) {
                try {
                    future.get(TestPools.HANG_SECONDS, TimeUnit.SECONDS);
                } catch (ExecutionException e) {
                    assertThat(e).hasCauseInstanceOf(VirtualMachineError.class);
                }
            }
            CyclicBarrier allWorkers = new CyclicBarrier(n + 1);
            for (int i = 0; i < n; i++) {
                scheduler.execute(() -> await(allWorkers));
            }
            await(allWorkers);
            awaitQuiescence(scheduler);
            if (capacity > 0) {
                assertExactlyFit(n + capacity, scheduler);
            }
            shutdownAndAwait(scheduler);
        }
    }

    private static void assertExactlyFit(int tasks, WorkStealingScheduler scheduler) {
        List<Blocker> fitting = Stream.generate(Blocker::new).limit(tasks).toList();
        fitting.forEach(scheduler::execute);
        assertThatThrownBy(() -> scheduler.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        fitting.forEach(Blocker::release);
    }

    /** Down to the end, and then the same use again on each of the last frames, until it has succeeded often enough. */
    @SuppressWarnings("InfiniteRecursion")
    private static void dive(AtomicInteger left, WorkStealingScheduler scheduler, Queue<Future<?>> futures, Use use) {
        try {
            dive(left, scheduler, futures, use);
        } catch (VirtualMachineError e) { // linking a call site makes an InternalError of an overflow
            if (left.getAndDecrement() > 0) {
                try {
                    use.at(scheduler, futures);
                } catch (Exception unexpected) {
                    throw new AssertionError(unexpected);
                }
            }
            throw e;
        }
    }
}
