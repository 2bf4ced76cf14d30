// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar that the README's first command starts, seen by a real browser and a real Prometheus. */
class DemoJarIT {
    private static final Path JAR = Path.of("target", "demo.jar");
    private static final Pattern LINGERS = Pattern.compile("Serving \\S+ for 300 s more");

    @TempDir
    Path folder;

    @Test
    void itFindsDuplicatesAndServesThePageAndTheMetrics() throws Exception {
        Path tree = Files.createDirectory(folder.resolve("tree"));
        new FileTree(tree, 3).withSmallFiles(500).withOddNames();
        Path json = folder.resolve("result.json");
        try (DemoProcess demo = DemoProcess.ofJar(
                JAR, folder.resolve("demo.txt"), tree, "--metrics-port", 0, "--json", json, "--linger", 300)) {
            URL metrics = demo.awaitMetricsUrl();
            demo.awaitOutput(LINGERS);

            Result expected = SequentialReference.search(tree).result();
            assertThat(new ObjectMapper().readValue(json.toFile(), Result.class).groups())
                    .isEqualTo(expected.groups());
            Scrape scrape = Scrape.of(metrics);
            assertThat(scrape.value("demo_files_total")).isEqualTo(expected.files());
            assertThat(scrape.value("scheduler_tasks_completed_tasks_total")).isPositive();
            for (String part : new String[] {"", "console.js", "uplot.js", "snapshot.json"}) {
                assertThat(read(metrics.toURI().resolve("/" + part))).as(part).isNotBlank();
            }
            try (Browser browser = new Browser()) {
                browser.open(metrics.toURI().resolve("/"));
                await().atMost(DemoProcess.PATIENCE)
                        .until(() -> browser.text("[data-figure=completed]").matches("[1-9].*"));
            }
            try (PrometheusProcess prometheus = new PrometheusProcess(folder, metrics.getAuthority())) {
                await().atMost(DemoProcess.PATIENCE)
                        .until(() -> prometheus
                                        .query("scheduler_workers{name=\"demo\"}")
                                        .size()
                                == 1);
            }
            assertThat(demo.output()).doesNotContain("SLF4J", "WARNING", "Exception");
        }
    }

    private static String read(URI uri) throws Exception {
        URLConnection connection = uri.toURL().openConnection();
        connection.setReadTimeout((int) DemoProcess.PATIENCE.toMillis());
        try (InputStream in = connection.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
