// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that was stopped, as when a machine sleeps, finds that the clock has jumped past each of its time-outs at
 * once. That the other clock, the one of the day, is read nowhere is a rule of {@link ArchitectureTest}.
 */
@DisabledOnOs(OS.WINDOWS)
class StoppedProcessTest {
    private static final Duration JUMP = Duration.ofMillis(200);

    @TempDir
    private Path directory;

    @Test
    void losesNothingWhenTheClockHasJumped() throws Exception {
        Path errors = directory.resolve("errors");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Dpoolchain.hang.seconds=" + TestPools.HANG_SECONDS,
                        StoppedProcess.class.getName())
                .redirectError(errors.toFile())
                .start();
        try (BufferedReader output = process.inputReader()) {
            for (int jump = 0; jump < 20; jump++) {
                assertThat(output.readLine()).as(Files.readString(errors)).startsWith("round");
                signal(process, "STOP");
                assertThat(process.waitFor(JUMP.toMillis(), TimeUnit.MILLISECONDS))
                        .as("it has ended")
                        .isFalse();
                signal(process, "CONT");
                while (output.ready()) {
                    output.readLine(); // from before the jump
                }
            }
            process.getOutputStream().close();
            while (output.readLine() != null) {
                // the last rounds
            }
            process.waitFor();
            assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    private static void signal(Process process, String name) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }
}
