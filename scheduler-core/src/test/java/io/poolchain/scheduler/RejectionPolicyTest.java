// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.await;
import static io.poolchain.scheduler.TestPools.awaitQuiescence;
import static io.poolchain.scheduler.TestPools.awaitTermination;
import static io.poolchain.scheduler.TestPools.awaitTrue;
import static io.poolchain.scheduler.TestPools.shutdownAndAwait;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolchain.scheduler.TestPools.Blocker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What our policies do that those of a ThreadPoolExecutor do not: wait for room, count, and leave no future undone. */
class RejectionPolicyTest extends PoolTest {
    private WorkStealingScheduler make(int n, int capacity, RejectionPolicy policy) {
        return closedLater(WorkStealingScheduler.builder()
                .parallelism(n)
                .capacity(capacity)
                .rejectionPolicy(policy)
                .build());
    }

    // ---- counts

    @Test
    void droppedTasksAreCountedByReason() {
        assertDropped(RejectionPolicy.abort(), 3, 0, 2);
        assertDropped(RejectionPolicy.discard(), 0, 3, 5);
        assertDropped(RejectionPolicy.discardOldest(), 0, 3, 5);
        assertDropped(RejectionPolicy.callerRuns(), 0, 0, 2);
        assertDropped(RejectionPolicy.block(Duration.ofMillis(1)), 3, 0, 2);
    }

    /** Three tasks too many, and one after shutdown. */
    private void assertDropped(RejectionPolicy policy, int byCapacity, int discarded, int submitted) {
        WorkStealingScheduler scheduler = make(1, 1, policy);
        Blocker running = Blocker.startOn(scheduler);
        for (int i = 0; i < 4; i++) {
            executeOrReject(scheduler);
        }
        running.release();
        awaitQuiescence(scheduler);
        scheduler.shutdown();
        executeOrReject(scheduler);
        awaitTermination(scheduler);
        SchedulerStats stats = scheduler.stats();
        assertThat(stats.dropped(DropReason.CAPACITY)).as("%s", policy).isEqualTo(byCapacity);
        assertThat(stats.dropped(DropReason.DISCARDED)).as("%s", policy).isEqualTo(discarded);
        assertThat(stats.dropped(DropReason.SHUTDOWN)).as("%s", policy).isEqualTo(1);
        assertThat(stats.submitted()).as("%s", policy).isEqualTo(submitted);
        assertThat(stats.submitted()).isEqualTo(stats.completed() + stats.dropped(DropReason.DISCARDED));
    }

    private static void executeOrReject(WorkStealingScheduler scheduler) {
        try {
            scheduler.execute(() -> {});
        } catch (RejectedExecutionException e) {
            // counted by the scheduler
        }
    }

    // ---- differences to ThreadPoolExecutor

    @Test
    void theFutureOfADiscardedTaskIsCancelled() {
        for (RejectionPolicy policy : List.of(RejectionPolicy.discard(), RejectionPolicy.discardOldest())) {
            WorkStealingScheduler scheduler = make(1, 1, policy);
            Blocker running = Blocker.startOn(scheduler);
            Future<?> first = scheduler.submit(() -> {});
            FutureTask<?> second = new FutureTask<>(() -> null);
            scheduler.execute(second);
            running.release();
            awaitQuiescence(scheduler);
            assertThat(Stream.of(first, second).filter(Future::isCancelled))
                    .as("%s", policy)
                    .hasSize(1);
            assertThat(first.isDone() && second.isDone()).isTrue();
        }
    }

    @Test
    void aDiscardedFutureThatAnotherSchedulerHasReturnedIsCancelled() {
        WorkStealingScheduler other = closedLater(WorkStealingScheduler.newFixedThreadPool(1));
        Blocker busy = Blocker.startOn(other);
        Future<?> returned = other.submit(() -> {});
        Runnable task = other.shutdownNow().get(0);
        busy.release();
        WorkStealingScheduler scheduler = make(1, 1, RejectionPolicy.discard());
        Blocker running = Blocker.startOn(scheduler);
        scheduler.execute(() -> {});
        scheduler.execute(task);
        assertThat(returned.isCancelled()).isTrue();
        running.release();
    }

