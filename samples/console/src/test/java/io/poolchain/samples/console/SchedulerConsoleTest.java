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
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is served; the demo's tests see the page in a browser. */
class SchedulerConsoleTest {
    private static final Pattern LINK = Pattern.compile("(?:href|src)=\"([^\"]*)\"|from '([^']*)'|fetch\\('([^']*)'");
    private static final Path RESOURCES = Path.of("src/main/resources/io/poolchain/samples/console");

    private final WorkStealingScheduler scheduler = WorkStealingScheduler.builder()
            .name("orders")
            .parallelism(2)
            .sampleOneIn(1)
            .build();
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
    void beforeTheFirstStealThereIsNoMatrix() throws Exception {
        assertThat(snapshot().fieldNames()).toIterable().containsExactly("source", "seconds", "stats", "waits");
    }

    @Test
    void waitsAreCountedAndStealsToldApart() throws Exception {
        CountDownLatch stolen = new CountDownLatch(1);
        scheduler
                .submit(() -> {
                    scheduler.execute(stolen::countDown);
                    stolen.await();
                    return null;
                })
                .get();
        JsonNode json = snapshot();

        JsonNode waits = json.get("waits");
        assertThat(waits.get("counts")).hasSize(waits.get("bounds").size() + 1);
        assertThat(sum(waits.get("counts"))).isEqualTo(2);
        assertThat(waits.get("bounds").get(0).doubleValue()).isEqualTo(1e-6);
        assertThat(json.get("stealMatrix").toString()).isIn("[[0,1],[0,0]]", "[[0,0],[1,0]]");
    }

    private static long sum(JsonNode numbers) {
        long sum = 0;
        for (JsonNode number : numbers) {
            sum += number.longValue();
        }
        return sum;
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
