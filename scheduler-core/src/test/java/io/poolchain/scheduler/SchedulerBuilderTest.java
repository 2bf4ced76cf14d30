// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.ScheduledExecutorService;
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
}
