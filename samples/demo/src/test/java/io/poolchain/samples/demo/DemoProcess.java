// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.demo;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The real program in a JVM of its own. */
final class DemoProcess implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern URL = Pattern.compile("Metrics: (http://\\S+)");

    private final Path output;
    private final Process process;

    /** Starts the program; it writes all it has to say to {@code output}. */
    DemoProcess(Path output, Object... arguments) throws IOException {
        this(
                output,
                List.of("-ea", "-Xmx512m", "-cp", System.getProperty("java.class.path"), Main.class.getName()),
                arguments);
    }

    private DemoProcess(Path output, List<String> program, Object... arguments) throws IOException {
        this.output = output;
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(program);
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    /** As users start it. */
    static DemoProcess ofJar(Path jar, Path output, Object... arguments) throws IOException {
        return new DemoProcess(output, List.of("-jar", jar.toString()), arguments);
    }

    String output() throws IOException {
        return Files.readString(output);
    }

    URL awaitMetricsUrl() throws Exception {
        awaitOutput(URL);
        MatchResult url = URL.matcher(output()).results().findFirst().orElseThrow();
        return URI.create(url.group(1)).toURL();
    }

    void awaitOutput(Pattern pattern) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> {
            boolean found = pattern.matcher(output()).find();
            if (!found && !process.isAlive() && !pattern.matcher(output()).find()) {
                throw new AssertionError("ended with " + process.exitValue() + " and said: " + output());
            }
            return found;
        });
    }

    int awaitExit() throws InterruptedException, IOException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("still runs, and said: " + output());
        }
        return process.exitValue();
    }

    /** As Ctrl-C does. */
    void terminate() {
        process.destroy();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
