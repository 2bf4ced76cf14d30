// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulerBuilderTest {
    @Test
    void threadsAreNamedAfterTheScheduler() throws Exception {
        try (WorkStealingScheduler orders =
                WorkStealingScheduler.builder().name("orders").parallelism(1).build()) {
            assertThat(orders.name()).isEqualTo("orders");
            assertThat(orders.submit(() -> Thread.currentThread().getName()).get())
                    .isEqualTo("orders-worker-1");
        }
        try (WorkStealingScheduler unnamed = WorkStealingScheduler.newFixedThreadPool(1)) {
            assertThat(unnamed.name()).matches("poolchain-\\d+");
            assertThat(unnamed.submit(() -> Thread.currentThread().getName()).get())
                    .isEqualTo(unnamed.name() + "-worker-1");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE, 65_536, Integer.MAX_VALUE})
    void aBadParallelismIsNamedWithItsValue(int workers) {
        assertThatThrownBy(() -> WorkStealingScheduler.newFixedThreadPool(workers))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("parallelism must be from 1 to 65535, but was " + workers);
    }

    @Test
    void badNamesAndFactoriesAreRefused() {
        SchedulerBuilder builder = WorkStealingScheduler.builder();
        assertThatThrownBy(() -> builder.name(" "))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name must not be blank");
        assertThatThrownBy(() -> builder.name(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("name");
        assertThatThrownBy(() -> builder.threadFactory(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("threadFactory");
    }

    @Test
    void oneWorkerForEachProcessorByDefault() {
        try (WorkStealingScheduler scheduler = WorkStealingScheduler.builder().build()) {
            assertThat(scheduler.getCorePoolSize())
                    .isEqualTo(scheduler.getMaximumPoolSize())
                    .isEqualTo(Runtime.getRuntime().availableProcessors());
        }
    }

    /** Reactor and RxJava behave differently with one. */
    @Test
    void aSchedulerIsNotAScheduledExecutorService() {
        assertThat(ScheduledExecutorService.class.isAssignableFrom(WorkStealingScheduler.class))
                .isFalse();
    }

    @Test
    void badOptionsAreNamedWithTheirValues() {
        SchedulerBuilder builder = WorkStealingScheduler.builder();
        assertRefused(() -> builder.capacity(0), "capacity must be from 1 to 1073741824, but was 0");
        assertRefused(() -> builder.capacity(-7), "capacity must be from 1 to 1073741824, but was -7");
        assertRefused(() -> builder.fairnessInterval(3), "fairnessInterval must be from 4 to 1048576, but was 3");
        assertRefused(
                () -> builder.fairnessInterval(Integer.MAX_VALUE),
                "fairnessInterval must be from 4 to 1048576, but was 2147483647");
        assertRefused(() -> builder.sampleOneIn(-1), "sampleOneIn must be from 0 to 1048576, but was -1");
        assertRefused(() -> builder.sampleOneIn(1 << 21), "sampleOneIn must be from 0 to 1048576, but was 2097152");
        assertRefused(() -> builder.watch(Duration.ZERO), "watch must be more than zero, but was PT0S");
        assertRefused(() -> builder.keepAlive(Duration.ZERO), "keepAlive must be more than zero, but was PT0S");
        assertRefused(
                () -> builder.keepAlive(Duration.ofSeconds(-1)), "keepAlive must be more than zero, but was PT-1S");
    }

    private static void assertRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    @Test
    void nullOptionsAreRefusedByName() {
        SchedulerBuilder builder = WorkStealingScheduler.builder();
        assertThatNullPointerException()
                .isThrownBy(() -> builder.keepAlive(null))
                .withMessage("time");
        assertThatNullPointerException().isThrownBy(() -> builder.watch(null)).withMessage("limit");
        assertThatNullPointerException()
                .isThrownBy(() -> builder.rejectionPolicy(null))
                .withMessage("policy");
        assertThatNullPointerException()
                .isThrownBy(() -> builder.localOrder(null))
                .withMessage("order");
        assertThatNullPointerException()
                .isThrownBy(() -> builder.taskDecorator(null))
                .withMessage("decorator");
        assertThatNullPointerException()
                .isThrownBy(() -> builder.uncaughtExceptionHandler(null))
                .withMessage("handler");
        assertThatNullPointerException()
                .isThrownBy(() -> builder.onThreadStart(null))
                .withMessage("hook");
        assertThatNullPointerException()
                .isThrownBy(() -> builder.onThreadStop(null))
                .withMessage("hook");
        assertThatNullPointerException()
                .isThrownBy(() -> RejectionPolicy.block(null))
                .withMessage("timeout");
    }

    /** Centuries are cut down to what fits into nanoseconds. */
    @Test
    void hugeTimesAreForEver() throws Exception {
        try (WorkStealingScheduler scheduler = WorkStealingScheduler.builder()
                .parallelism(1)
                .keepAlive(Duration.ofSeconds(Long.MAX_VALUE))
                .capacity(SchedulerBuilder.MAX_CAPACITY)
                .rejectionPolicy(RejectionPolicy.block(Duration.ofSeconds(Long.MAX_VALUE)))
                .build()) {
            assertThat(scheduler.submit(() -> 1).get()).isEqualTo(1);
            assertThat(scheduler.stats().capacity()).isEqualTo(SchedulerBuilder.MAX_CAPACITY);
        }
    }

    @Test
    void withoutACapacityThereIsNoBound() {
        try (WorkStealingScheduler scheduler = WorkStealingScheduler.newFixedThreadPool(1)) {
            assertThat(scheduler.stats().capacity()).isEqualTo(Integer.MAX_VALUE);
        }
    }
}
