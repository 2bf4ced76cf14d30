// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.workloads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.poolchain.samples.benchmarks.peers.Peers;
import io.poolchain.samples.benchmarks.workloads.Workloads.Size;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;

class WorkloadsTest {
    private static final int THREADS = Runtime.getRuntime().availableProcessors();
    private static final int RUNS = 3;

    static Stream<Arguments> everyWorkloadOnEveryExecutor() {
        return Peers.names().stream()
                .flatMap(executor -> Arrays.stream(Workloads.values())
                        .filter(workload -> workload.runsOn(executor))
                        .map(workload -> Arguments.of(workload, executor)));
    }

    @ParameterizedTest(name = "{0} on {1}")
    @MethodSource("everyWorkloadOnEveryExecutor")
    void runsEachTaskOnce(Workloads workload, String name) throws Exception {
        assumeTrue(Peers.whyNot(name, THREADS).isEmpty());
        Executor executor = Peers.start(name, THREADS);
        try (Workload tasks = workload.make(Size.SMALL, THREADS)) {
            for (int i = 0; i < RUNS; i++) {
                tasks.run(executor);
            }
        } finally {
            Peers.stop(executor);
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"OUTSIDE_TO_BUSY", "QUICKSORT_BY_GET", "MERGE_SORT_BY_GET"})
    void saysHowManyTasksItHas(Workloads workload) throws Exception {
        AtomicInteger executed = new AtomicInteger();
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try (Workload tasks = workload.make(Size.SMALL, THREADS)) {
            tasks.run(task -> {
                executed.incrementAndGet();
                pool.execute(task);
            });
            assertThat(executed).hasValue(tasks.tasks());
        } finally {
            pool.shutdown();
        }
    }

    /** The futures of the others can't run twice; and the busy ones would never end in the thread that submits them. */
    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"OUTSIDE_TO_BUSY", "QUICKSORT_BY_GET", "MERGE_SORT_BY_GET", "INVOKE_ALL"})
    void failsIfATaskRunsTwice(Workloads workload) throws Exception {
        AtomicInteger executed = new AtomicInteger();
        Executor thirdTwice = task -> {
            task.run();
            if (executed.incrementAndGet() == 3) {
                task.run();
            }
        };
        try (Workload tasks = workload.make(Size.SMALL, THREADS)) {
            assertThatThrownBy(() -> tasks.run(thirdTwice)).isInstanceOf(IllegalStateException.class);
        }
    }
}
