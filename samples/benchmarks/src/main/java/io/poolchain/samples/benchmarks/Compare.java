// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.poolchain.samples.benchmarks.measures.Figure;
import io.poolchain.samples.benchmarks.measures.Measures;
import io.poolchain.samples.benchmarks.peers.Peers;
import io.poolchain.samples.benchmarks.report.Markdown;
import io.poolchain.samples.benchmarks.report.Plots;
import io.poolchain.samples.benchmarks.report.Results;
import io.poolchain.samples.benchmarks.report.Sample;
import io.poolchain.samples.benchmarks.workloads.Work;
import io.poolchain.samples.benchmarks.workloads.Workload;
import io.poolchain.samples.benchmarks.workloads.Workloads;
import io.poolchain.samples.benchmarks.workloads.Workloads.Size;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * All workloads and measures on all executors, pools of many threads, and the queue alone. Each round measures everything once, each time in a JVM of its own, the
 * executors next to each other: a machine that grows slower does so for all.
 */
@Command(
        name = "Compare",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        description = "Compares executors, and writes tables, plots and all samples.")
public final class Compare implements Callable<Integer> {
    private static final String TIME = "Time, ns per task";
    private static final String ALLOCATION = "Allocation, bytes per task";
    private static final String MANY_THREADS = "Many threads, ns per task";
    private static final List<Integer> MANY = List.of(200, 1_000);
    private static final List<Workloads> BY_MANY = List.of(Workloads.OUTSIDE_SPAWNS, Workloads.BINARY_TREE);
    private static final TimeValue SECOND = TimeValue.seconds(1);
    private static final TimeValue MOMENT = TimeValue.milliseconds(20);

    @Option(
            names = "--executors",
            split = ",",
            paramLabel = "NAME",
            description = "Names, or classes with a newFixedThreadPool(int). Default: all that have a name.")
    private List<String> executors = Peers.names();

    @Option(
            names = "--workloads",
            split = ",",
            paramLabel = "NAME",
            description = "Some of ${COMPLETION-CANDIDATES}. Default: all.")
    private List<Workloads> workloads = List.of(Workloads.values());

    @Option(names = "--no-workloads", description = "Only measures.")
    private boolean noWorkloads;

    @Option(
            names = "--measures",
            split = ",",
            paramLabel = "NAME",
            description = "Some of ${COMPLETION-CANDIDATES}. Default: all.")
    private List<Measures> measures = List.of(Measures.values());

    @Option(
            names = "--measured",
            split = ",",
            paramLabel = "NAME",
            description = "Those of the executors on which to take measures, which are long. Default: all.")
    private List<String> measured = List.of();

    @Option(names = "--no-measures", description = "Only workloads.")
    private boolean noMeasures;

    @Option(names = "--no-many", description = "Not the pools of many threads.")
    private boolean noMany;

    @Option(names = "--no-queue", description = "Not the queue alone.")
    private boolean noQueue;

    @Option(names = "--ours", paramLabel = "NAME", description = "Whom to compare with. Default: ${DEFAULT-VALUE}.")
    private String ours = Peers.OURS;

