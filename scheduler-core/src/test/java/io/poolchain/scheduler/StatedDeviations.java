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
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where docs/migration.md says that the pools differ, they do, on both sides; orders are in {@link LocalOrderTest}. */
abstract class StatedDeviations extends PoolTest {
    private static final String[] ONLY_THREAD_POOL_EXECUTOR = {
        "getQueue",
        "remove",
        "purge",
        "prestartCoreThread",
        "setRejectedExecutionHandler",
        "getThreadFactory",
        "getKeepAliveTime"
    };

    @ParameterizedTest
    @EnumSource
    void aWorkerWhoseTaskThrowsLivesOn(Kind kind) throws Exception {
        ExecutorService pool = closedLater(kind.make(1, work -> {
            Thread thread = new Thread(work);
            thread.setUncaughtExceptionHandler((where, failure) -> {});
            return thread;
        }));
        Thread before = pool.submit(Thread::currentThread).get();
        pool.execute(() -> {
            throw new IllegalStateException("fails");
        });
        Thread after = pool.submit(Thread::currentThread).get();
        assertThat(after == before).isEqualTo(kind == Kind.POOLCHAIN);
    }

    @ParameterizedTest
    @EnumSource
    void theQueueAndWhatASubclassWouldNeedAreNotOffered(Kind kind) {
        ExecutorService pool = closedLater(kind.make(1));
        List<String> methods = Arrays.stream(pool.getClass().getMethods())
                .map(method -> method.getName())
                .toList();
        if (kind == Kind.POOLCHAIN) {
            assertThat(methods).doesNotContain(ONLY_THREAD_POOL_EXECUTOR);
            assertThat(pool.getClass()).isFinal();
        } else {
            assertThat(methods).contains(ONLY_THREAD_POOL_EXECUTOR);
        }
        assertThat(pool instanceof ThreadPoolExecutor).isEqualTo(kind == Kind.JDK);
    }

    @ParameterizedTest
    @EnumSource
    void aDiscardedFutureIsCancelled(Kind kind) {
        ExecutorService pool = closedLater(kind.makeBounded(1, 1, Full.DISCARD));
        Blocker running = Blocker.startOn(pool);
        pool.execute(() -> {});
        Future<?> discarded = pool.submit(() -> {});
        assertThat(discarded.isCancelled()).isEqualTo(kind == Kind.POOLCHAIN);
        running.release();
        shutdownAndAwait(pool);
        assertThat(discarded.isDone()).isEqualTo(kind == Kind.POOLCHAIN);
    }

