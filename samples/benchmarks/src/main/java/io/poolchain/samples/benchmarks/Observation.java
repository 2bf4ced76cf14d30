// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.poolchain.samples.benchmarks.peers.Peers;
import io.poolchain.samples.benchmarks.peers.Unobserved;
import io.poolchain.samples.benchmarks.report.Cell;
import io.poolchain.samples.benchmarks.workloads.Workload;
import io.poolchain.samples.benchmarks.workloads.Workloads;
import io.poolchain.samples.benchmarks.workloads.Workloads.Size;
import io.poolchain.scheduler.WorkStealingScheduler;
import io.poolchain.scheduler.metrics.SchedulerMetrics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What observation costs: the same workload by turns on a scheduler that measures times as by default, with all meters bound
 * and a scrape each second by HTTP, and on one without any of it. Both are in this JVM, since two JVMs of the same code differ by
 * more than that.
 */
@Command(
        name = "Observation",
        mixinStandardHelpOptions = true,
        description = "The time of an observed scheduler relative to an unobserved one.")
public final class Observation implements Callable<Integer> {
    private static final int SLICES_BETWEEN_SCRAPES = 4;
    private static final long SLICE_NANOS = TimeUnit.SECONDS.toNanos(1) / SLICES_BETWEEN_SCRAPES;

    /** Enough to have a scrape compiled. */
    private static final int FIRST_SCRAPES = 3_000;

    @Option(names = "--workload", paramLabel = "NAME", description = "Default: ${DEFAULT-VALUE}.")
    private Workloads workload = Workloads.YIELDS;

    @Option(names = "--threads", paramLabel = "N", description = "Default: one for each processor.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--slices",
            paramLabel = "N",
            description = "Quarters of a second for each of the two. Default: ${DEFAULT-VALUE}.")
    private int slices = 80;

    @Option(names = "--no-meters", description = "The observed one only measures times, as by default.")
    private boolean noMeters;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final HttpClient client = HttpClient.newHttpClient();

    /** Measures and ends the JVM. */
    public static void main(String[] args) {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // else each answer takes 40 ms
        System.exit(new CommandLine(new Observation()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/metrics", this::answer);
        server.start();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + server.getAddress().getPort() + "/metrics"))
                .build();
        ExecutorService scraper = Executors.newSingleThreadExecutor();
        try (WorkStealingScheduler observed = WorkStealingScheduler.newFixedThreadPool(threads);
                WorkStealingScheduler unobserved = Unobserved.newFixedThreadPool(threads);
                Workload onObserved = workload.make(Size.FULL, threads);
                Workload onUnobserved = workload.make(Size.FULL, threads)) {
            if (!noMeters) {
                new SchedulerMetrics(observed).perWorker().bindTo(registry);
                for (int i = 0; i < FIRST_SCRAPES; i++) {
                    scrape(request);
                }
            }
            WarmUp.run(Peers.OURS, observed, threads);
            WarmUp.run(Peers.OURS, unobserved, threads);
            double[] logarithms = new double[slices];
            Future<Integer> scrape = CompletableFuture.completedFuture(0);
            for (int slice = -slices / 4; slice < slices; slice++) {
                if (!noMeters && Math.floorMod(slice, SLICES_BETWEEN_SCRAPES) == 0) {
                    scrape = scraper.submit(() -> scrape(request));
                }
                boolean observedFirst = slice % 2 == 0;
                double first =
                        observedFirst ? nanosPerRun(onObserved, observed) : nanosPerRun(onUnobserved, unobserved);
                double second =
                        observedFirst ? nanosPerRun(onUnobserved, unobserved) : nanosPerRun(onObserved, observed);
                if (slice >= 0) { // those before are to warm up
                    logarithms[slice] = Math.log(observedFirst ? first / second : second / first);
                }
                scrape.get(); // fails if that has
            }
            report(Cell.of(logarithms));
        } finally {
            scraper.shutdown();
            server.stop(0);
        }
        return CommandLine.ExitCode.OK;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] page = registry.scrape().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
        }
    }

    private int scrape(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException("the scrape failed: " + answer);
        }
        return answer.body().length();
    }

    private static double nanosPerRun(Workload workload, WorkStealingScheduler scheduler) throws Exception {
        long start = System.nanoTime();
        long elapsed = 0;
        int runs = 0;
        while (elapsed < SLICE_NANOS) {
            workload.run(scheduler);
            runs++;
            elapsed = System.nanoTime() - start;
        }
        return elapsed / (double) runs;
    }

    private void report(Cell logarithm) {
        System.out.printf(
                Locale.ROOT,
                "%s, %d threads: %s / unobserved %.3f ± %.3f%n",
                workload,
                threads,
                noMeters ? "measured" : "observed",
                Math.exp(logarithm.mean()),
                Math.exp(logarithm.mean()) * logarithm.error());
    }
}
