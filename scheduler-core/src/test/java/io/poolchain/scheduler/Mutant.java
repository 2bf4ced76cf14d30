// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.difflib.unifieddiff.UnifiedDiffFile;
import com.github.difflib.unifieddiff.UnifiedDiffReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A bug to plant: a file with a line that says what it is, a line that names the tests each of which is to find it,
 * and a patch.
 */
record Mutant(String name, String bug, List<String> tests, List<UnifiedDiffFile> changes) {
    private static final Path MUTANTS = Path.of("src/test/mutants");
    private static final Path SOURCES = Path.of("scheduler-core/src/main/java");

    static Stream<Mutant> all() throws IOException {
        try (Stream<Path> files = Files.list(MUTANTS)) {
            return files.sorted().toList().stream().map(Mutant::read);
        }
    }

    private static Mutant read(Path file) {
        try {
            List<String> lines = Files.readAllLines(file);
            String diff = String.join("\n", lines.subList(2, lines.size())) + '\n';
            return new Mutant(
                    file.getFileName().toString().replace(".patch", ""),
                    lines.get(0),
                    List.of(lines.get(1).replace("Test: ", "").split(", ", -1)),
                    List.copyOf(UnifiedDiffReader.parseUnifiedDiff(new ByteArrayInputStream(diff.getBytes(UTF_8)))
                            .getFiles()));
        } catch (IOException e) {
            throw new AssertionError(file.toString(), e);
        }
    }

    /** Changes a copy of this module's sources. */
    void plantIn(Path sources) throws Exception {
        for (UnifiedDiffFile change : changes) {
            Path file = sources.resolve(SOURCES.relativize(Path.of(change.getFromFile())));
            Files.write(file, change.getPatch().applyFuzzy(Files.readAllLines(file), 0));
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
