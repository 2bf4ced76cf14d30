// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.poolchain.samples.benchmarks.measures.Figure;
import io.poolchain.samples.benchmarks.measures.Measures;
import io.poolchain.samples.benchmarks.peers.Peers;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** One measure of one executor, in this JVM. */
@Command(name = "Measure", mixinStandardHelpOptions = true, description = "Measures one executor beside JMH.")
public final class Measure implements Callable<Integer> {
    @Parameters(index = "0", description = "One of ${COMPLETION-CANDIDATES}.")
    private Measures measure = Measures.WAKE_UP;

    @Parameters(index = "1", description = "The executor: poolchain, fixed, ..., or the name of a class.")
    private String executor = Peers.OURS;

    @Option(names = "--threads", description = "Default: one for each processor.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--quick", description = "Only to see whether it works.")
    private boolean quick;

    @Option(names = "--json", paramLabel = "FILE", description = "Where to write the figures too.")
    private @Nullable Path json;

    /** Measures and ends the JVM. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Measure()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        List<Figure> figures = of(measure, executor, threads, quick);
        figures.forEach(figure -> System.out.printf("%s, %s: %.3f%n", figure.table(), figure.row(), figure.value()));
        if (json != null) {
            new ObjectMapper().writeValue(json.toFile(), figures);
        }
        return CommandLine.ExitCode.OK;
    }

    static List<Figure> of(Measures measure, String name, int threads, boolean quick) throws Exception {
        Executor executor = Peers.start(name, threads);
        try {
            WarmUp.run(name, executor, threads);
            return measure.of(executor, threads, quick);
        } finally {
            Peers.stop(executor);
        }
    }
}