    @Option(names = "--threads", paramLabel = "N", description = "Default: one for each processor.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--rounds", paramLabel = "N", description = "JVMs for each value. Default: ${DEFAULT-VALUE}.")
    private int rounds = 5;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "How long each JVM runs a workload, after as long a warm-up. Default: ${DEFAULT-VALUE}.")
    private int seconds = 3;

    @Option(
            names = "--quick",
            description = "One short round in this JVM: shows that everything works; the figures mean nothing.")
    private boolean quick;

    @Option(names = "--out", paramLabel = "FOLDER", description = "Where to write. Default: ${DEFAULT-VALUE}.")
    private Path out = Path.of("target", "comparison");

    @Option(names = "--add", description = "Adds to the results that are in FOLDER, from the same JDK and machine.")
    private boolean add;

    @Spec
    private CommandSpec command;

    private final ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private final List<Sample> samples = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    /** What all JVMs are told a microsecond is, those too whose results are added later. */
    private long tokens;

    /** Compares and ends the JVM. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Compare()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        if (!executors.containsAll(measured)) {
            throw new ParameterException(
                    command.commandLine(), "--measured " + measured + " is not among --executors " + executors);
        }
        List<String> available = new ArrayList<>();
        for (String executor : executors) {
            Peers.whyNot(executor, threads)
                    .ifPresentOrElse(reason -> failures.add(executor + ": " + reason), () -> available.add(executor));
        }
        Files.createDirectories(out);
        if (add) {
            Results before = json.readValue(resultsFile().toFile(), Results.class);
            tokens = before.tokensPerMicro();
            samples.addAll(before.samples());
            before.failures().stream().filter(line -> !failures.contains(line)).forEach(failures::add);
        } else {
            tokens = Work.calibrate();
        }
        int first = 1 + samples.stream().mapToInt(Sample::round).max().orElse(0);
        for (int round = first; round < first + (quick ? 1 : rounds); round++) {
            Collections.shuffle(available, new Random(round));
            round(round, available);
            report();
        }
        return CommandLine.ExitCode.OK;
    }

    private void round(int round, List<String> available) {
        for (Workloads workload : noWorkloads ? List.<Workloads>of() : workloads) {
            for (String executor : available) {
                if (workload.runsOn(executor)) {
                    attempt(round, workload + " on " + executor, () -> run(round, workload, executor));
                }
            }
        }
        for (int many : noMany ? List.<Integer>of() : MANY) {
            for (Workloads workload : BY_MANY) {
                for (String executor : available) {
                    if (executor.equals(ours) || executor.equals(Peers.FIXED)) {
                        attempt(
                                round,
                                workload + " on " + executor + " of " + many,
                                () -> runByMany(round, workload, executor, many));
                    }
                }
            }
        }
        for (QueueAlone queue : noQueue ? new QueueAlone[0] : QueueAlone.values()) {
            attempt(round, queue.toString(), () -> run(round, queue));
        }
        for (Measures measure : noMeasures ? List.<Measures>of() : measures) {
            for (String executor : available) {
                if (measure.runsOn(executor) && (measured.isEmpty() || measured.contains(executor))) {
                    attempt(round, measure + " of " + executor, () -> run(round, measure, executor));
                }
            }
        }
    }

    private void run(int round, QueueAlone queue) throws Exception {
        RunResult result = new Runner(options().include(queue.include()).build()).runSingle();
        samples.add(queue.sample(round, result));
    }

    private interface Attempt {
        void run() throws Exception;
    }

    /** One that fails is told of and left out. */
    private void attempt(int round, String what, Attempt attempt) {
        System.out.printf("%d: %s%n", round, what);
        try {
            attempt.run();
        } catch (Exception e) {
            e.printStackTrace();
            failures.add(what + ", round " + round + ": " + e.getMessage());
        }
    }

    private void run(int round, Workloads workload, String executor) throws Exception {
        RunResult result = result(workload, executor, threads);
        String row = workload.toString();
        samples.add(
                new Sample(TIME, row, executor, round, result.getPrimaryResult().getScore()));
        for (Result<?> secondary : result.getSecondaryResults().values()) {
            if (secondary.getLabel().endsWith("gc.alloc.rate.norm")) {
                samples.add(new Sample(ALLOCATION, row, executor, round, secondary.getScore()));
            }
        }
    }

    private void runByMany(int round, Workloads workload, String executor, int many) throws Exception {
        double time = result(workload, executor, many).getPrimaryResult().getScore();
        samples.add(new Sample(MANY_THREADS, workload + ", " + many, executor, round, time));
    }

    private RunResult result(Workloads workload, String executor, int threads) throws Exception {
        try (Workload full = workload.make(Size.FULL, threads)) {
            return new Runner(options(workload, executor, threads)
                            .operationsPerInvocation(full.tasks())
                            .build())
                    .runSingle();
        }
    }

    private ChainedOptionsBuilder options(Workloads workload, String executor, int threads) {
        return options()
                .include(ExecutorBenchmark.class.getSimpleName())
                .param("executor", executor)
                .param("workload", workload.name())
                .param("threads", Integer.toString(threads))
                .addProfiler(GCProfiler.class)
                .jvmArgsAppend(tokensArgument());
    }

    private ChainedOptionsBuilder options() {
        return new OptionsBuilder()
                .forks(quick ? 0 : 1)
                .warmupIterations(quick ? 1 : seconds)
                .warmupTime(quick ? MOMENT : SECOND)
                .measurementIterations(quick ? 1 : seconds)
                .measurementTime(quick ? MOMENT : SECOND)
                .timeUnit(TimeUnit.NANOSECONDS)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
    }

    private String tokensArgument() {
        return "-D" + Work.TOKENS_PER_MICRO + '=' + tokens;
    }

    private void run(int round, Measures measure, String executor) throws Exception {
        List<Figure> figures =
                quick ? Measure.of(measure, executor, threads, true) : measureInOwnJvm(measure, executor);
        for (Figure figure : figures) {
            samples.add(new Sample(figure.table(), figure.row(), executor, round, figure.value()));
        }
    }

    private List<Figure> measureInOwnJvm(Measures measure, String executor) throws IOException, InterruptedException {
        Path file = Files.createTempFile("figures", ".json");
        try {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
            command.add(tokensArgument());
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), Measure.class.getName()));
            command.addAll(List.of(measure.toString(), executor, "--threads=" + threads, "--json=" + file));
            int exitCode = new ProcessBuilder(command).inheritIO().start().waitFor();
            if (exitCode != 0) {
                throw new IllegalStateException("exit code " + exitCode);
            }
            return json.readValue(file.toFile(), new TypeReference<List<Figure>>() {});
        } finally {
            Files.delete(file);
        }
    }

    private void report() throws IOException {
        String name = resultsName();
        Results results = new Results(ours, environment(), tokens, samples, failures);
        json.writeValue(resultsFile().toFile(), results);
        Files.writeString(out.resolve(name + ".md"), Markdown.page(results, name));
        try {
            Plots.write(results, out, name);
        } catch (RuntimeException | InternalError e) {
            System.err.println("No plots, for want of fonts perhaps: " + e);
        }
        System.out.println("Written to " + out.toAbsolutePath());
    }

    private static String resultsName() {
        return "results-" + Runtime.version().feature();
    }

    private Path resultsFile() {
        return out.resolve(resultsName() + ".json");
    }

    private List<String> environment() {
        return List.of(
                "JDK " + Runtime.version() + " (" + System.getProperty("java.vm.name") + "), "
                        + System.getProperty("os.name") + ", " + System.getProperty("os.arch"),
                threads + " threads, " + Runtime.getRuntime().availableProcessors() + " processors",
                quick
                        ? "**A quick run: the figures mean nothing.**"
                        : "up to " + mostRounds() + " rounds; a workload runs for " + seconds
                                + " s in each, after as long a warm-up",
                tokens + " tokens of work for a microsecond");
    }

    /** How many values the cell has that has most. */
    private long mostRounds() {
        return samples.stream()
                .collect(Collectors.groupingBy(
                        sample -> List.of(sample.table(), sample.row(), sample.executor()), Collectors.counting()))
                .values()
                .stream()
                .mapToLong(count -> count)
                .max()
                .orElse(0);
    }
}
