// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ObservationTest {
    @Test
    void tellsTheTimeOfAnObservedSchedulerRelativeToAnUnobservedOne() throws Exception {
        assertThat(run()).containsPattern("chain-1000, 2 threads: observed / unobserved \\d\\.\\d{3} ");
        assertThat(run("--no-meters")).containsPattern("chain-1000, 2 threads: measured / unobserved \\d\\.\\d{3} ");
    }

    private static String run(String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Observation.class.getName(),
                "--slices=4",
                "--threads=2",
                "--workload=chain-1000"));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();

        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
