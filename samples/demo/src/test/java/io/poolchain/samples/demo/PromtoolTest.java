// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Prometheus' own tool checks what docs/prometheus ships, and what the demo serves. */
class PromtoolTest {
    private static final Path NO_INPUT = Path.of("/dev/null");
    private static final Pattern OURS = Pattern.compile("^(# (HELP|TYPE) )?(scheduler|executor|demo)_");
    private static final Pattern RECORD = Pattern.compile("- record: (\\S+)");
    private static final Pattern ALERT = Pattern.compile("- alert: (\\w+)");
    private static final Pattern RAISED = Pattern.compile("alertname: (\\w+)\\s+eval_time: \\w+\\s+exp_alerts:\\s+- ");

    @TempDir
    Path folder;

    private Path promtool;

    @BeforeEach
    void find() {
        promtool = Tools.require("promtool", "prometheus");
    }

    @Test
    void theConfigurationIsValid() throws Exception {
        Tools.run(NO_INPUT, promtool, "check", "config", PrometheusProcess.SHIPPED.resolve("prometheus.yml"));
    }

    @Test
    void theRulesAreValid() throws Exception {
        Tools.run(NO_INPUT, promtool, "check", "rules", PrometheusProcess.SHIPPED.resolve("rules.yml"));
    }

    @Test
    void theRulesDoWhatTheirTestsSay() throws Exception {
        Tools.run(NO_INPUT, promtool, "test", "rules", PrometheusProcess.SHIPPED.resolve("rules-test.yml"));
    }

    @Test
    void eachAlertIsRaisedInATest() throws Exception {
        List<String> alerts = names(ALERT, "rules.yml");

        assertThat(alerts).isNotEmpty();
        assertThat(names(RAISED, "rules-test.yml")).containsExactlyInAnyOrderElementsOf(alerts);
    }

    @Test
    void eachRecordingRuleHasATest() throws Exception {
        List<String> records = names(RECORD, "rules.yml");
        String tests = Files.readString(PrometheusProcess.SHIPPED.resolve("rules-test.yml"));

        assertThat(records).isNotEmpty().allSatisfy(record -> assertThat(tests).containsPattern("- expr: .*" + record));
    }

    @Test
    void theConfigurationNamesThePortOfTheDemo() {
        Object port = new CommandLine(new Main())
                .getCommandSpec()
                .findOption("--metrics-port")
                .initialValue();

        assertThat(PrometheusProcess.TARGET).isEqualTo("localhost:" + port);
    }

    /** Of the JVM's meters, which are Micrometer's, promtool would have some named otherwise. */
    @Test
    void theMetersAreWhatPrometheusWants() throws Exception {
        Path tree = Files.createDirectory(folder.resolve("tree"));
        Path page = folder.resolve("metrics.txt");
        try (DemoProcess demo =
                        new DemoProcess(folder.resolve("demo.txt"), tree, "--metrics-port", 0, "--linger", 300);
                InputStream metrics = demo.awaitMetricsUrl().openStream()) {
            String all = new String(metrics.readAllBytes(), StandardCharsets.UTF_8);
            List<String> ours = all.lines().filter(OURS.asPredicate()).toList();
            assertThat(ours).anyMatch(line -> line.startsWith("scheduler_workers{"));
            Files.write(page, ours);
        }
        assertThat(Tools.run(page, promtool, "check", "metrics")).isEmpty();
    }

    private static List<String> names(Pattern pattern, String file) throws Exception {
        return pattern.matcher(Files.readString(PrometheusProcess.SHIPPED.resolve(file)))
                .results()
                .map(match -> match.group(1))
                .toList();
    }
}
