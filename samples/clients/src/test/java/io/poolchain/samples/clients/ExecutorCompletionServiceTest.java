// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionService;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An {@link ExecutorCompletionService} hands out what a pool has completed. */
class ExecutorCompletionServiceTest extends ClientTest {
    @ParameterizedTest
    @EnumSource
    void eachResultIsTakenOnce(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 4);
        CompletionService<Integer> service = new ExecutorCompletionService<>(pool);
        Set<String> places = places();
        for (int i = 0; i < 10_000; i++) {
            int number = i;
            service.submit(() -> {
                places.add(here());
                return number;
            });
        }
        boolean[] taken = new boolean[10_000];
        for (int i = 0; i < 10_000; i++) {
            int number = get(take(service));
            assertThat(taken[number]).isFalse();
            taken[number] = true;
        }
        assertThat(service.poll()).isNull();
        assertOnPool(places);
    }

    @ParameterizedTest
    @EnumSource
    void resultsComeInTheOrderOfCompletion(Kind kind) throws Exception {
        int n = 10;
        ExecutorService pool = make(kind, n);
        CompletionService<Integer> service = new ExecutorCompletionService<>(pool);
        List<CountDownLatch> gates =
                IntStream.range(0, n).mapToObj(i -> new CountDownLatch(1)).toList();
        for (int i = 0; i < n; i++) {
            int number = i;
            service.submit(() -> {
                await(gates.get(number));
                return number;
            });
        }
        for (int i = n - 1; i >= 0; i--) {
            gates.get(i).countDown();
            assertThat(get(take(service))).isEqualTo(i);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFailureIsTakenLikeAResult(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 3);
        CompletionService<Integer> service = new ExecutorCompletionService<>(pool);
        for (int i = 0; i < 1_000; i++) {
            int number = i;
            service.submit(() -> {
                if (number % 10 == 0) {
                    throw new IOException("on purpose");
                }
                return number;
            });
        }
        int failures = 0;
        for (int i = 0; i < 1_000; i++) {
            Future<Integer> future = take(service);
            try {
                get(future);
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(IOException.class);
                failures++;
            }
        }
        assertThat(failures).isEqualTo(100);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsCancelledIsTakenToo(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 1);
        CompletionService<Void> service = new ExecutorCompletionService<>(pool);
        Endless endless = new Endless();
        AtomicInteger ran = new AtomicInteger();
        Future<Void> running = service.submit(endless, null);
        Future<Void> queued = service.submit(ran::incrementAndGet, null);
        await(endless.started);
        assertThat(queued.cancel(false)).isTrue();
        assertThat(running.cancel(true)).isTrue();
        await(endless.interrupted);
        Future<Void> first = take(service);
        assertThat(first).isSameAs(running);
        assertThatThrownBy(first::get).isInstanceOf(CancellationException.class);
        assertThat(take(service)).isSameAs(queued);
        assertThat(ran).hasValue(0);
    }

    @ParameterizedTest
    @EnumSource
    void aTaskMayTakeWhatItHasSubmittedToItsOwnPool(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 2);
        Future<Integer> sum = pool.submit(() -> {
            CompletionService<Integer> service = new ExecutorCompletionService<>(pool);
            for (int i = 0; i < 1_000; i++) {
                int number = i;
                service.submit(() -> number);
            }
            int total = 0;
            for (int i = 0; i < 1_000; i++) {
                total += get(take(service));
            }
            return total;
        });
        assertThat(get(sum)).isEqualTo(499_500);
    }

    @ParameterizedTest
    @EnumSource
    void whatATaskHasWaitedForIsStillTakenOnce(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 2);
        CompletionService<Integer> service = new ExecutorCompletionService<>(pool);
        Future<Integer> outer = pool.submit(() -> {
            int total = 0;
            for (int i = 0; i < 100; i++) {
                total += get(service.submit(() -> 1));
            }
            return total;
        });
        assertThat(get(outer)).isEqualTo(100);
        for (int i = 0; i < 100; i++) {
            assertThat(get(take(service))).isEqualTo(1);
        }
        shutdownAndAwait(pool);
        assertThat(service.poll()).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void whatShutdownNowHandsBackIsNeverTaken(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 1);
        CompletionService<Void> service = new ExecutorCompletionService<>(pool);
        Endless endless = new Endless();
        service.submit(endless, null);
        await(endless.started);
        for (int i = 0; i < 10; i++) {
            service.submit(() -> null);
        }
        assertThat(pool.shutdownNow()).hasSize(10);
        awaitTermination(pool);
        await(endless.interrupted);
        assertThat(service.poll()).isNotNull();
        assertThat(service.poll()).isNull();
    }

    private static <T> Future<T> take(CompletionService<T> service) throws InterruptedException {
        Future<T> future = service.poll(HANG_SECONDS, TimeUnit.SECONDS);
        assertThat(future).as("a completed task").isNotNull();
        return future;
    }
}