    @Test
    void aTaskThatAWaitingWorkerRunsIsNotCancelledWithItsPlaceInTheQueue() throws Exception {
        WorkStealingScheduler scheduler = make(1, 1, RejectionPolicy.discardOldest());
        CountDownLatch innerRuns = new CountDownLatch(1);
        CountDownLatch discarded = new CountDownLatch(1);
        Future<String> outer = scheduler.submit(() -> scheduler
                .submit(() -> {
                    innerRuns.countDown();
                    await(discarded, scheduler);
                    return "ran to its end";
                })
                .get());
        await(innerRuns, scheduler);
        scheduler.execute(() -> {});
        discarded.countDown();
        assertThat(outer.get()).isEqualTo("ran to its end");
    }

    @Test
    void aFutureThatCanNotBeCancelledTakesNoRoom() {
        WorkStealingScheduler scheduler = make(1, 1, RejectionPolicy.discardOldest());
        Blocker running = Blocker.startOn(scheduler);
        scheduler.execute(new FutureTask<>(() -> null) {
            @Override
            protected void done() {
                throw new IllegalStateException("stubborn");
            }
        });
        assertThatThrownBy(() -> scheduler.execute(() -> {})).hasMessage("stubborn");
        scheduler.execute(() -> {});
        running.release();
        awaitQuiescence(scheduler);
        assertThat(scheduler.stats().completed()).isEqualTo(2);
    }

