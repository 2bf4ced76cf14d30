// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.ListeningExecutorService;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.common.util.concurrent.SettableFuture;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Guava's {@link MoreExecutors#listeningDecorator} and its other wrappers work around a pool. */
class GuavaTest extends ClientTest {
    @ParameterizedTest
    @EnumSource
    void aThousandFuturesAreTransformedAndCollected(Kind kind) throws Exception {
        ListeningExecutorService pool = MoreExecutors.listeningDecorator(make(kind, 4));
        Set<String> places = places();
        List<ListenableFuture<Integer>> doubled = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            int number = i;
            ListenableFuture<Integer> future = pool.submit(() -> number);
            doubled.add(Futures.transformAsync(
                    future,
                    input -> {
                        places.add(here());
                        return pool.submit(() -> 2 * input);
                    },
                    pool));
        }
        ListenableFuture<Integer> sum = Futures.transform(
                Futures.allAsList(doubled),
                numbers -> {
                    places.add(here());
                    return numbers.stream().mapToInt(Integer::intValue).sum();
                },
                pool);
        assertThat(get(sum)).isEqualTo(999_000);
        assertOnPool(places);
    }

    @ParameterizedTest
    @EnumSource
    void oneFailureFailsAllAsListAndNotSuccessfulAsList(Kind kind) throws Exception {
        ListeningExecutorService pool = MoreExecutors.listeningDecorator(make(kind, 2));
        IOException failure = new IOException("on purpose");
        List<ListenableFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int number = i;
            futures.add(pool.submit(() -> {
                if (number == 50) {
                    throw failure;
                }
                return number;
            }));
        }
        assertThat(get(Futures.successfulAsList(futures)))
                .hasSize(100)
                .containsOnlyOnce((Integer) null)
                .contains(0, 99);
        assertThatThrownBy(() -> get(Futures.allAsList(futures)))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isSameAs(failure);
        ListenableFuture<Integer> caught = Futures.catching(futures.get(50), IOException.class, thrown -> -1, pool);
        assertThat(get(caught)).isEqualTo(-1);
    }

    @ParameterizedTest
    @EnumSource
    void callbacksRunOnThePool(Kind kind) throws Exception {
        ListeningExecutorService pool = MoreExecutors.listeningDecorator(make(kind, 3));
        Set<String> places = places();
        AtomicInteger successes = new AtomicInteger();
        AtomicInteger failures = new AtomicInteger();
        CountDownLatch called = new CountDownLatch(1_000);
        for (int i = 0; i < 1_000; i++) {
            int number = i;
            ListenableFuture<Integer> future = pool.submit(() -> 1 / (number % 2));
            Futures.addCallback(
                    future,
                    new FutureCallback<>() {
                        @Override
                        public void onSuccess(Integer result) {
                            successes.incrementAndGet();
                            called();
                        }

                        @Override
                        public void onFailure(Throwable thrown) {
                            failures.incrementAndGet();
                            called();
                        }

                        private void called() {
                            places.add(here());
                            called.countDown();
                        }
                    },
                    pool);
        }
        await(called);
        assertThat(successes).hasValue(500);
        assertThat(failures).hasValue(500);
        assertOnPool(places);
    }

    @ParameterizedTest
    @EnumSource
    void cancellationInterruptsWhatRunsAndDropsWhatWaits(Kind kind) {
        ListeningExecutorService pool = MoreExecutors.listeningDecorator(make(kind, 1));
        Endless endless = new Endless();
        AtomicInteger ran = new AtomicInteger();
        CountDownLatch told = new CountDownLatch(2);
        ListenableFuture<?> running = pool.submit(endless);
        ListenableFuture<?> queued = pool.submit(ran::incrementAndGet);
        running.addListener(told::countDown, MoreExecutors.directExecutor());
        queued.addListener(told::countDown, MoreExecutors.directExecutor());
        await(endless.started);
        assertThat(Futures.allAsList(queued, running).cancel(true)).isTrue();
        await(endless.interrupted);
        await(told);
        assertThat(running).isCancelled();
        assertThat(queued).isCancelled();
        shutdownAndAwait(pool);
        assertThat(ran).hasValue(0);
    }

    @ParameterizedTest
    @EnumSource
    void cancelledTransformationsNeverRun(Kind kind) {
        ListeningExecutorService pool = MoreExecutors.listeningDecorator(make(kind, 2));
        SettableFuture<Integer> input = SettableFuture.create();
        AtomicInteger ran = new AtomicInteger();
        ListenableFuture<Integer> output = Futures.transform(input, number -> ran.incrementAndGet(), pool);
        assertThat(output.cancel(true)).isTrue();
        assertThat(input).isCancelled();
        shutdownAndAwait(pool);
        assertThat(ran).hasValue(0);
    }

    @ParameterizedTest
    @EnumSource
    void invokeAllAndInvokeAnyWorkThroughTheDecorator(Kind kind) throws Exception {
        int n = 4;
        ListeningExecutorService pool = MoreExecutors.listeningDecorator(make(kind, n));
        CyclicBarrier barrier = new CyclicBarrier(n);
        List<Callable<Integer>> tasks = IntStream.range(0, 100 * n)
                .<Callable<Integer>>mapToObj(i -> () -> {
                    await(barrier);
                    return i;
                })
                .toList();
        int sum = 0;
        for (Future<Integer> future : pool.invokeAll(tasks)) {
            sum += get(future);
        }
        assertThat(sum).isEqualTo(79_800);
        List<Callable<String>> either = List.of(() -> "any", () -> "any");
        assertThat(pool.invokeAny(either)).isEqualTo("any");
    }

    @ParameterizedTest
    @EnumSource
    void aSequentialExecutorOnThePoolKeepsTheOrder(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 4);
        Executor sequential = MoreExecutors.newSequentialExecutor(pool);
        List<Integer> order = new ArrayList<>(); // the executor makes each task happen before the next
        Set<String> places = places();
        for (int i = 0; i < 10_000; i++) {
            int number = i;
            sequential.execute(() -> {
                order.add(number);
                places.add(here());
            });
        }
        SettableFuture<List<Integer>> copy = SettableFuture.create();
        sequential.execute(() -> copy.set(List.copyOf(order)));
        assertThat(get(copy))
                .containsExactlyElementsOf(IntStream.range(0, 10_000).boxed().toList());
        assertOnPool(places);
    }

    @ParameterizedTest
    @EnumSource
    void theDecoratorShutsThePoolDown(Kind kind) {
        ExecutorService pool = make(kind, 2);
        ListeningExecutorService decorated = MoreExecutors.listeningDecorator(pool);
        List<Integer> ran = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 1_000; i++) {
            int number = i;
            decorated.execute(() -> ran.add(number));
        }
        decorated.shutdown();
        assertThatThrownBy(() -> decorated.submit(() -> 1)).isInstanceOf(RejectedExecutionException.class);
        assertThat(MoreExecutors.shutdownAndAwaitTermination(decorated, 2 * HANG_SECONDS, TimeUnit.SECONDS))
                .isTrue();
        assertThat(pool.isTerminated()).isTrue();
        assertThat(ran).hasSize(1_000);
    }

    @ParameterizedTest
    @EnumSource
    void shutdownAndAwaitTerminationInterruptsWhatDoesNotEnd(Kind kind) {
        ExecutorService pool = make(kind, 1);
        Endless endless = new Endless();
        pool.execute(endless);
        await(endless.started);
        // It waits for half of this time before it interrupts; what it returns is a matter of luck.
        MoreExecutors.shutdownAndAwaitTermination(pool, 2, TimeUnit.MILLISECONDS);
        await(endless.interrupted);
        awaitTermination(pool);
    }
}
