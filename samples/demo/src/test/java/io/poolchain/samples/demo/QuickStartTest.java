// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The README's first code is the code of a sample that works. */
class QuickStartTest {
    @Test
    void itRunsAndIsCounted() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        ExecutorService pool = QuickStart.swap(2, registry);
        pool.shutdown();
        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        FunctionCounter completed = registry.get("scheduler.tasks.completed").functionCounter();
        assertThat(completed.count()).isEqualTo(1);
    }

    @Test
    void theReadmeShowsIt() throws Exception {
        Path samples = Path.of("src/main/java/io/poolchain/samples/demo/QuickStart.java");
        List<String> sample = Files.readAllLines(samples);
        String readme = Files.readString(Path.of("../../README.md"));
        String block = readme.substring(readme.indexOf("```java\n") + 8);
        assertThat(block.substring(0, block.indexOf("```")))
                .isEqualTo(part(sample, "// readme: imports") + "\n" + part(sample, "// readme: body"));
        assertThat(readme.substring(0, readme.indexOf("```java\n")).lines().count())
                .as("lines before the first code")
                .isLessThan(25);
    }

    private static String part(List<String> sample, String tag) {
        StringBuilder part = new StringBuilder();
        boolean inside = false;
        for (String line : sample) {
            String text = line.strip();
            if (text.equals("// readme: end")) {
                inside = false;
            }
            if (inside) {
                part.append(text).append('\n');
            }
            if (text.equals(tag)) {
                inside = true;
            }
        }
        return part.toString();
    }
}