    @ParameterizedTest
    @EnumSource
    void theCallerIsToldOfATaskAfterShutdown(Kind kind) {
        ExecutorService pool = closedLater(kind.makeBounded(1, 1, Full.CALLER_RUNS));
        pool.shutdown();
        AtomicBoolean ran = new AtomicBoolean();
        if (kind == Kind.POOLCHAIN) {
            assertThatThrownBy(() -> pool.execute(() -> ran.set(true))).isInstanceOf(RejectedExecutionException.class);
        } else {
            assertThatCode(() -> pool.execute(() -> ran.set(true))).doesNotThrowAnyException();
        }
        assertThat(ran).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aTaskThatWaitsForItsOwnIsNotADeadlock(Kind kind) throws Exception {
        ExecutorService pool = closedLater(kind.make(1));
        Future<String> outer = pool.submit(() -> pool.submit(() -> "inner").get(100, TimeUnit.MILLISECONDS));
        if (kind == Kind.POOLCHAIN) {
            assertThat(outer.get()).isEqualTo("inner");
        } else {
            assertThatThrownBy(outer::get).hasCauseInstanceOf(TimeoutException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTaskThatWaitsForItselfIsToldSo(Kind kind) {
        ExecutorService pool = closedLater(kind.make(1));
        AtomicReference<Future<?>> self = new AtomicReference<>();
        Blocker first = Blocker.startOn(pool);
        self.set(pool.submit(() -> self.get().get(100, TimeUnit.MILLISECONDS)));
        first.release();
        assertThatThrownBy(() -> self.get().get())
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(kind == Kind.POOLCHAIN ? IllegalStateException.class : TimeoutException.class);
    }

    @ParameterizedTest
    @EnumSource
    void defaultThreadsAreNamedAfterTheirPool(Kind kind) throws Exception {
        ExecutorService pool = closedLater(
                kind == Kind.POOLCHAIN ? WorkStealingScheduler.newFixedThreadPool(1) : Executors.newFixedThreadPool(1));
        assertThat(pool.submit(() -> Thread.currentThread().getName()).get())
                .matches(kind == Kind.POOLCHAIN ? "poolchain-\\d+-worker-1" : "pool-\\d+-thread-1");
    }

    /** Two threads by turns: each one's tasks stay in order on both, the whole only in a fixed pool. */
    @ParameterizedTest
    @EnumSource
    void theTasksOfEachOutsideThreadStayInOrder(Kind kind) throws Exception {
        ExecutorService pool = closedLater(kind.make(1));
        Blocker running = Blocker.startOn(pool);
        ConcurrentLinkedQueue<String> order = new ConcurrentLinkedQueue<>();
        List<String> submitted = new ArrayList<>();
        ExecutorService other = closedLater(Executors.newFixedThreadPool(1));
        for (int i = 0; i < 100; i++) {
            String name = (i % 2 == 0 ? "here " : "there ") + i;
            submitted.add(name);
            if (i % 2 == 0) {
                pool.execute(() -> order.add(name));
            } else {
                other.submit(() -> pool.execute(() -> order.add(name))).get();
            }
        }
        running.release();
        shutdownAndAwait(pool);
        for (String where : List.of("here", "there")) {
            assertThat(order.stream().filter(name -> name.startsWith(where)))
                    .containsExactlyElementsOf(submitted.stream()
                            .filter(name -> name.startsWith(where))
                            .toList());
        }
        if (kind == Kind.JDK) {
            assertThat(order).containsExactlyElementsOf(submitted);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatShutdownNowReturnsIsInOrderPerQueueAndStaysCounted(Kind kind) throws Exception {
        ExecutorService pool = closedLater(kind.make(1));
        CountDownLatch outside = new CountDownLatch(1);
        CountDownLatch submitted = new CountDownLatch(3);
        List<Runnable> tasks = IntStream.range(0, 3)
                .<Runnable>mapToObj(task -> () -> {
                    throw new AssertionError(task + " is returned and run");
                })
                .toList();
        pool.execute(() -> {
            submit(pool, tasks.get(0), submitted);
            await(outside, pool);
            submit(pool, tasks.get(2), submitted);
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                // By shutdownNow; the task ends.
            }
        });
        awaitTrue(() -> submitted.getCount() == 2, "the task has submitted one");
        submit(pool, tasks.get(1), submitted);
        outside.countDown();
        await(submitted, pool);

        List<Integer> order = pool.shutdownNow().stream().map(tasks::indexOf).toList();
        awaitTermination(pool);

        assertThat(order).isEqualTo(kind == Kind.POOLCHAIN ? List.of(1, 0, 2) : List.of(0, 1, 2));
        assertThat(figure(pool, "getTaskCount")).isEqualTo(kind == Kind.POOLCHAIN ? 4 : 1);
        assertThat(figure(pool, "getCompletedTaskCount")).isEqualTo(1);
    }

    private static void submit(ExecutorService pool, Runnable task, CountDownLatch submitted) {
        pool.execute(task);
        submitted.countDown();
    }

    @ParameterizedTest
    @EnumSource
    void aSubmittedTaskIsAFutureOfItsOwnClass(Kind kind) {
        ExecutorService pool = closedLater(kind.make(1));
        assertThat(pool.submit(() -> {}))
                .isInstanceOf(kind == Kind.POOLCHAIN ? WorkerFuture.class : FutureTask.class)
                .isInstanceOf(RunnableFuture.class);
    }
}
