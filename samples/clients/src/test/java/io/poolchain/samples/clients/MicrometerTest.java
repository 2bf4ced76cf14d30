// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.binder.jvm.ExecutorServiceMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.poolchain.scheduler.WorkStealingScheduler;
import io.poolchain.scheduler.metrics.SchedulerMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Micrometer's {@link ExecutorServiceMetrics#monitor} times the tasks of a pool. */
class MicrometerTest extends ClientTest {
    private static final Set<String> TIMERS = Set.of("executor", "executor.idle");
    private static final Set<String> GAUGES = Set.of(
            "executor.active",
            "executor.completed",
            "executor.pool.core",
            "executor.pool.max",
            "executor.pool.size",
            "executor.queue.remaining",
            "executor.queued");

    private static final Logger LOGGER = Logger.getLogger(ExecutorServiceMetrics.class.getName());

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @BeforeAll
    static void silence() {
        LOGGER.setLevel(Level.SEVERE); // it warns that it does not know our class
    }

    @AfterAll
    static void speak() {
        LOGGER.setLevel(null);
    }

    @ParameterizedTest
    @EnumSource
    void eachTaskIsTimedTwice(Kind kind) throws Exception {
        ExecutorService pool = monitor(make(kind, 4));
        Set<String> places = places();
        List<Future<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            int number = i;
            futures.add(pool.submit(() -> {
                places.add(here());
                return number;
            }));
            pool.execute(() -> places.add(here()));
        }
        List<Callable<Integer>> tasks = IntStream.range(0, 1_000)
                .<Callable<Integer>>mapToObj(i -> () -> i)
                .toList();
        futures.addAll(pool.invokeAll(tasks));
        int sum = 0;
        for (Future<Integer> future : futures) {
            sum += get(future);
        }
        assertThat(sum).isEqualTo(999_000);
        shutdownAndAwait(pool);
        assertThat(timed("executor")).isEqualTo(3_000);
        assertThat(timed("executor.idle")).isEqualTo(3_000);
        assertOnPool(places);
    }

    @ParameterizedTest
    @EnumSource
    void failedTasksAreTimedAndCancelledOnesAreNot(Kind kind) {
        ExecutorService pool = monitor(make(kind, 1));
        CountDownLatch gate = new CountDownLatch(1);
        pool.submit(() -> await(gate));
        Future<?> failed = pool.submit(() -> {
            throw new IllegalStateException("on purpose");
        });
        Future<?> cancelled = pool.submit(() -> {});
        assertThat(cancelled.cancel(true)).isTrue();
        gate.countDown();
        assertThatThrownBy(() -> get(failed))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IllegalStateException.class);
        shutdownAndAwait(pool);
        assertThat(timed("executor")).isEqualTo(2);
        assertThat(timed("executor.idle")).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void cancellationInterruptsThroughTheWrapper(Kind kind) {
        ExecutorService pool = monitor(make(kind, 1));
        Endless endless = new Endless();
        Future<?> running = pool.submit(endless);
        await(endless.started);
        assertThat(running.cancel(true)).isTrue();
        await(endless.interrupted);
    }

    /** The other meters it reads from a {@code ThreadPoolExecutor}: for us {@link SchedulerMetrics} has them. */
    @ParameterizedTest
    @EnumSource
    void theOtherMetersAreBoundForThePoolOfTheJdkOnly(Kind kind) {
        ExecutorService pool = make(kind, 3);
        ExecutorService monitored = monitor(pool);
        if (kind == Kind.JDK) {
            assertThat(names()).containsAll(TIMERS).containsAll(GAUGES);
        } else {
            assertThat(names()).isEqualTo(TIMERS);
            new SchedulerMetrics((WorkStealingScheduler) pool).bindTo(registry);
            assertThat(names()).containsAll(TIMERS).containsAll(GAUGES);
        }
        assertThat(registry.get("executor.pool.max").gauge().value()).isEqualTo(3);
        shutdownAndAwait(monitored);
        assertThat(pool.isTerminated()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void theWrapperShutsThePoolDown(Kind kind) {
        ExecutorService pool = make(kind, 1);
        ExecutorService monitored = monitor(pool);
        Endless endless = new Endless();
        monitored.execute(endless);
        await(endless.started);
        monitored.execute(() -> {});
        assertThat(monitored.shutdownNow()).hasSize(1);
        await(endless.interrupted);
        awaitTermination(monitored);
        assertThat(pool.isTerminated()).isTrue();
        assertThatThrownBy(() -> monitored.submit(() -> {})).isInstanceOf(RejectedExecutionException.class);
    }

    private ExecutorService monitor(ExecutorService pool) {
        return ExecutorServiceMetrics.monitor(registry, pool, "under-test");
    }

    private long timed(String timer) {
        return registry.get(timer).tag("name", "under-test").timer().count();
    }

    private Set<String> names() {
        return registry.getMeters().stream()
                .map(Meter::getId)
                .map(Meter.Id::getName)
                .collect(Collectors.toSet());
    }
}
