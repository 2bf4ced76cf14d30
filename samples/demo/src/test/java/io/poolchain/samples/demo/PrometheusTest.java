// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.demo;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.IntPredicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real Prometheus scrapes the real demo, and answers what docs/prometheus asks. */
class PrometheusTest {
    private static final int THREADS = 2;

    /** So many files of holes that the demo is busy for as long as the tests take, and completes some every second. */
    private static final int FILES = 5_000;

    private static final int FILE_SIZE = 20_000_000;

    private static final Pattern METRIC = Pattern.compile("\\b(scheduler|executor)_\\w+");

    private static final Path PICTURES = Path.of("target", "pictures");

    @TempDir
    static Path folder;

    private static DemoProcess demo;
    private static PrometheusProcess prometheus;
    private static URL metrics;

    @BeforeAll
    static void start() throws Exception {
        Path tree = Files.createDirectory(folder.resolve("tree"));
        new FileTree(tree, 4).withHoles(FILES, FILE_SIZE);
        demo = new DemoProcess(
                folder.resolve("demo.txt"), tree, "--threads", THREADS, "--metrics-port", 0, "--linger", 300);
        metrics = demo.awaitMetricsUrl();
        prometheus = new PrometheusProcess(folder, metrics.getAuthority());
        awaitResults("scheduler:tasks_completed:rate1m > 0", results -> results == 1);
    }

    @AfterAll
    static void end() throws Exception {
        if (prometheus != null) {
            prometheus.close();
        }
        if (demo != null) {
            demo.close();
        }
    }

    @Test
    void theDemoIsUp() throws Exception {
        awaitResults("up{job=\"poolchain\"} == 1", results -> results == 1);
        assertThat(value("scheduler_workers{name=\"demo\"}")).isEqualTo(THREADS);
    }

    @Test
    void theFiguresAreThoseOfTheDemo() throws Exception {
        for (String counter :
                List.of("scheduler_tasks_completed_tasks_total", "demo_files_total", "demo_bytes_total")) {
            long before = Scrape.of(metrics).value(counter);
            awaitResults(counter + " >= " + before, results -> results == 1);
            double seen = value(counter);
            long after = Scrape.of(metrics).value(counter);

            assertThat(seen).as(counter).isBetween((double) before, (double) after);
        }
    }

    /** Prometheus spreads the increase between the first and the last sample a little over both ends. */
    @Test
    void theRateIsThatOfTheSamples() throws Exception {
        String samples = "scheduler_tasks_completed_tasks_total[1m]";
        await().atMost(DemoProcess.PATIENCE).until(() -> value("count_over_time(" + samples + ")") >= 3);
        String increase = "(max_over_time(" + samples + ") - min_over_time(" + samples + "))";

        assertThat(value("60 * rate(" + samples + ") / " + increase)).isBetween(0.999, 2.2);
    }

    /** Of as long a time as the demo itself says how many tasks it completed in. */
    @Test
    void theRateIsThatOfTheDemo() throws Exception {
        String counter = "scheduler_tasks_completed_tasks_total";
        long begin = System.nanoTime();
        long before = Scrape.of(metrics).value(counter);
        await().atMost(DemoProcess.PATIENCE)
                .until(() -> Scrape.of(metrics).value(counter) >= before + 10
                        && System.nanoTime() - begin > SECONDS.toNanos(10));
        long after = Scrape.of(metrics).value(counter);
        double seconds = (System.nanoTime() - begin) / 1e9;
        double ofDemo = (after - before) / seconds;

        double ofPrometheus = value("rate(" + counter + "[" + Math.round(seconds) + "s])");
        assertThat(ofPrometheus).as("per second; the demo says %s", ofDemo).isBetween(ofDemo / 2, ofDemo * 2);
    }

    @Test
    void everyRecordingRuleHasAFigure() throws Exception {
        for (JsonNode rule : rules("recording")) {
            String name = rule.get("name").textValue();
            awaitResults(name + "{name=\"demo\"}", results -> results == 1);
        }
        assertThat(value("scheduler:workers_running:ratio")).isBetween(0.0, 1.0);
        assertThat(value("scheduler:tasks_completed:rate1m")).isPositive();
    }

    @Test
    void everyAlertIsEvaluatedAndNoneIsRaised() throws Exception {
        assertThat(rules("alerting")).isNotEmpty();
        await().atMost(DemoProcess.PATIENCE)
                .untilAsserted(() -> assertThat(rules("alerting")).allSatisfy(rule -> {
                    assertThat(rule.get("health").textValue())
                            .as(rule.toString())
                            .isEqualTo("ok");
                    assertThat(rule.get("state").textValue())
                            .as(rule.toString())
                            .isEqualTo("inactive");
                }));
    }