    @Test
    void theCallerDoesNotRunATaskAfterShutdown() {
        WorkStealingScheduler scheduler = make(1, 1, RejectionPolicy.callerRuns());
        scheduler.shutdown();
        assertThatThrownBy(() -> scheduler.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
    }

    // ---- block

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void everySubmitterThatWaitsGetsItsTurn(int n) throws Exception {
        WorkStealingScheduler scheduler = make(n, 3, RejectionPolicy.block());
        int submitters = 8;
        int each = 2_000;
        AtomicIntegerArray runs = new AtomicIntegerArray(submitters * each);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger highWater = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int s = 0; s < submitters; s++) {
            int first = s * each;
            Thread thread = new Thread(() -> {
                for (int i = first; i < first + each; i++) {
                    int number = i;
                    scheduler.execute(() -> {
                        highWater.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        runs.incrementAndGet(number);
                        inside.decrementAndGet();
                    });
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        shutdownAndAwait(scheduler);
        for (int i = 0; i < runs.length(); i++) {
            assertThat(runs.get(i)).isEqualTo(1);
        }
        assertThat(highWater.get()).isBetween(1, n);
        assertThat(scheduler.stats().dropped().values()).containsOnly(0L);
    }

    @Test
    void aSubmitterWaitsUntilThereIsRoomAndNoLonger() throws Exception {
        WorkStealingScheduler scheduler = make(1, 1, RejectionPolicy.block());
        Blocker running = Blocker.startOn(scheduler);
        Blocker queued = new Blocker();
        scheduler.execute(queued);
        Blocker third = new Blocker();
        Thread submitter = new Thread(() -> scheduler.execute(third));
        submitter.start();
        awaitBlocked(submitter);
        assertThat(scheduler.stats().submitted()).isEqualTo(2);
        running.release();
        submitter.join();
        queued.release();
        third.awaitRunning();
        third.release();
    }

    @Test
    void anInterruptEndsTheWaitingAndStaysSet() throws Exception {
        WorkStealingScheduler scheduler = full(RejectionPolicy.block());
        Refused refused = new Refused(scheduler);
        refused.start();
        awaitBlocked(refused);
        refused.interrupt();
        refused.join();
        assertThat(refused.failure).hasMessageContaining("interrupted").hasCauseInstanceOf(InterruptedException.class);
        assertThat(refused.interruptedAfterwards).isTrue();
    }

    @Test
    void anInterruptedThreadSubmitsWhereThereIsRoom() throws Exception {
        WorkStealingScheduler scheduler = make(1, 1, RejectionPolicy.block());
        CountDownLatch ran = new CountDownLatch(1);
        Thread.currentThread().interrupt();
        try {
            scheduler.execute(ran::countDown);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        await(ran, scheduler);
    }

    @Test
    void theTimeOutEndsTheWaiting() {
        WorkStealingScheduler scheduler = full(RejectionPolicy.block(Duration.ofMillis(5)));
        assertThatThrownBy(() -> scheduler.execute(() -> {}))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("no room for 5 ms");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shutdownEndsTheWaitingOfAll(boolean now) throws Exception {
        WorkStealingScheduler scheduler = full(RejectionPolicy.block());
        List<Refused> waiting =
                Stream.generate(() -> new Refused(scheduler)).limit(10).toList();
        waiting.forEach(Thread::start);
        for (Refused submitter : waiting) {
            awaitBlocked(submitter);
        }
        if (now) {
            scheduler.shutdownNow();
        } else {
            scheduler.shutdown();
        }
        for (Refused submitter : waiting) {
            submitter.join();
            assertThat(submitter.failure).isInstanceOf(RejectedExecutionException.class);
        }
        assertThat(scheduler.stats().dropped(DropReason.SHUTDOWN)).isEqualTo(10);
    }

    /** Not only the last free worker is refused: all of them could be waiting for each other. */
    @Test
    void aWorkerIsRefusedInsteadOfWaitingForItself() throws Exception {
        WorkStealingScheduler scheduler = make(2, 1, RejectionPolicy.block());
        Blocker blocker = Blocker.startOn(scheduler);
        Callable<Void> submitsTwice = () -> {
            scheduler.execute(() -> {});
            scheduler.execute(() -> {});
            return null;
        };
        assertThatThrownBy(() -> scheduler.submit(submitsTwice).get())
                .hasCauseInstanceOf(RejectedExecutionException.class)
                .cause()
                .hasMessageContaining("its workers must not wait for room");
        blocker.release();
        shutdownAndAwait(scheduler);
        assertThat(scheduler.stats().dropped(DropReason.CAPACITY)).isEqualTo(1);
    }

    @Test
    void aWorkerOfAnotherSchedulerWaits() throws Exception {
        WorkStealingScheduler scheduler = make(1, 1, RejectionPolicy.block());
        Blocker running = Blocker.startOn(scheduler);
        scheduler.execute(() -> {});
        try (WorkStealingScheduler other = WorkStealingScheduler.newFixedThreadPool(1)) {
            CompletableFuture<Thread> worker = new CompletableFuture<>();
            Future<?> submission = other.submit(() -> {
                worker.complete(Thread.currentThread());
                scheduler.execute(() -> {});
            });
            awaitBlocked(worker.get());
            running.release();
            submission.get();
        }
    }

    /** A factory that fails gives back the room. */
    @Test
    void aSubmissionThatFailsTakesNoRoom() {
        AtomicInteger failures = new AtomicInteger(100);
        WorkStealingScheduler scheduler = WorkStealingScheduler.builder()
                .parallelism(1)
                .capacity(2)
                .threadFactory(work -> failures.getAndDecrement() > 0 ? null : new Thread(work))
                .build();
        closedLater(scheduler);
        for (int i = 0; i < 100; i++) {
            assertThatThrownBy(() -> scheduler.execute(() -> {})).hasMessageContaining("returned null");
        }
        Stream.generate(Blocker::new).limit(3).forEach(scheduler::execute);
        assertThatThrownBy(() -> scheduler.execute(() -> {})).hasMessageContaining("there is no room");
    }

    @Test
    void policiesTellTheirNames() {
        assertThat(Stream.of(
                                RejectionPolicy.abort(),
                                RejectionPolicy.callerRuns(),
                                RejectionPolicy.discard(),
                                RejectionPolicy.discardOldest(),
                                RejectionPolicy.block(),
                                RejectionPolicy.block(Duration.ofSeconds(2)))
                        .map(RejectionPolicy::toString))
                .containsExactly("ABORT", "CALLER_RUNS", "DISCARD", "DISCARD_OLDEST", "BLOCK", "BLOCK(PT2S)");
        assertThatThrownBy(() -> RejectionPolicy.block(Duration.ofNanos(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("timeout must not be negative, but was PT-0.000000001S");
    }

    private WorkStealingScheduler full(RejectionPolicy policy) {
        WorkStealingScheduler scheduler = make(1, 1, policy);
        Blocker.startOn(scheduler);
        scheduler.execute(new Blocker());
        return scheduler;
    }

    private static void awaitBlocked(Thread thread) {
        awaitTrue(
                () -> thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING,
                "the submitter waits");
    }

    /** Submits one task and keeps what comes of it. */
    private static final class Refused extends Thread {
        private final WorkStealingScheduler scheduler;
        private RejectedExecutionException failure;
        private boolean interruptedAfterwards;

        Refused(WorkStealingScheduler scheduler) {
            this.scheduler = scheduler;
        }

        @Override
        public void run() {
            try {
                scheduler.execute(() -> {});
            } catch (RejectedExecutionException e) {
                failure = e;
                interruptedAfterwards = Thread.currentThread().isInterrupted();
            }
        }
    }
}
