// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.poolchain.samples.console.PageServer;
import io.poolchain.samples.console.SchedulerConsole;
import io.poolchain.scheduler.WorkStealingScheduler;
import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line. */
@Command(
        name = "demo",
        usageHelpAutoWidth = true,
        sortOptions = false,
        description = {
            "Finds duplicate files, and can be watched while it does.",
            "Symbolic links are followed, and no file is counted twice; link loops and what can't be read are reported."
                    + " Empty files are duplicates of each other, and so are hard links.%n"
        },
        footer = {"%nExit codes: 0 done, 1 failed, 2 wrong usage: no such folder or option, or the port is taken."})
public final class Main implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    private static final String METRICS = "/metrics";

    @Parameters(
            paramLabel = "FOLDER",
            description = "Where to search. Default: the local Maven repository, or if there is none, the JDK's home.")
    private List<Path> folders = List.of();

    @Option(names = "--pool", paramLabel = "POOL", description = "One of ${COMPLETION-CANDIDATES}. Default: poolchain.")
    private Pool pool = Pool.POOLCHAIN;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Default: one for each processor, here ${DEFAULT-VALUE}.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--metrics-port",
            paramLabel = "PORT",
            description =
                    "Where to serve /metrics and, with poolchain, a page to watch it at /; on the loopback interface. 0 picks a free"
                            + " port. Default: ${DEFAULT-VALUE}.")
    private int metricsPort = 9400;

    @Option(names = "--linger", paramLabel = "SECONDS", description = "Go on serving after the result.")
    private int linger = 0;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the result to this file.")
    private @Nullable Path json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // picocli asks for the option, not for the field
    private boolean help;

    /** A field, because the registry only has a weak reference to it and serves it as long as the program runs. */
    private final Progress progress = new Progress();

    /** Runs the program and ends the JVM. */
    public static void main(String[] args) {
        CommandLine commandLine = new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, unused) -> usageError(e.getCommandLine(), e.getMessage()))
                .setExecutionExceptionHandler((e, command, unused) -> {
                    if (e instanceof UsageException) {
                        return usageError(command, e.getMessage());
                    }
                    throw e;
                });
        System.exit(commandLine.execute(args));
    }

    private static int usageError(CommandLine command, @Nullable String message) {
        command.getErr().println(message + "\nTry --help.");
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    @Override
    public Integer call() throws Exception {
        checkOptions();
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (PageServer server = serve(registry)) {
            ExecutorService executor = pool.start(threads);
            try {
                run(executor, registry, server);
            } finally {
                executor.shutdown();
            }
            executor.awaitTermination(1, TimeUnit.MINUTES);
        }
        return CommandLine.ExitCode.OK;
    }

    private void run(ExecutorService executor, MeterRegistry registry, PageServer server) throws Exception {
        List.of(progress, Pool.meters(executor), new JvmMemoryMetrics(), new JvmThreadMetrics(), new ProcessorMetrics())
                .forEach(meters -> meters.bindTo(registry));
        URI metrics = server.uri(METRICS);
        System.out.printf("Searching with %d threads of %s. Metrics: %s%n", threads, pool, metrics);
        if (executor instanceof WorkStealingScheduler scheduler) {
            SchedulerConsole.show(scheduler, server);
            System.out.println("Watch it at " + server.uri("/"));
        }

        long start = System.nanoTime();
        Report report = await(DuplicateFinder.find(foldersOrDefault(), executor, progress));
        Duration time = Duration.ofNanos(System.nanoTime() - start);

        report.problems().forEach(problem -> LOG.warn("{}: {}", problem.path(), problem.reason()));
        Summary summary = new Summary(System.out);
        summary.print(report, time);
        if (executor instanceof WorkStealingScheduler scheduler) {
            summary.print(scheduler.stats());
        }
        if (json != null) {
            new ObjectMapper().writeValue(json.toFile(), report.result());
            System.out.println("Result written to " + json);
        }
        if (linger > 0) {
            System.out.printf("Serving %s for %d s more%n", metrics, linger);
            TimeUnit.SECONDS.sleep(linger);
        }
    }

    private Report await(Future<Report> search) throws InterruptedException, ExecutionException {
        try (ProgressDisplay display = ProgressDisplay.forThisConsole()) {
            while (true) {
                try {
                    return search.get(display.interval().toMillis(), TimeUnit.MILLISECONDS);
                } catch (TimeoutException notYet) {
                    display.show(progress);
                }
            }
        }
    }

    private void checkOptions() {
        for (Path folder : foldersOrDefault()) {
            check(Files.isDirectory(folder), "There is no folder " + folder + '.');
        }
        check(
                threads >= 1 && threads <= Pool.MAX_THREADS,
                "--threads must be from 1 to " + Pool.MAX_THREADS + ", but was " + threads + '.');
        check(
                metricsPort >= 0 && metricsPort <= 0xffff,
                "--metrics-port must be from 0 to 65535, but was " + metricsPort + '.');
        check(linger >= 0, "--linger must not be negative, but was " + linger + '.');
        check(json == null || canBeMade(json), "--json can't write a file " + json + '.');
    }

    private static boolean canBeMade(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return folder != null && Files.isDirectory(folder) && !Files.isDirectory(file);
    }

    private static void check(boolean fine, String message) {
        if (!fine) {
            throw new UsageException(message);
        }
    }

    private List<Path> foldersOrDefault() {
        if (!folders.isEmpty()) {
            return folders;
        }
        Path mavenRepository = Path.of(System.getProperty("user.home"), ".m2", "repository");
        return List.of(Files.isDirectory(mavenRepository) ? mavenRepository : Path.of(System.getProperty("java.home")));
    }

    private PageServer serve(PrometheusMeterRegistry registry) throws IOException {
        try {
            PageServer server = PageServer.onLoopback(metricsPort);
            server.add(
                    METRICS,
                    "text/plain; version=0.0.4; charset=utf-8",
                    () -> registry.scrape().getBytes(StandardCharsets.UTF_8));
            return server;
        } catch (BindException e) {
            throw new UsageException("Port " + metricsPort
                    + " is taken or not allowed. Choose another with --metrics-port; 0 picks a free one.");
        }
    }
}
