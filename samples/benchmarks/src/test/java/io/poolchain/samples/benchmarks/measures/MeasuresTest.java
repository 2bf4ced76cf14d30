// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.measures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.poolchain.samples.benchmarks.peers.Peers;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MeasuresTest {
    private static final int THREADS = Runtime.getRuntime().availableProcessors();

    static Stream<Arguments> everyMeasureOfEveryExecutor() {
        return Peers.names().stream()
                .flatMap(executor -> Arrays.stream(Measures.values())
                        .filter(measure -> measure.runsOn(executor))
                        .map(measure -> Arguments.of(measure, executor)));
    }

    @ParameterizedTest(name = "{0} of {1}")
    @MethodSource("everyMeasureOfEveryExecutor")
    void measures(Measures measure, String name) throws Exception {
        assumeTrue(Peers.whyNot(name, THREADS).isEmpty());
        Executor executor = Peers.start(name, THREADS);
        try {
            assertThat(measure.of(executor, THREADS, true))
                    .isNotEmpty()
                    .allSatisfy(figure -> assertThat(figure.value()).isFinite());
        } finally {
            Peers.stop(executor);
        }
    }
}
