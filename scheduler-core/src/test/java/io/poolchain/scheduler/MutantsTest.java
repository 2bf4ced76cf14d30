// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.discovery.MethodSelector;

/**
 * Plants the bugs in {@code src/test/mutants}, one at a time, and has each of the tests that it names find it: {@code mvn verify
 * -pl scheduler-core -Pmutants}; some of them by {@code -Dmutants=} and a regular expression. The result is also a table, {@code
 * target/mutants.md}.
 */
class MutantsTest {
    private static final Path MAIN = Path.of("src/main/java");
    private static final Path TABLE = Path.of("target/mutants.md");
    private static final int LIMIT_SECONDS = 300;

    @TempDir
    private Path directory;

    static Stream<Mutant> mutants() throws IOException {
        String names = System.getProperty("mutants", ".*");
        return Mutant.all().filter(mutant -> mutant.name().matches(names));
    }

    /** Cheap, so that a change of the code that makes a patch stale is noticed at once. */
    @ParameterizedTest
    @MethodSource("mutants")
    void eachFitsTheCodeAndNamesTests(Mutant mutant) throws Exception {
        for (String test : mutant.tests()) {
            assertThat(Class.forName(test.replaceAll("#.*", ""))).isNotNull();
            if (FirstFailure.selector(test) instanceof MethodSelector method) {
                assertThat(method.getJavaMethod()).isNotNull(); // throws, if there is none with these parameters
            }
        }
        Path sources = copyOfMain();
        mutant.plantIn(sources);
        assertThat(mutant.changes()).isNotEmpty();
    }

    @Tag("mutants")
    @ParameterizedTest
    @MethodSource("mutants")
    void eachIsCaughtByTheTestsThatItNames(Mutant mutant) throws Exception {
        Path sources = copyOfMain();
        mutant.plantIn(sources);
        Path classes = compile(sources);
        List<String> verdicts = new ArrayList<>();
        for (String test : mutant.tests()) {
            verdicts.add("| " + mutant.bug() + " | " + run(test, classes) + " |");
        }
        Files.write(TABLE, verdicts, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        assertThat(verdicts).allSatisfy(verdict -> assertThat(verdict).contains(" | " + FirstFailure.CAUGHT));
    }

    private Path copyOfMain() throws IOException {
        Path copy = directory.resolve("sources");
        try (Stream<Path> files = Files.walk(MAIN)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = copy.resolve(MAIN.relativize(file));
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
        Files.delete(copy.resolve("module-info.java")); // the tests run on the class path
        return copy;
    }

    private Path compile(Path sources) throws IOException {
        Path classes = Files.createDirectory(directory.resolve("classes"));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, UTF_8);
                Stream<Path> all = Files.walk(sources)) {
            List<Path> units = all.filter(Files::isRegularFile).toList();
            List<String> options = List.of("-d", classes.toString(), "--release", "17");
            assertThat(compiler.getTask(null, files, null, options, null, files.getJavaFileObjectsFromPaths(units))
                            .call())
                    .as("it compiles")
                    .isTrue();
        }
        return classes;
    }

    private String run(String test, Path classes) throws Exception {
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-ea",
                        "-Xmx1g",
                        "-Dpoolchain.hang.seconds=5",
                        "-cp",
                        classes + File.pathSeparator + System.getProperty("java.class.path"),
                        FirstFailure.class.getName(),
                        test)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            return "HANGS " + test;
        }
        try (Stream<String> lines = Files.lines(output)) {
            return lines.filter(line -> line.startsWith(FirstFailure.CAUGHT))
                    .findFirst()
                    .orElse("SURVIVES " + test);
        }
    }
}
