// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.await;
import static io.poolchain.scheduler.TestPools.shutdownAndAwait;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In which order a worker starts its own tasks: the newest first, or on request as a fixed pool does. */
class LocalOrderTest {
    @Test
    void theNewestFirstByDefault() throws Exception {
        assertThat(orderOfTen(WorkStealingScheduler.newFixedThreadPool(1)))
                .containsExactly(9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    }

    @Test
    void theOldestFirstOnRequestAsInAFixedPool() throws Exception {
        assertThat(orderOfTen(Executors.newFixedThreadPool(1))).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(orderOfTen(fifo(1))).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    private static List<Integer> orderOfTen(ExecutorService pool) throws Exception {
        List<Integer> order = new ArrayList<>(); // one worker
        pool.submit(() -> {
                    for (int i = 0; i < 10; i++) {
                        int number = i;
                        pool.execute(() -> order.add(number));
                    }
                })
                .get();
        shutdownAndAwait(pool);
        return order;
    }

    /** More than a fairness interval, and more than one ring. */
    @Test
    void tasksThatSubmitTasksRunLevelByLevelAsInAFixedPool() {
        List<String> fixed = levels(Executors.newFixedThreadPool(1));
        assertThat(fixed).hasSize(1_023).startsWith("", "0", "1", "00", "01", "10", "11", "000");
        assertThat(levels(fifo(1))).isEqualTo(fixed);
    }

    private static List<String> levels(ExecutorService pool) {
        List<String> order = new ArrayList<>();
        CountDownLatch left = new CountDownLatch(1_023);
        pool.execute(() -> level(pool, "", order, left));
        await(left, pool);
        shutdownAndAwait(pool);
        return order;
    }

    private static void level(ExecutorService pool, String path, List<String> order, CountDownLatch left) {
        order.add(path);
        if (path.length() < 9) {
            pool.execute(() -> level(pool, path + "0", order, left));
            pool.execute(() -> level(pool, path + "1", order, left));
        }
        left.countDown();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void everyTaskRunsOnceInEitherOrder(int n) throws Exception {
        for (LocalOrder order : LocalOrder.values()) {
            WorkStealingScheduler scheduler = WorkStealingScheduler.builder()
                    .parallelism(n)
                    .localOrder(order)
                    .build();
            List<Integer> ran = Collections.synchronizedList(new ArrayList<>());
            Future<?> parent = scheduler.submit(() -> {
                for (int i = 0; i < 10_000; i++) {
                    int number = i;
                    scheduler.execute(() -> ran.add(number));
                }
            });
            parent.get();
            shutdownAndAwait(scheduler);
            assertThat(ran)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, 10_000).boxed().toList());
        }
    }

    /** What a worker waits for it runs at once, whatever the order; and the empty shells do not stay in the chain. */
    @Test
    void aWorkerThatWaitsAndHelpsLeavesNothingInItsChain() throws Exception {
        for (LocalOrder order : LocalOrder.values()) {
            try (WorkStealingScheduler scheduler = WorkStealingScheduler.builder()
                    .parallelism(1)
                    .localOrder(order)
                    .build()) {
                Future<Long> queued = scheduler.submit(() -> {
                    for (int round = 0; round < 1_000; round++) {
                        Future<?> first = scheduler.submit(() -> {});
                        Future<?> second = scheduler.submit(() -> {});
                        first.get();
                        second.get();
                    }
                    return scheduler.stats().queued();
                });
                assertThat(queued.get()).as("%s", order).isZero();
                TestPools.awaitQuiescence(scheduler);
                assertThat(scheduler.stats().completed())
                        .isEqualTo(scheduler.stats().submitted())
                        .isEqualTo(2_001);
            }
        }
    }

    private static WorkStealingScheduler fifo(int n) {
        return WorkStealingScheduler.builder()
                .parallelism(n)
                .localOrder(LocalOrder.FIFO)
                .build();
    }
}
