// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Reactor's operators run on a pool through {@link Schedulers#fromExecutorService(ExecutorService)}. */
class ReactorTest extends ClientTest {
    private static final Duration HANG = Duration.ofSeconds(HANG_SECONDS);

    @ParameterizedTest
    @EnumSource
    void publishOnKeepsTheOrder(Kind kind) {
        Scheduler scheduler = Schedulers.fromExecutorService(make(kind, 4));
        Set<String> places = places();
        List<Integer> numbers = Flux.range(0, 20_000)
                .publishOn(scheduler)
                .doOnNext(number -> places.add(here()))
                .publishOn(scheduler)
                .collectList()
                .block(HANG);
        assertThat(numbers)
                .containsExactlyElementsOf(IntStream.range(0, 20_000).boxed().toList());
        assertOnPool(places);
    }

    @ParameterizedTest
    @EnumSource
    void subscribeOnProducesOnThePool(Kind kind) {
        Scheduler scheduler = Schedulers.fromExecutorService(make(kind, 2));
        Set<String> places = places();
        Long count = Flux.<Integer>create(sink -> {
                    places.add(here());
                    IntStream.range(0, 1_000).forEach(sink::next);
                    sink.complete();
                })
                .subscribeOn(scheduler)
                .count()
                .block(HANG);
        assertThat(count).isEqualTo(1_000);
        assertOnPool(places);
    }

    @ParameterizedTest
    @EnumSource
    void flatMapRunsAsManyAsThereAreThreads(Kind kind) {
        int n = 8;
        Scheduler scheduler = Schedulers.fromExecutorService(make(kind, n));
        Set<String> places = places();
        CyclicBarrier barrier = new CyclicBarrier(n);
        Integer sum = Flux.range(0, 100 * n)
                .flatMap(
                        i -> Mono.fromCallable(() -> {
                                    places.add(here());
                                    await(barrier);
                                    return i;
                                })
                                .subscribeOn(scheduler),
                        2 * n)
                .reduce(0, Integer::sum)
                .block(HANG);
        assertThat(sum).isEqualTo(319_600);
        assertThat(places).hasSize(n);
        assertOnPool(places);
    }

    @ParameterizedTest
    @EnumSource
    void railsOfAParallelFluxRunOnThePool(Kind kind) {
        Scheduler scheduler = Schedulers.fromExecutorService(make(kind, 4));
        Set<String> places = places();
        Long sum = Flux.range(0, 10_000)
                .parallel(4)
                .runOn(scheduler)
                .map(i -> {
                    places.add(here());
                    return (long) i * i;
                })
                .reduce(Long::sum)
                .block(HANG);
        assertThat(sum).isEqualTo(333_283_335_000L);
        assertOnPool(places);
    }

    @ParameterizedTest
    @EnumSource
    void anErrorEndsTheFluxAndNotThePool(Kind kind) {
        Scheduler scheduler = Schedulers.fromExecutorService(make(kind, 2));
        IllegalStateException failure = new IllegalStateException("on purpose");
        Flux<Integer> failing = Flux.range(0, 100).publishOn(scheduler).map(i -> {
            if (i == 50) {
                throw failure;
            }
            return i;
        });
        assertThatThrownBy(() -> failing.blockLast(HANG)).isSameAs(failure);
        for (int i = 0; i < 1_000; i++) {
            assertThat(failing.onErrorReturn(-1).blockLast(HANG)).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void disposeInterruptsTheTask(Kind kind) {
        Scheduler scheduler = Schedulers.fromExecutorService(make(kind, 1));
        Endless endless = new Endless();
        Disposable subscription =
                Mono.fromRunnable(endless).subscribeOn(scheduler).subscribe();
        await(endless.started);
        subscription.dispose();
        await(endless.interrupted);
        assertThat(Mono.fromCallable(() -> "runs").subscribeOn(scheduler).block(HANG))
                .isEqualTo("runs");
    }

    @ParameterizedTest
    @EnumSource
    void aTaskMayBlockOnATaskOfItsOwnPoolWhileAThreadIsFree(Kind kind) {
        Scheduler scheduler = Schedulers.fromExecutorService(make(kind, 2));
        Integer sum = Mono.fromCallable(() -> {
                    int total = 0;
                    for (int i = 0; i < 1_000; i++) {
                        total += Mono.fromCallable(() -> 1)
                                .subscribeOn(scheduler)
                                .blockOptional(HANG)
                                .orElseThrow();
                    }
                    return total;
                })
                .subscribeOn(scheduler)
                .block(HANG);
        assertThat(sum).isEqualTo(1_000);
    }

    @ParameterizedTest
    @EnumSource
    void aDelayIsRefused(Kind kind) {
        Scheduler scheduler = Schedulers.fromExecutorService(make(kind, 1));
        assertThatThrownBy(() -> Mono.delay(Duration.ofMillis(1), scheduler).block(HANG))
                .isInstanceOf(RejectedExecutionException.class);
    }

    @ParameterizedTest
    @EnumSource
    void disposingTheSchedulerStopsThePool(Kind kind) {
        ExecutorService pool = make(kind, 1);
        Scheduler scheduler = Schedulers.fromExecutorService(pool);
        Endless endless = new Endless();
        scheduler.schedule(endless);
        await(endless.started);
        scheduler.dispose();
        await(endless.interrupted);
        awaitTermination(pool);
        assertThatThrownBy(() -> scheduler.schedule(() -> {})).isInstanceOf(RejectedExecutionException.class);
    }

    @ParameterizedTest
    @EnumSource
    void disposingTheSchedulerGracefullyLetsWorkEnd(Kind kind) {
        ExecutorService pool = make(kind, 2);
        Scheduler scheduler = Schedulers.fromExecutorService(pool);
        Set<Integer> ran = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 1_000; i++) {
            int number = i;
            scheduler.schedule(() -> ran.add(number));
        }
        scheduler.disposeGracefully().block(HANG);
        assertThat(ran).hasSize(1_000);
        assertThat(pool.isTerminated()).isTrue();
    }
}
