// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.metrics;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.poolchain.scheduler.WorkStealingScheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** docs/metrics.md lists the meters that there are, and no others. */
class MetricsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "metrics.md");
    private static final Pattern TYPE_LINE = Pattern.compile("# TYPE (\\S+) (\\S+)");
    private static final Set<String> TAGS_OF_ALL = Set.of("name", "jvm.executor.name", "jvm.executor.type");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final WorkStealingScheduler scheduler =
            WorkStealingScheduler.builder().parallelism(2).capacity(100).build();

    @BeforeEach
    void bind() {
        new SchedulerMetrics(scheduler).perWorker().openTelemetryNames().bindTo(registry);
    }

    @AfterEach
    void end() {
        scheduler.close();
    }

    @Test
    void listsEveryMeterAndNoOther() throws IOException {
        Map<String, Entry> registered = new TreeMap<>();
        registry.getMeters().forEach(meter -> registered.merge(meter.getId().getName(), Entry.of(meter), Entry::and));

        assertThat(rows().stream().map(Row::entry)).containsExactlyInAnyOrderElementsOf(registered.values());
    }

    @Test
    void givesTheNamesThatPrometheusSees() throws IOException {
        Map<String, String> scraped = TYPE_LINE
                .matcher(registry.scrape().replaceAll(" (histogram|summary)", " timer"))
                .results()
                .filter(line -> !line.group(1).endsWith("_seconds_max")) // comes with a timer
                .collect(toMap(line -> line.group(1), line -> line.group(2)));

        assertThat(rows().stream()
                        .collect(toMap(Row::prometheusName, row -> row.entry().type())))
                .containsExactlyInAnyOrderEntriesOf(scraped);
    }

    /** One name and what its meters have in common, with the values of each tag that not all of them have. */
    private record Entry(String name, String type, String unit, Map<String, TreeSet<String>> tags, String description) {
        static Entry of(Meter meter) {
            Meter.Id id = meter.getId();
            Map<String, TreeSet<String>> tags = new TreeMap<>();
            for (Tag tag : id.getTags()) {
                if (!TAGS_OF_ALL.contains(tag.getKey())) {
                    tags.put(tag.getKey(), new TreeSet<>(List.of(tag.getValue())));
                }
            }
            String type = id.getType().name().toLowerCase(Locale.ROOT);
            String unit = Objects.requireNonNullElse(id.getBaseUnit(), "");
            return new Entry(id.getName(), type, unit, tags, id.getDescription());
        }

        Entry and(Entry other) {
            Map<String, TreeSet<String>> union = new TreeMap<>(tags);
            other.tags.forEach((key, values) -> union.merge(key, values, (mine, theirs) -> {
                TreeSet<String> all = new TreeSet<>(mine);
                all.addAll(theirs);
                return all;
            }));
            Entry merged = new Entry(name, type, unit, union, description);
            assertThat(other).isEqualTo(new Entry(name, type, unit, other.tags, description));
            return merged;
        }
    }

    private record Row(Entry entry, String prometheusName) {
        /** Cells: name, type, base unit, tags, name in Prometheus, meaning, and what it tells. */
        static Row of(String line) {
            String[] cells = Stream.of(line.split("\\|")).map(String::strip).toArray(String[]::new);
            assertThat(cells).as(line).hasSize(8); // the first is what stands before the first bar
            assertThat(cells[7]).as(line).isNotEmpty();
            List<String> tag = codes(cells[4]);
            Map<String, TreeSet<String>> tags =
                    tag.isEmpty() ? Map.of() : Map.of(tag.get(0), new TreeSet<>(tag.subList(1, tag.size())));
            return new Row(new Entry(code(cells[1]), cells[2], cells[3], tags, cells[6]), code(cells[5]));
        }

        private static String code(String cell) {
            List<String> codes = codes(cell);
            assertThat(codes).as(cell).hasSize(1);
            return codes.get(0);
        }

        private static List<String> codes(String cell) {
            return CODE.matcher(cell).results().map(code -> code.group(1)).toList();
        }
    }

    /** The rows of the page's tables of meters: those that begin with a name in code. */
    private static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        String before = "";
        for (String line : Files.readAllLines(PAGE)) {
            if (line.startsWith("| `")) {
                assertThat(before).as("a row of a table, before " + line).startsWith("|");
                rows.add(Row.of(line));
            }
            before = line;
        }
        return rows;
    }
}
