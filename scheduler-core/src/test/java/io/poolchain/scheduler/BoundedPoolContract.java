// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.await;
import static io.poolchain.scheduler.TestPools.awaitTermination;
import static io.poolchain.scheduler.TestPools.awaitTrue;
import static io.poolchain.scheduler.TestPools.figure;
import static io.poolchain.scheduler.TestPools.shutdownAndAwait;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolchain.scheduler.TestPools.Blocker;
import io.poolchain.scheduler.TestPools.Full;
import io.poolchain.scheduler.TestPools.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A pool with a bound: each test runs on a ThreadPoolExecutor with a bounded queue and on ours. */
abstract class BoundedPoolContract extends PoolTest {
    private ExecutorService make(Kind kind, int n, int capacity, Full full) {
        return closedLater(kind.makeBounded(n, capacity, full));
    }

    /** Submitted in one go: whether a worker has taken one yet makes no difference. */
    @ParameterizedTest
    @EnumSource
    void asManyAsRunPlusTheCapacityFitAndNotOneMore(Kind kind) {
        for (int n = 1; n <= 4; n++) {
            for (int capacity = 1; capacity <= 20; capacity++) {
                ExecutorService pool = make(kind, n, capacity, Full.ABORT);
                List<Blocker> fitting =
                        Stream.generate(Blocker::new).limit(n + capacity).toList();
                fitting.forEach(pool::execute);
                assertThatThrownBy(() -> pool.execute(() -> {}))
                        .isInstanceOf(RejectedExecutionException.class)
                        .hasMessageContaining(
                                " rejected from " + pool.getClass().getName() + "@");
                fitting.forEach(Blocker::release);
                shutdownAndAwait(pool);
                assertThat(figure(pool, "getCompletedTaskCount")).isEqualTo(n + capacity);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theBoundHoldsForTasksThatAWorkerSubmits(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 1, 10, Full.ABORT);
        AtomicInteger ran = new AtomicInteger();
        Future<Integer> accepted = pool.submit(() -> {
            int count = 0;
            try {
                while (true) {
                    pool.execute(ran::incrementAndGet);
                    count++;
                }
            } catch (RejectedExecutionException e) {
                return count;
            }
        });
        assertThat(accepted.get()).isEqualTo(10);
        shutdownAndAwait(pool);
        assertThat(ran).hasValue(10);
    }

    @ParameterizedTest
    @EnumSource
    void theBoundIsExactUnderRacingSubmitters(Kind kind) throws Exception {
        int n = 2;
        int capacity = 37;
        for (int round = 0; round < 50; round++) {
            ExecutorService pool = make(kind, n, capacity, Full.ABORT);
            List<Blocker> running =
                    Stream.generate(() -> Blocker.startOn(pool)).limit(n).toList();
            AtomicInteger accepted = new AtomicInteger();
            AtomicInteger ran = new AtomicInteger();
            CyclicBarrier together = new CyclicBarrier(8);
            List<Thread> submitters = Stream.generate(() -> new Thread(() -> {
                        await(together);
                        for (int i = 0; i < 10; i++) {
                            try {
                                pool.execute(ran::incrementAndGet);
                                accepted.incrementAndGet();
                            } catch (RejectedExecutionException e) {
                                // one of the 43
                            }
                        }
                    }))
                    .limit(8)
                    .toList();
            submitters.forEach(Thread::start);
            for (Thread submitter : submitters) {
                submitter.join();
            }
            assertThat(accepted).hasValue(capacity);
            running.forEach(Blocker::release);
            shutdownAndAwait(pool);
            assertThat(ran).hasValue(capacity);
        }
    }

    @ParameterizedTest
    @EnumSource
    void thereIsRoomAgainWhenATaskHasEndedHoweverItEnds(Kind kind) {
        ExecutorService pool = make(kind, 1, 1, Full.ABORT);
        for (int round = 0; round < 100; round++) {
            Blocker running = Blocker.startOn(pool);
            Future<?> queued = pool.submit(() -> {
                throw new IllegalStateException("kept in the future");
            });
            assertThatThrownBy(() -> pool.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
            if (round % 2 == 0) {
                queued.cancel(true);
            }
            running.release();
            long completed = 2L * (round + 1);
            awaitTrue(() -> figure(pool, "getCompletedTaskCount") == completed, "both are done");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theCallerRunsWhatDoesNotFit(Kind kind) {
        ExecutorService pool = make(kind, 1, 1, Full.CALLER_RUNS);
        Blocker running = Blocker.startOn(pool);
        Blocker queued = new Blocker();
        pool.execute(queued);
        AtomicReference<Thread> ranIn = new AtomicReference<>();
        pool.execute(() -> ranIn.set(Thread.currentThread()));
        assertThat(ranIn).hasValue(Thread.currentThread());
        assertThatThrownBy(() -> pool.execute(() -> {
                    throw new IllegalStateException("comes out of execute");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("comes out of execute");
        running.release();
        queued.awaitRunning();
        queued.release();
        shutdownAndAwait(pool);
        assertThat(figure(pool, "getCompletedTaskCount"))
                .as("what the caller ran does not count")
                .isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void whatDoesNotFitIsDiscarded(Kind kind) {
        ExecutorService pool = make(kind, 1, 1, Full.DISCARD);
        Blocker running = Blocker.startOn(pool);
        AtomicInteger ran = new AtomicInteger();
        pool.execute(() -> ran.addAndGet(1));
        pool.execute(() -> ran.addAndGet(10));
        pool.execute(() -> ran.addAndGet(100));
        running.release();
        shutdownAndAwait(pool);
        assertThat(ran).hasValue(1);
    }

    @ParameterizedTest
    @EnumSource
    void theOldestIsDiscardedForTheNewest(Kind kind) {
        ExecutorService pool = make(kind, 1, 3, Full.DISCARD_OLDEST);
        Blocker running = Blocker.startOn(pool);
        ConcurrentLinkedQueue<Integer> ran = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < 10; i++) {
            int number = i;
            pool.execute(() -> ran.add(number));
        }
        running.release();
        shutdownAndAwait(pool);
        assertThat(ran).containsExactly(7, 8, 9);
    }

    @ParameterizedTest
    @EnumSource
    void aWorkerDiscardsItsOldestToo(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 1, 3, Full.DISCARD_OLDEST);
        ConcurrentLinkedQueue<Integer> ran = new ConcurrentLinkedQueue<>();
        pool.submit(() -> {
                    for (int i = 0; i < 10; i++) {
                        int number = i;
                        pool.execute(() -> ran.add(number));
                    }
                })
                .get();
        shutdownAndAwait(pool);
        assertThat(ran).containsExactlyInAnyOrder(7, 8, 9);
    }

    @ParameterizedTest
    @EnumSource
    void afterShutdownPoliciesThatDiscardDoSo(Kind kind) {
        for (Full full : List.of(Full.DISCARD, Full.DISCARD_OLDEST)) {
            ExecutorService pool = make(kind, 1, 1, full);
            pool.shutdown();
            AtomicInteger ran = new AtomicInteger();
            assertThatCode(() -> pool.execute(ran::incrementAndGet)).doesNotThrowAnyException();
            awaitTermination(pool);
            assertThat(ran).hasValue(0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shutdownNowReturnsWhatWaits(Kind kind) {
        ExecutorService pool = make(kind, 2, 5, Full.ABORT);
        Blocker.startOn(pool);
        Blocker.startOn(pool);
        List<Runnable> queued = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Blocker task = new Blocker();
            queued.add(task);
            pool.execute(task);
        }
        assertThat(pool.shutdownNow()).containsExactlyElementsOf(queued);
    }

    @ParameterizedTest
    @EnumSource
    void moreFitWhenThePoolGrows(Kind kind) {
        ExecutorService pool = make(kind, 1, 2, Full.ABORT);
        List<Blocker> blockers = new ArrayList<>();
        fill(pool, blockers, 3);
        kind.resize(pool, 3);
        blockers.get(1).awaitRunning();
        blockers.get(2).awaitRunning();
        fill(pool, blockers, 2);
        blockers.forEach(Blocker::release);
        shutdownAndAwait(pool);
        assertThat(figure(pool, "getCompletedTaskCount")).isEqualTo(5);
    }

    @ParameterizedTest
    @EnumSource
    void fewerFitWhenThePoolShrinks(Kind kind) {
        ExecutorService pool = make(kind, 3, 2, Full.ABORT);
        List<Blocker> old =
                Stream.generate(() -> Blocker.startOn(pool)).limit(3).toList();
        kind.resize(pool, 1);
        old.forEach(Blocker::release);
        awaitTrue(() -> figure(pool, "getPoolSize") == 1 && figure(pool, "getCompletedTaskCount") == 3, "two end");
        List<Blocker> blockers = new ArrayList<>(List.of(Blocker.startOn(pool)));
        fill(pool, blockers, 2);
        blockers.forEach(Blocker::release);
    }

    /** So many fit, and then no more. */
    private static void fill(ExecutorService pool, List<Blocker> blockers, int fitting) {
        CountDownLatch rejected = new CountDownLatch(1);
        for (int i = 0; i < fitting; i++) {
            Blocker blocker = new Blocker();
            pool.execute(blocker);
            blockers.add(blocker);
        }
        try {
            pool.execute(rejected::countDown);
        } catch (RejectedExecutionException e) {
            return;
        }
        throw new AssertionError("one too many fits into " + pool);
    }
}
