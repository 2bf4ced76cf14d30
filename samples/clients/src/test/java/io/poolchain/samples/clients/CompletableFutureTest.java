// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The asynchronous stages of {@link CompletableFuture} run on a pool that is given to them. */
class CompletableFutureTest extends ClientTest {
    @ParameterizedTest
    @EnumSource
    void eachStageOfAChainRunsOnThePool(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 4);
        Set<String> places = places();
        CompletableFuture<Integer> six = CompletableFuture.supplyAsync(
                () -> {
                    places.add(here());
                    return 6;
                },
                pool);
        CompletableFuture<String> product = CompletableFuture.supplyAsync(() -> 3, pool)
                .thenApplyAsync(
                        three -> {
                            places.add(here());
                            return three + 4;
                        },
                        pool)
                .thenCombineAsync(
                        six,
                        (seven, other) -> {
                            places.add(here());
                            return seven * other;
                        },
                        pool)
                .thenComposeAsync(
                        number -> {
                            places.add(here());
                            return CompletableFuture.supplyAsync(() -> "= " + number, pool);
                        },
                        pool);
        assertThat(get(product)).isEqualTo("= 42");
        assertOnPool(places);
    }

    @ParameterizedTest
    @EnumSource
    void aThousandFuturesEndAllOf(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 4);
        Set<String> places = places();
        List<CompletableFuture<Integer>> squares = IntStream.range(0, 1_000)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> {
                            places.add(here());
                            return i * i;
                        },
                        pool))
                .toList();
        CompletableFuture<Integer> sum = CompletableFuture.allOf(squares.toArray(CompletableFuture<?>[]::new))
                .thenApplyAsync(
                        done -> squares.stream()
                                .mapToInt(CompletableFuture::join)
                                .sum(),
                        pool);
        assertThat(get(sum)).isEqualTo(332_833_500);
        assertOnPool(places);
    }

    @ParameterizedTest
    @EnumSource
    void theFirstOfManyEndsAnyOf(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 2);
        CountDownLatch gate = new CountDownLatch(1);
        CompletableFuture<String> slow = CompletableFuture.supplyAsync(
                () -> {
                    await(gate);
                    return "slow";
                },
                pool);
        CompletableFuture<String> fast = CompletableFuture.supplyAsync(() -> "fast", pool);
        assertThat(get(CompletableFuture.anyOf(slow, fast))).isEqualTo("fast");
        gate.countDown();
        assertThat(get(slow)).isEqualTo("slow");
    }

    @ParameterizedTest
    @EnumSource
    void aFailureSkipsStagesUntilItIsHandled(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 2);
        IllegalStateException failure = new IllegalStateException("on purpose");
        Set<String> places = places();
        Set<String> skipped = places();
        CompletableFuture<Integer> failed = CompletableFuture.<Integer>supplyAsync(
                        () -> {
                            throw failure;
                        },
                        pool)
                .thenApplyAsync(
                        number -> {
                            skipped.add(here());
                            return number;
                        },
                        pool);
        CompletableFuture<Integer> handled = failed.exceptionallyAsync(
                thrown -> {
                    places.add(here());
                    return thrown.getCause() == failure ? -1 : -2;
                },
                pool);
        assertThat(get(handled)).isEqualTo(-1);
        assertThatThrownBy(failed::join)
                .isInstanceOf(CompletionException.class)
                .cause()
                .isSameAs(failure);
        assertThat(skipped).isEmpty();
        assertOnPool(places);
    }

    @ParameterizedTest
    @EnumSource
    void aThousandFailuresCostNothingElse(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 3);
        List<CompletableFuture<Integer>> all = IntStream.range(0, 2_000)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                                () -> {
                                    if (i % 2 == 0) {
                                        throw new IllegalStateException("on purpose");
                                    }
                                    return 1;
                                },
                                pool)
                        .handleAsync((one, thrown) -> thrown == null ? one : 1_000, pool))
                .toList();
        int sum = 0;
        for (CompletableFuture<Integer> each : all) {
            sum += get(each);
        }
        assertThat(sum).isEqualTo(1_001_000);
    }

    @ParameterizedTest
    @EnumSource
    void aChainOfTenThousandStagesEnds(Kind kind) throws Exception {
        for (int n : new int[] {1, 4}) {
            ExecutorService pool = make(kind, n);
            Set<String> places = places();
            CompletableFuture<Integer> first = new CompletableFuture<>();
            CompletableFuture<Integer> last = first;
            for (int i = 0; i < 10_000; i++) {
                last = last.thenApplyAsync(
                        number -> {
                            places.add(here());
                            return number + 1;
                        },
                        pool);
            }
            first.complete(0);
            assertThat(get(last)).isEqualTo(10_000);
            assertOnPool(places);
        }
    }

    @ParameterizedTest
    @EnumSource
    void tenThousandStagesThatHangOnOneFutureAllRun(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 4);
        CompletableFuture<Integer> source = new CompletableFuture<>();
        CompletableFuture<?>[] dependents = IntStream.range(0, 10_000)
                .mapToObj(i -> source.thenApplyAsync(number -> number + i, pool))
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.runAsync(() -> source.complete(1), pool);
        get(CompletableFuture.allOf(dependents));
        assertThat(dependents[9_999].join()).isEqualTo(10_000);
    }

    @ParameterizedTest
    @EnumSource
    void asManyStagesAsThreadsMeetAtABarrier(Kind kind) throws Exception {
        int n = 8;
        ExecutorService pool = make(kind, n);
        CyclicBarrier barrier = new CyclicBarrier(n);
        CompletableFuture<Void> source = new CompletableFuture<>();
        CompletableFuture<?>[] stages = IntStream.range(0, n)
                .mapToObj(i -> source.thenRunAsync(() -> await(barrier), pool))
                .toArray(CompletableFuture<?>[]::new);
        pool.execute(() -> source.complete(null));
        get(CompletableFuture.allOf(stages));
    }

    @ParameterizedTest
    @EnumSource
    void aTaskMayJoinStagesOfItsOwnPoolWhileAThreadIsFree(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 2);
        CompletableFuture<Integer> outer = CompletableFuture.supplyAsync(
                () -> IntStream.range(0, 1_000)
                        .map(i -> CompletableFuture.supplyAsync(() -> i, pool)
                                .thenApplyAsync(number -> 2 * number, pool)
                                .join())
                        .sum(),
                pool);
        assertThat(get(outer)).isEqualTo(999_000);
    }

    @ParameterizedTest
    @EnumSource
    void cancellationReachesDependentsAndInterruptsNobody(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 1);
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        CompletableFuture<Boolean> quiet = new CompletableFuture<>();
        CompletableFuture<Void> running = CompletableFuture.runAsync(
                () -> {
                    started.countDown();
                    await(gate);
                    quiet.complete(!Thread.currentThread().isInterrupted());
                },
                pool);
        CompletableFuture<Void> dependent = running.thenRunAsync(() -> {}, pool);
        await(started);
        assertThat(running.cancel(true)).isTrue();
        gate.countDown();
        assertThat(get(quiet)).isTrue();
        assertThatThrownBy(() -> get(dependent))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(CancellationException.class);
    }

    @ParameterizedTest
    @EnumSource
    void stagesOfAPoolThatIsShutDownAreRefused(Kind kind) {
        ExecutorService pool = make(kind, 2);
        CompletableFuture<Integer> source = new CompletableFuture<>();
        CompletableFuture<Integer> dependent = source.thenApplyAsync(number -> number, pool);
        shutdownAndAwait(pool);
        source.complete(1);
        assertThatThrownBy(() -> get(dependent))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> CompletableFuture.supplyAsync(() -> 1, pool))
                .isInstanceOf(RejectedExecutionException.class);
    }
}
