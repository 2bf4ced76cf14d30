// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Programs that Maven doesn't bring. Without them a test is skipped, or fails if it runs in CI, which installs them. */
final class Tools {
    private Tools() {}

    static Path require(String program, String debianPackage) {
        Optional<Path> found = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
        String message = program + " is not installed; on Debian: apt-get install " + debianPackage;
        if (Boolean.parseBoolean(System.getenv("CI"))) {
            assertThat(found).as(message).isPresent();
        }
        assumeTrue(found.isPresent(), message);
        return found.orElseThrow();
    }

    /** Runs a program that must succeed, and returns what it says. */
    static String run(Path input, Path program, Object... arguments) throws IOException, InterruptedException {
        List<String> command = Stream.concat(Stream.of(program), Stream.of(arguments))
                .map(Object::toString)
                .toList();
        Path output = Files.createTempFile("output", ".txt");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(input.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            boolean ended = process.waitFor(DemoProcess.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            process.destroyForcibly();
            String said = Files.readString(output, StandardCharsets.UTF_8);
            assertThat(ended).as("%s ends; it said: %s", command, said).isTrue();
            assertThat(process.exitValue()).as("%s said: %s", command, said).isZero();
            return said;
        } finally {
            Files.delete(output);
        }
    }
}
