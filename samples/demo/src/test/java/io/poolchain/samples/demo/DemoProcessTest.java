// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemoProcessTest {
    private static final Pattern LINGERS = Pattern.compile("Serving \\S+ for 300 s more");
    private static final int FILES = 12_000;
    private static final int SIGTERM_EXIT = 128 + 15;

    @TempDir
    static Path shared;

    private static Path tree;
    private static Result expected;

    @TempDir
    Path folder;

    @BeforeAll
    static void writeTree() throws Exception {
        tree = Files.createDirectory(shared.resolve("tree"));
        new FileTree(tree, 2).withSmallFiles(FILES).withOddNames();
        expected = SequentialReference.search(tree).result();
    }

    /** The search can't be over before the first scrape: it reads a file of holes that would take it minutes. */
    @Test
    void servesFiguresThatMoveWhileItRuns() throws Exception {
        Path json = shared.resolve("moving.json");
        Path endless = Files.writeString(folder.resolve("endless"), "unlike any other");
        setLength(endless, 1L << 40);
        try (DemoProcess demo = start(tree, folder, "--threads", 8, "--json", json, "--linger", 300)) {
            URL url = demo.awaitMetricsUrl();
            Scrape during = await().atMost(DemoProcess.PATIENCE)
                    .until(
                            () -> Scrape.of(url),
                            scrape -> scrape.value("demo_files_total") > 0
                                    && scrape.value("executor_active_threads") > 0);
            assertThat(during.value("demo_files_total")).isLessThanOrEqualTo(expected.files());
            assertThat(during.value("executor_active_threads")).isLessThanOrEqualTo(8);

            setLength(endless, 10);
            demo.awaitOutput(LINGERS);
            Scrape after = Scrape.of(url);
            assertThat(after.value("demo_files_total")).isEqualTo(expected.files() + 1);
            assertThat(after.value("demo_bytes_total")).isGreaterThan(during.value("demo_bytes_total"));
            assertThat(after.value("executor_completed_tasks_total"))
                    .isGreaterThan(during.value("executor_completed_tasks_total"))
                    .isGreaterThan(expected.files());
            assertThat(after.value("scheduler_steals_total")).isPositive();
            assertThat(after.value("scheduler_chain_growth_rings_total")).isPositive();
            assertThat(after.value("scheduler_tasks_dropped_tasks_total")).isZero();
            assertThat(after.value("executor_pool_max_threads")).isEqualTo(8);
            assertThat(after.value("jvm_threads_live_threads")).isGreaterThan(8);

            Result result = new ObjectMapper().readValue(json.toFile(), Result.class);
            assertThat(result.groups()).isEqualTo(expected.groups());
            assertThat(result.files()).isEqualTo(expected.files() + 1);
            demo.terminate();
            assertThat(demo.awaitExit()).isEqualTo(SIGTERM_EXIT);
        }
    }

    @Test
    void stealsNothingWithOneThread() throws Exception {
        Path json = shared.resolve("one-thread.json");
        try (DemoProcess demo = start(tree, "--threads", 1, "--json", json, "--linger", 300)) {
            URL url = demo.awaitMetricsUrl();
            demo.awaitOutput(LINGERS);
            Scrape after = Scrape.of(url);
            assertThat(after.value("demo_files_total")).isEqualTo(expected.files());
            assertThat(after.value("demo_bytes_total")).isEqualTo(expected.bytes());
            assertThat(after.value("scheduler_steals_total")).isZero();
            assertThat(after.value("scheduler_chain_growth_rings_total")).isPositive();
            assertThat(json).hasContent(new ObjectMapper().writeValueAsString(expected));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"poolchain", "fixed", "ForkJoin"})
    void runsOnEachPoolAndEndsByItself(String pool) throws Exception {
        new FileTree(folder, 3).withSmallFiles(200);
        Path json = shared.resolve(pool + ".json");
        try (DemoProcess demo = start(folder, "--pool", pool, "--threads", 2, "--json", json)) {
            assertThat(demo.awaitExit()).as(demo.output()).isZero();
            assertThat(demo.output()).contains("Files       200").doesNotContain("WARN", "ERROR", "Exception");
        }
        Result expectedHere = SequentialReference.search(folder).result();
        assertThat(new ObjectMapper().readValue(json.toFile(), Result.class)).isEqualTo(expectedHere);
    }

    @Test
    void servesExecutorMetersOfAFixedPool() throws Exception {
        Files.writeString(folder.resolve("file"), "one task for the folder, one for this");
        try (DemoProcess demo = start(folder, "--pool", "fixed", "--linger", 300)) {
            URL url = demo.awaitMetricsUrl();
            demo.awaitOutput(LINGERS);
            assertThat(Scrape.of(url).value("executor_completed_tasks_total")).isEqualTo(2);
            assertThat(status("GET", url.toURI().resolve("/"))).as("no page").isEqualTo(404);
        }
    }

    @Test
    void servesNothingButMetricsAndThePage() throws Exception {
        try (DemoProcess demo = start(folder, "--linger", 300)) {
            URL url = demo.awaitMetricsUrl();
            assertThat(status("GET", url.toURI())).isEqualTo(200);
            assertThat(status("POST", url.toURI())).isEqualTo(405);
            assertThat(status("GET", url.toURI().resolve("/metrics/more"))).isEqualTo(404);
            demo.awaitOutput(LINGERS);
            assertThat(status("GET", url.toURI().resolve("/"))).isEqualTo(200);
            assertThat(status("POST", url.toURI().resolve("/"))).isEqualTo(405);
        }
    }

    @Test
    void writesJsonInTheStatedForm() throws Exception {
        Path a = Files.writeString(folder.resolve("a"), "same");
        Path b = Files.writeString(folder.resolve("b"), "same");
        Files.writeString(folder.resolve("c"), "other");
        Path json = shared.resolve("form.json");
        try (DemoProcess demo = start(folder, "--json", json)) {
            assertThat(demo.awaitExit()).isZero();
        }
        assertThat(json)
                .hasContent(
                        "{\"groups\":[{\"sha256\":\"0967115f2813a3541eaef77de9d9d5773f1c0c04314b0bbfe4ff3b3b1c55b5d5\","
                                + "\"size\":4,\"paths\":[\"" + a.toRealPath() + "\",\"" + b.toRealPath()
                                + "\"]}],\"files\":3,\"bytes\":13}");
    }

    @Test
    void reportsWhatItCannotRead() throws Exception {
        Files.createSymbolicLink(folder.resolve("dangling"), Path.of("nowhere"));
        Files.createSymbolicLink(folder.resolve("loop"), folder);
        try (DemoProcess demo = start(folder)) {
            assertThat(demo.awaitExit()).isZero();
            assertThat(demo.output())
                    .contains("WARN  " + folder.toRealPath().resolve("dangling") + ": NoSuchFileException")
                    .contains("WARN  " + folder.toRealPath().resolve("loop") + ": " + DuplicateFinder.LINK_LOOP)
                    .contains("Unreadable  2");
        }
    }

    @Test
    void refusesAFolderThatIsMissing() throws Exception {
        Path missing = folder.resolve("missing");
        assertRefused("There is no folder " + missing, folder, missing);
    }

    @Test
    void refusesWrongOptions() throws Exception {
        assertRefused("Unknown option: '--what'", folder, "--what");
        assertRefused("expected one of [POOLCHAIN, FIXED, FORKJOIN] (case-insensitive)", folder, "--pool", "cached");
        assertRefused("--threads must be from 1", folder, "--threads", 0);
        assertRefused("--json", folder, "--json", folder.resolve("missing/result.json"));
    }

    @Test
    void refusesAPortThatIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertRefused("Port " + port + " is taken", folder, "--metrics-port", port);
        }
    }

    private void assertRefused(String message, Object... arguments) throws Exception {
        try (DemoProcess demo = new DemoProcess(shared.resolve("refused.txt"), arguments)) {
            assertThat(demo.awaitExit()).as(demo.output()).isEqualTo(2);
            assertThat(demo.output()).contains(message).contains("Try --help.").doesNotContain("\tat ", "Searching");
        }
    }

    private static DemoProcess start(Object... arguments) throws IOException {
        Object[] withPort = new Object[arguments.length + 2];
        System.arraycopy(arguments, 0, withPort, 2, arguments.length);
        withPort[0] = "--metrics-port";
        withPort[1] = 0;
        return new DemoProcess(Files.createTempFile(shared, "output", ".txt"), withPort);
    }

    private static void setLength(Path file, long length) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(length);
        }
    }

    private static int status(String method, URI uri) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setRequestMethod(method);
        return connection.getResponseCode();
    }
}
