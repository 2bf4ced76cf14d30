// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;

/** Spring's {@link ConcurrentTaskExecutor} and {@code @Async} run tasks on a pool. */
class SpringTest extends ClientTest {
    @ParameterizedTest
    @EnumSource
    void eachFormOfSubmissionRunsOnThePool(Kind kind) throws Exception {
        ConcurrentTaskExecutor executor = new ConcurrentTaskExecutor(make(kind, 4));
        Set<String> places = places();
        CountDownLatch executed = new CountDownLatch(1_000);
        List<Future<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            int number = i;
            executor.execute(() -> {
                places.add(here());
                executed.countDown();
            });
            futures.add(executor.submit(() -> {
                places.add(here());
                return number;
            }));
            futures.add(executor.submitCompletable(() -> {
                        places.add(here());
                        return number;
                    })
                    .thenApplyAsync(
                            result -> {
                                places.add(here());
                                return -result;
                            },
                            executor));
        }
        await(executed);
        int sum = 0;
        for (Future<Integer> future : futures) {
            sum += get(future);
        }
        assertThat(sum).isZero();
        assertOnPool(places);
    }

    @ParameterizedTest
    @EnumSource
    void asManyTasksAsThreadsMeetAtABarrier(Kind kind) throws Exception {
        int n = 8;
        ConcurrentTaskExecutor executor = new ConcurrentTaskExecutor(make(kind, n));
        CyclicBarrier barrier = new CyclicBarrier(n);
        List<Future<?>> futures = new ArrayList<>();
        for (int i = 0; i < 50 * n; i++) {
            futures.add(executor.submit(() -> await(barrier)));
        }
        for (Future<?> future : futures) {
            get(future);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFailureIsKeptInTheFuture(Kind kind) {
        ConcurrentTaskExecutor executor = new ConcurrentTaskExecutor(make(kind, 2));
        IllegalStateException failure = new IllegalStateException("on purpose");
        Future<?> future = executor.submit(() -> {
            throw failure;
        });
        CompletableFuture<Void> completable = executor.submitCompletable((Runnable) () -> {
            throw failure;
        });
        assertThatThrownBy(() -> get(future))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isSameAs(failure);
        assertThatThrownBy(() -> get(completable)).hasRootCause(failure);
    }

    @ParameterizedTest
    @EnumSource
    void cancellationInterruptsTheTask(Kind kind) {
        ConcurrentTaskExecutor executor = new ConcurrentTaskExecutor(make(kind, 1));
        Endless endless = new Endless();
        AtomicInteger ran = new AtomicInteger();
        Future<?> running = executor.submit(endless);
        Future<?> queued = executor.submit(() -> {
            ran.incrementAndGet();
        });
        await(endless.started);
        assertThat(queued.cancel(true)).isTrue();
        assertThat(running.cancel(true)).isTrue();
        await(endless.interrupted);
        shutdownAndAwait((ExecutorService) executor.getConcurrentExecutor());
        assertThat(ran).hasValue(0);
    }

    @ParameterizedTest
    @EnumSource
    void aDecoratorWrapsEachTask(Kind kind) throws Exception {
        ConcurrentTaskExecutor executor = new ConcurrentTaskExecutor(make(kind, 3));
        ThreadLocal<String> decoration = new ThreadLocal<>();
        executor.setTaskDecorator(task -> {
            String from = here();
            return () -> {
                decoration.set(from);
                try {
                    task.run();
                } finally {
                    decoration.remove();
                }
            };
        });
        for (int i = 0; i < 1_000; i++) {
            assertThat(get(executor.submit(decoration::get))).isEqualTo(here());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRefusalIsReported(Kind kind) {
        ExecutorService pool = make(kind, 1);
        ConcurrentTaskExecutor executor = new ConcurrentTaskExecutor(pool);
        shutdownAndAwait(pool);
        assertThatThrownBy(() -> executor.submit(() -> 1)).isInstanceOf(TaskRejectedException.class);
        assertThatThrownBy(() -> executor.execute(() -> {})).isInstanceOf(TaskRejectedException.class);
    }

    @ParameterizedTest
    @EnumSource
    void asyncMethodsRunOnThePoolWhichEndsWithTheContext(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 4);
        Configured.pool = pool;
        Set<String> places = places();
        List<CompletableFuture<Integer>> futures = new ArrayList<>();
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(Configured.class)) {
            Squares squares = context.getBean(Squares.class);
            for (int i = 0; i < 1_000; i++) {
                futures.add(squares.of(i, places));
            }
        }
        awaitTermination(pool);
        int sum = 0;
        for (CompletableFuture<Integer> future : futures) {
            sum += get(future);
        }
        assertThat(sum).isEqualTo(332_833_500);
        assertOnPool(places);
    }

    @ParameterizedTest
    @EnumSource
    void aBeanThatIsShutDownDoesNotHoldTheContextUp(Kind kind) throws Exception {
        assertThat(isTerminatedWhenItsContextIsClosed(kind, "shutdown")).isFalse();
    }

    /**
     * Spring infers {@code close} for a class that has its own, as {@code WorkStealingScheduler} and {@code ForkJoinPool}
     * do, and {@code shutdown} for {@code ThreadPoolExecutor}: see docs/migration.md.
     */
    @ParameterizedTest
    @EnumSource
    void whetherTheContextWaitsForTasksDependsOnWhatSpringInfers(Kind kind) throws Exception {
        assertThat(isTerminatedWhenItsContextIsClosed(kind, AbstractBeanDefinition.INFER_METHOD))
                .isEqualTo(kind == Kind.POOLCHAIN);
    }

    /** A task runs until the context has been closed or, if that takes until the end of the task, is being closed. */
    private boolean isTerminatedWhenItsContextIsClosed(Kind kind, String destroyMethod) throws Exception {
        ExecutorService pool = make(kind, 1);
        CountDownLatch gate = new CountDownLatch(1);
        pool.execute(() -> await(gate));
        GenericApplicationContext context = new GenericApplicationContext();
        context.registerBean(
                "pool", ExecutorService.class, () -> pool, bean -> bean.setDestroyMethodName(destroyMethod));
        context.refresh();
        boolean waits = kind == Kind.POOLCHAIN && !destroyMethod.equals("shutdown");
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        Thread closing = new Thread(() -> {
            context.close();
            closed.complete(pool.isTerminated());
        });
        closing.start();
        if (waits) {
            awaitTrue(pool::isShutdown, "shutdown by the context");
            gate.countDown();
        }
        boolean terminated = get(closed);
        assertThat(pool.isShutdown()).isTrue();
        gate.countDown();
        awaitTermination(pool);
        return terminated;
    }

    /** A bean with an asynchronous method. */
    interface Squares {
        CompletableFuture<Integer> of(int number, Set<String> places);
    }

    /** An application whose {@code @Async} methods run on a bean that Spring shuts down. */
    @Configuration(proxyBeanMethods = false)
    @EnableAsync
    static class Configured {
        static ExecutorService pool;

        @Bean
        ExecutorService taskExecutor() {
            return pool;
        }

        @Bean
        Squares squares() {
            return new Squares() {
                @Async
                @Override
                public CompletableFuture<Integer> of(int number, Set<String> places) {
                    places.add(here());
                    return CompletableFuture.completedFuture(number * number);
                }
            };
        }
    }
}
