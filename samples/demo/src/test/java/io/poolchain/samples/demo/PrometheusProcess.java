// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/** The real Prometheus, with the configuration that docs/prometheus ships; only target and intervals are others. */
final class PrometheusProcess implements AutoCloseable {
    static final Path SHIPPED = Path.of("../../docs/prometheus");
    static final String TARGET = "localhost:9400";
    private static final String INTERVAL = "_interval: 5s";
    private static final Pattern ADDRESS = Pattern.compile("msg=\"Listening on\" address=(\\S+)");

    private final Path output;
    private final Process process;
    private final URI api;
    private final HttpClient client = HttpClient.newHttpClient();

    PrometheusProcess(Path folder, String target) throws IOException {
        Path program = Tools.require("prometheus", "prometheus");
        Files.copy(SHIPPED.resolve("rules.yml"), folder.resolve("rules.yml"));
        String config = Files.readString(SHIPPED.resolve("prometheus.yml"));
        assertThat(config).contains('"' + TARGET + '"', "scrape" + INTERVAL, "evaluation" + INTERVAL);
        Path ours = Files.writeString(
                folder.resolve("prometheus.yml"),
                config.replace('"' + TARGET + '"', '"' + target + '"').replace(INTERVAL, "_interval: 1s"));
        output = folder.resolve("prometheus.log");
        process = new ProcessBuilder(
                        program.toString(),
                        "--config.file=" + folder.relativize(ours),
                        "--storage.tsdb.path=data",
                        "--web.listen-address=127.0.0.1:0")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        await().atMost(DemoProcess.PATIENCE).until(() -> {
            assertThat(process.isAlive()).as(Files.readString(output)).isTrue();
            return ADDRESS.matcher(Files.readString(output)).find();
        });
        MatchResult address =
                ADDRESS.matcher(Files.readString(output)).results().findFirst().orElseThrow();
        api = URI.create("http://" + address.group(1) + "/api/v1/");
    }

    /** What PromQL gives now: a list of results with their labels. */
    JsonNode query(String promQl) throws IOException, InterruptedException {
        return get("query?query=" + URLEncoder.encode(promQl, StandardCharsets.UTF_8))
                .get("result");
    }

    /** The values that a label of this metric has. */
    List<String> labelValues(String metric, String label) throws IOException, InterruptedException {
        JsonNode values = get("label/" + label + "/values?match%5B%5D=" + metric);
        return StreamSupport.stream(values.spliterator(), false)
                .map(JsonNode::textValue)
                .toList();
    }

    boolean serves(String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(page(path)).timeout(DemoProcess.PATIENCE).build();
        return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
    }

    /** One for people. */
    URI page(String path) {
        return api.resolve("../../" + path);
    }

    JsonNode rules() throws IOException, InterruptedException {
        return get("rules").findValue("groups");
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(api.resolve(path))
                .timeout(DemoProcess.PATIENCE)
                .build();
        JsonNode answer = new ObjectMapper()
                .readTree(client.send(request, BodyHandlers.ofString()).body());
        assertThat(answer.get("status").textValue()).as("%s: %s", path, answer).isEqualTo("success");
        return answer.get("data");
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(DemoProcess.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
