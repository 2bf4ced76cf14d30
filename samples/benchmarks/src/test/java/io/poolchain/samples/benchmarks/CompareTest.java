// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.poolchain.samples.benchmarks.report.Results;
import io.poolchain.samples.benchmarks.report.Sample;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CompareTest {
    private static final String PREFIX = "results-" + Runtime.version().feature();

    @TempDir
    private Path folder;

    @Test
    void writesTablesAndSamples() throws Exception {
        Results results = compare(
                "--executors=poolchain,floor,java.util.concurrent.Executors",
                "--workloads=chain-1000",
                "--measures=wake-up",
                "--no-many",
                "--no-queue");

        assertThat(results.failures()).isEmpty();
        assertThat(results.samples())
                .extracting(Sample::row)
                .contains("chain-1000", "an idle pool, p50", "an idle pool, p99");
        assertThat(results.samples())
                .extracting(Sample::executor)
                .contains("poolchain", "floor", "java.util.concurrent.Executors");
        assertThat(results.samples())
                .allSatisfy(sample -> assertThat(sample.value()).isPositive());
        assertThat(Files.readString(folder.resolve(PREFIX + ".md"))).contains("## Time, ns per task");
    }

    @Test
    void addsToEarlierResults() throws Exception {
        compare("--executors=poolchain", "--workloads=chain-1000", "--no-measures", "--no-many", "--no-queue");
        Results before = withTokens(1_000_000 + results().tokensPerMicro()); // as no calibration would give
        Results results = compare(
                "--executors=poolchain", "--no-workloads", "--measures=wake-up", "--no-many", "--no-queue", "--add");

        assertThat(results.tokensPerMicro()).isEqualTo(before.tokensPerMicro());
        assertThat(results.environment()).anyMatch(line -> line.startsWith(before.tokensPerMicro() + " tokens"));
        assertThat(results.samples())
                .anyMatch(sample -> sample.row().equals("chain-1000") && sample.round() == 1)
                .anyMatch(sample -> sample.row().equals("an idle pool, p50") && sample.round() == 2);
    }

    @Test
    void takesMeasuresOnlyOnThoseThatAreNamed() throws Exception {
        Results results = compare(
                "--executors=poolchain,floor",
                "--measured=floor",
                "--workloads=chain-1000",
                "--measures=wake-up",
                "--no-many",
                "--no-queue");

        assertThat(results.samples())
                .anyMatch(sample ->
                        sample.row().equals("chain-1000") && sample.executor().equals("poolchain"))
                .anyMatch(sample -> sample.row().equals("an idle pool, p50")
                        && sample.executor().equals("floor"))
                .noneMatch(sample -> sample.row().equals("an idle pool, p50")
                        && sample.executor().equals("poolchain"));
    }

    @Test
    void showsTheQueueAloneBesideALockedInstruction() throws Exception {
        Results results = compare("--no-workloads", "--no-measures", "--no-many");

        assertThat(results.failures().stream().filter(failure -> failure.contains("queue")))
                .isEmpty();
        assertThat(results.samples()).hasSize(QueueAlone.values().length).allSatisfy(sample -> {
            assertThat(sample.table()).isEqualTo(QueueAlone.TABLE);
            assertThat(sample.value()).isPositive();
        });
        for (String row : List.of(
                "push and pop by the owner",
                "push and pop by the owner, beside a thief",
                "push and steal by one thread")) {
            assertThat(results.samples())
                    .filteredOn(sample -> sample.row().equals(row))
                    .extracting(Sample::executor)
                    .doesNotHaveDuplicates()
                    .contains("poolchain", "one ring", "one packed word");
        }
        assertThat(results.samples())
                .filteredOn(sample -> sample.executor().equals("floor"))
                .extracting(Sample::row)
                .containsExactly("push and pop by the owner");
    }

    @Test
    void comparesPoolsOfManyThreadsWithAFixedPool() throws Exception {
        Results results = compare("--executors=poolchain,floor,fixed", "--no-workloads", "--no-measures", "--no-queue");

        assertThat(results.failures()).isEmpty();
        assertThat(results.samples())
                .extracting(sample -> sample.row() + ", " + sample.executor())
                .containsExactlyInAnyOrder(
                        "outside-spawns, 200, poolchain",
                        "outside-spawns, 200, fixed",
                        "outside-spawns, 1000, poolchain",
                        "outside-spawns, 1000, fixed",
                        "binary-tree, 200, poolchain",
                        "binary-tree, 200, fixed",
                        "binary-tree, 1000, poolchain",
                        "binary-tree, 1000, fixed");
        assertThat(results.samples())
                .allSatisfy(sample -> assertThat(sample.value()).isPositive());
    }

    @Test
    void refusesToTakeMeasuresOnAnotherExecutor() {
        StringWriter errors = new StringWriter();

        int exitCode = new CommandLine(new Compare())
                .setErr(new PrintWriter(errors))
                .execute("--quick", "--executors=poolchain", "--measured=fixed", "--out=" + folder);

        assertThat(exitCode).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(errors.toString()).contains("--measured [fixed] is not among --executors [poolchain]");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void tellsWhatItCouldNotMeasure() throws Exception {
        int threads = Runtime.getRuntime().availableProcessors() + 1;

        compare("--executors=zio", "--no-queue", "--threads=" + threads);

        assertThat(Files.readString(folder.resolve(PREFIX + ".md"))).contains("- zio: has a thread for each processor");
    }

    /** {@return what a quick comparison writes, which succeeds} */
    private Results compare(String... options) throws Exception {
        List<String> all = new ArrayList<>(List.of(options));
        all.add("--quick");
        all.add("--out=" + folder);
        assertThat(new CommandLine(new Compare()).execute(all.toArray(String[]::new)))
                .isZero();
        return results();
    }

    private Results withTokens(long tokensPerMicro) throws Exception {
        Results as = results();
        Results results = new Results(as.ours(), as.environment(), tokensPerMicro, as.samples(), as.failures());
        new ObjectMapper().writeValue(folder.resolve(PREFIX + ".json").toFile(), results);
        return results;
    }

    private Results results() throws Exception {
        return new ObjectMapper().readValue(folder.resolve(PREFIX + ".json").toFile(), Results.class);
    }
}
