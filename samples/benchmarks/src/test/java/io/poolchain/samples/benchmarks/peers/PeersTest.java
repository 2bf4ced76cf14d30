// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.poolchain.scheduler.WorkStealingScheduler;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeersTest {
    private static final int THREADS = Runtime.getRuntime().availableProcessors();

    /** As many meet as there are threads, so there are no fewer; and no more run at a time. */
    @ParameterizedTest
    @MethodSource("io.poolchain.samples.benchmarks.peers.Peers#names")
    void hasSoManyThreads(String name) throws Exception {
        assumeTrue(Peers.whyNot(name, THREADS).isEmpty());
        Executor executor = Peers.start(name, THREADS);
        try {
            CyclicBarrier meeting = new CyclicBarrier(THREADS);
            CountDownLatch met = new CountDownLatch(THREADS);
            for (int i = 0; i < THREADS; i++) {
                executor.execute(() -> {
                    await(meeting);
                    met.countDown();
                });
            }
            Batching.flush(executor);
            while (!met.await(100, TimeUnit.MILLISECONDS)) {
                executor.execute(() -> {}); // some leave the second task to the worker that has started the first
                Batching.flush(executor);
            }

            AtomicInteger running = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            CountDownLatch ended = new CountDownLatch(100 * THREADS);
            for (int i = 0; i < 100 * THREADS; i++) {
                executor.execute(() -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    running.decrementAndGet();
                    ended.countDown();
                });
            }
            Batching.flush(executor);
            ended.await();
            assertThat(most.get()).isBetween(1, THREADS);
        } finally {
            Peers.stop(executor);
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void startsAnyClassByItsName() throws Exception {
        Executor executor = Peers.start(Executors.class.getName(), 1);
        assertThat(executor).isInstanceOf(ThreadPoolExecutor.class);
        Peers.stop(executor);
    }

    @ParameterizedTest
    @ValueSource(classes = {Observed.class, Unobserved.class})
    void startsOursObservedOrNot(Class<?> type) throws Exception {
        Executor executor = Peers.start(type.getName(), 2);
        assertThat(executor).isInstanceOf(WorkStealingScheduler.class);
        Peers.stop(executor);
        assertThat(((ExecutorService) executor).isTerminated()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"java.util.concurrent.Executors, false", "io.poolchain.scheduler.WorkStealingScheduler, true"})
    void triesWhetherATaskMayWaitForItsOwn(String name, boolean may) {
        assertThat(Peers.allowsNestedGet(name)).isEqualTo(may);
    }

    @Test
    void refusesAClassWithoutTheMethod() {
        assertThatThrownBy(() -> Peers.start("java.lang.String", 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.String");
    }
}
