// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.context.ContextExecutorService;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import io.poolchain.scheduler.WorkStealingScheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Micrometer's {@link ContextExecutorService} carries thread-locals to a pool's threads, and takes them off again. */
class ContextPropagationTest extends ClientTest {
    private final ThreadLocal<String> context = new ThreadLocal<>();

    @AfterEach
    void removeContext() {
        context.remove();
    }

    @ParameterizedTest
    @EnumSource
    void eachTaskHasTheValueOfItsSubmitter(Kind kind) throws Exception {
        ExecutorService pool = wrap(make(kind, 4));
        Set<String> places = places();
        List<Future<String>> futures = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            context.set("value " + i);
            futures.add(pool.submit(() -> {
                places.add(here());
                return context.get();
            }));
        }
        for (int i = 0; i < 1_000; i++) {
            assertThat(get(futures.get(i))).isEqualTo("value " + i);
        }
        assertOnPool(places);
    }

    @ParameterizedTest
    @EnumSource
    void executeAndInvokeAllCarryItToo(Kind kind) throws Exception {
        ExecutorService pool = wrap(make(kind, 4));
        Set<String> seen = ConcurrentHashMap.newKeySet();
        context.set("executed");
        for (int i = 0; i < 100; i++) {
            pool.execute(() -> seen.add(context.get()));
        }
        context.set("invoked");
        List<Callable<Boolean>> tasks = IntStream.range(0, 100)
                .<Callable<Boolean>>mapToObj(i -> () -> seen.add(context.get()))
                .toList();
        assertThat(pool.invokeAll(tasks)).allMatch(Future::isDone);
        shutdownAndAwait(pool);
        assertThat(seen).containsExactlyInAnyOrder("executed", "invoked");
    }

    @ParameterizedTest
    @EnumSource
    void aTaskThatSubmitsHandsItsOwnValueOn(Kind kind) throws Exception {
        ExecutorService pool = wrap(make(kind, 2));
        context.set("outer");
        Future<List<String>> outer = pool.submit(() -> {
            context.set("inner");
            List<String> values = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                values.add(get(pool.submit(context::get)));
            }
            values.add(context.get());
            return values;
        });
        assertThat(get(outer)).hasSize(101).containsOnly("inner");
        assertThat(context.get()).isEqualTo("outer");
    }

    @ParameterizedTest
    @EnumSource
    void theThreadsOwnValueIsRestoredAlsoAfterAFailure(Kind kind) throws Exception {
        int n = 4;
        ExecutorService pool = make(kind, n);
        ExecutorService wrapped = wrap(pool);
        CyclicBarrier barrier = new CyclicBarrier(n);
        for (Future<?> future : onEachThread(pool, n, barrier, () -> {
            context.set("own of " + here());
            return null;
        })) {
            get(future);
        }
        context.set("carried");
        for (int i = 0; i < 1_000; i++) {
            Future<?> failed = wrapped.submit(() -> {
                throw new IllegalStateException(context.get());
            });
            assertThatThrownBy(() -> get(failed))
                    .isInstanceOf(ExecutionException.class)
                    .hasRootCauseMessage("carried");
        }
        for (Future<Boolean> future :
                onEachThread(pool, n, barrier, () -> ("own of " + here()).equals(context.get()))) {
            assertThat(get(future)).isTrue();
        }
    }

    private static <T> List<Future<T>> onEachThread(
            ExecutorService pool, int n, CyclicBarrier barrier, Callable<T> task) {
        return IntStream.range(0, n)
                .mapToObj(i -> pool.submit(() -> {
                    await(barrier);
                    return task.call();
                }))
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void theWrapperShutsThePoolDown(Kind kind) {
        ExecutorService pool = make(kind, 1);
        ExecutorService wrapped = wrap(pool);
        Endless endless = new Endless();
        Future<?> running = wrapped.submit(endless);
        await(endless.started);
        wrapped.shutdown();
        assertThatThrownBy(() -> wrapped.submit(() -> {})).isInstanceOf(RejectedExecutionException.class);
        assertThat(running.cancel(true)).isTrue();
        await(endless.interrupted);
        awaitTermination(wrapped);
        assertThat(pool.isTerminated()).isTrue();
    }

    /** Without a wrapper: the pool itself carries the context, for execute, submit and invokeAll, nested or not. */
    @Test
    void aTaskDecoratorDoesWhatTheWrapperDoes() throws Exception {
        ContextSnapshotFactory snapshots = snapshots();
        try (WorkStealingScheduler pool = WorkStealingScheduler.builder()
                .parallelism(2)
                .taskDecorator(task -> snapshots.captureAll().wrap(task))
                .build()) {
            for (int i = 0; i < 1_000; i++) {
                String value = "value " + i;
                context.set(value);
                Future<List<String>> outer = pool.submit(() -> {
                    List<String> values = new ArrayList<>(List.of(context.get()));
                    context.set(value + ", inner");
                    values.add(pool.submit(context::get).get());
                    values.add(pool.invokeAll(List.<Callable<String>>of(context::get))
                            .get(0)
                            .get());
                    return values;
                });
                assertThat(get(outer)).containsExactly(value, value + ", inner", value + ", inner");
            }
            context.remove();
            assertThat(get(pool.submit(() -> context.get() == null))).isTrue();
        }
    }

    private ContextSnapshotFactory snapshots() {
        ContextRegistry registry = new ContextRegistry().registerThreadLocalAccessor("test", context);
        return ContextSnapshotFactory.builder()
                .contextRegistry(registry)
                .clearMissing(true)
                .build();
    }

    private ExecutorService wrap(ExecutorService pool) {
        ContextRegistry registry = new ContextRegistry().registerThreadLocalAccessor("test", context);
        return ContextExecutorService.wrap(
                pool, ContextSnapshotFactory.builder().contextRegistry(registry).build());
    }
}
