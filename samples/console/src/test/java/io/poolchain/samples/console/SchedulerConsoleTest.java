// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.poolchain.scheduler.WorkStealingScheduler;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is served; the demo's tests see the page in a browser. */
class SchedulerConsoleTest {
    private static final Pattern LINK = Pattern.compile("(?:href|src)=\"([^\"]*)\"|from '([^']*)'|fetch\\('([^']*)'");
    private static final Path RESOURCES = Path.of("src/main/resources/io/poolchain/samples/console");

    private final WorkStealingScheduler scheduler =
            WorkStealingScheduler.builder().name("orders").parallelism(2).build();
    private PageServer server;

    @BeforeEach
    void show() throws IOException {
        server = PageServer.onLoopback(0);
        SchedulerConsole.show(scheduler, server);
    }

    @AfterEach
    void end() {
        server.close();
        scheduler.close();
    }

    @Test
    void whatThePageLinksToIsServedFromTheSamePlace() throws Exception {
        follow(server.uri("/"));
    }

    private void follow(URI page) throws IOException {
        assertThat(page.getHost()).isEqualTo("localhost");
        HttpURLConnection connection = (HttpURLConnection) page.toURL().openConnection();
        assertThat(connection.getResponseCode()).as(page.toString()).isEqualTo(200);
        String text = new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        LINK.matcher(text).results().forEach(link -> {
            String target = link.group().replaceAll("^[^\"']*[\"']|[\"']$", "");
            try {
                follow(page.resolve(target));
            } catch (IOException e) {
                throw new AssertionError(target, e);
            }
        });
    }

    @Test
    void theFiguresAreThoseOfTheScheduler() throws Exception {
        JsonNode before = snapshot();
        scheduler.submit(() -> {}).get();
        scheduler.close();
        scheduler.shutdownNow();
        JsonNode after = snapshot();

        assertThat(after.get("seconds").doubleValue())
                .isGreaterThan(before.get("seconds").doubleValue());
        JsonNode stats = after.get("stats");
        assertThat(stats.get("name").textValue()).isEqualTo("orders");
        assertThat(stats.get("submittedOutside").longValue()).isEqualTo(1);
        assertThat(stats.get("dropped").get("CAPACITY").longValue()).isZero();
        assertThat(stats.get("workers")).hasSize(2);
        assertThat(stats.get("workers").findValuesAsText("completed")).containsExactlyInAnyOrder("0", "1");
        assertThat(stats.get("workers").get(0).get("state").textValue()).isEqualTo("NO_THREAD");
    }

    @Test
    void whatIsNotMeasuredIsLeftOut() throws Exception {
        assertThat(snapshot().fieldNames()).toIterable().containsExactly("seconds", "stats");
    }

    @Test
    void whatIsMeasuredIsToldAsThePageWantsIt() throws Exception {
        Snapshot full = new Snapshot(
                1,
                scheduler.stats(),
                new Snapshot.WaitTime(1e-6, 1e-3, 0.5),
                List.of(List.of(0L, 3L), List.of(4L, 0L)));
        JsonNode json = new ObjectMapper().valueToTree(full);

        assertThat(json.get("waitTime")).hasToString("{\"p50\":1.0E-6,\"p90\":0.001,\"p99\":0.5}");
        assertThat(json.get("stealMatrix")).hasToString("[[0,3],[4,0]]");
    }

    @Test
    void theLibraryComesWithItsLicenceAndIsNamedInTheNotice() throws Exception {
        Path library = RESOURCES.resolve("vendor/uplot-1.6.32");
        assertThat(library.resolve("LICENSE")).content().contains("MIT License", "Leon Sorokin");
        assertThat(library.resolve("uPlot.iife.min.js")).content().contains("(v1.6.32)");
        assertThat(Files.readString(Path.of("../../NOTICE"))).contains("uPlot 1.6.32");
    }

    private JsonNode snapshot() throws IOException {
        try (InputStream in = server.uri("/snapshot.json").toURL().openStream()) {
            return new ObjectMapper().readTree(in);
        }
    }
}