    @Test
    void everyQueryOfTheDashboardHasData() throws Exception {
        JsonNode dashboard = new ObjectMapper()
                .readTree(PrometheusProcess.SHIPPED
                        .resolve("grafana-dashboard.json")
                        .toFile());
        List<String> queries = dashboard.findValuesAsText("expr");
        assertThat(queries).hasSizeGreaterThan(5);
        for (String query : queries) {
            String filledIn = query.replace("$__rate_interval", "1m")
                    .replace("$name", "demo")
                    .replace("$instance", ".*");
            assertThat(filledIn).doesNotContain("$");
            awaitResults("(" + filledIn + ") > -Inf", results -> results > 0); // which NaN is not
        }
    }

    @Test
    void theDashboardHasSchedulersToChooseFrom() throws Exception {
        JsonNode variables = new ObjectMapper()
                .readTree(PrometheusProcess.SHIPPED
                        .resolve("grafana-dashboard.json")
                        .toFile())
                .get("templating")
                .get("list");
        Pattern labelValues = Pattern.compile("label_values\\((\\w+), (\\w+)\\)");
        List<String> asked = new ArrayList<>();
        for (JsonNode variable : variables) {
            MatchResult query = labelValues
                    .matcher(variable.get("query").path("query").asText())
                    .results()
                    .findFirst()
                    .orElse(null);
            if (query != null) {
                String label = query.group(2);
                asked.add(label);
                await(label)
                        .atMost(DemoProcess.PATIENCE)
                        .untilAsserted(() -> assertThat(prometheus.labelValues(query.group(1), label))
                                .containsExactly(label.equals("name") ? "demo" : metrics.getAuthority()));
            }
        }
        assertThat(asked).containsExactlyInAnyOrder("instance", "name");
    }

    @Test
    void itsPagesShowTheRateAndTheAlerts() throws Exception {
        String classic = prometheus.serves("classic/graph") ? "classic/" : ""; // the only one that Debian has
        try (Browser browser = new Browser()) {
            browser.open(prometheus.page(
                    classic + "graph?g0.expr=scheduler:tasks_completed:rate1m&g0.tab=0&g0.range_input=1m"));
            awaitTrue(
                    () -> browser.evaluate("document.body.innerText").toString().contains("name=\"demo\""));
            assertThat(browser.screenshot(PICTURES.resolve("prometheus-graph.png")))
                    .isNotEmptyFile();

            browser.open(prometheus.page(classic + "alerts"));
            for (JsonNode alert : rules("alerting")) {
                String name = alert.get("name").textValue();
                awaitTrue(() ->
                        browser.evaluate("document.body.innerText").toString().contains(name));
            }
            assertThat(browser.screenshot(PICTURES.resolve("prometheus-alerts.png")))
                    .isNotEmptyFile();
        }
    }

    private static void awaitTrue(Callable<Boolean> condition) {
        await().atMost(DemoProcess.PATIENCE).until(condition);
    }

    /** Some find nothing here, for they ask what has gone wrong; but there is all that they ask for. */
    @Test
    void everyQueryToCopyIsUnderstood() throws Exception {
        Path docs = PrometheusProcess.SHIPPED.getParent();
        for (Path page : List.of(docs.resolveSibling("README.md"), docs.resolve("operations.md"))) {
            List<String> queries = queriesOf(page);
            assertThat(queries).as(page.toString()).hasSizeGreaterThan(4);
            for (String query : queries) {
                assertThat(prometheus.query(query).isArray()).as(query).isTrue();
                for (MatchResult metric : METRIC.matcher(query).results().toList()) {
                    awaitResults("count(" + metric.group() + ')', results -> results == 1);
                }
            }
        }
    }

    /** The last column of each table with the heading PromQL. */
    private static List<String> queriesOf(Path page) throws IOException {
        List<String> queries = new ArrayList<>();
        boolean inTable = false;
        for (String line : Files.readAllLines(page)) {
            inTable = line.startsWith("|") && (inTable || line.endsWith("| PromQL |"));
            if (inTable && line.endsWith("` |")) {
                queries.add(line.substring(line.lastIndexOf("| `") + 3, line.length() - 3));
            }
        }
        return queries;
    }

    private static List<JsonNode> rules(String type) throws IOException, InterruptedException {
        return StreamSupport.stream(prometheus.rules().spliterator(), false)
                .flatMap(group -> StreamSupport.stream(group.get("rules").spliterator(), false))
                .filter(rule -> rule.get("type").textValue().equals(type))
                .toList();
    }

    /** Returns the only result's value. */
    private static double value(String promQl) {
        return awaitResults(promQl, results -> results == 1)
                .get(0)
                .get("value")
                .get(1)
                .asDouble();
    }

    /** Asks until there are enough results: on a busy machine a scrape fails now and then, and there is nothing for a second. */
    private static JsonNode awaitResults(String promQl, IntPredicate enough) {
        return await(promQl)
                .atMost(DemoProcess.PATIENCE)
                .until(() -> prometheus.query(promQl), results -> enough.test(results.size()));
    }
}
