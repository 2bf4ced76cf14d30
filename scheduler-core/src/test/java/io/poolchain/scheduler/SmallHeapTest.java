// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No memory for a ring, or for a task: the submitter hears of it, nothing is lost, and the pool works on. */
class SmallHeapTest {
    @TempDir
    private Path directory;

    @Test
    void aTaskFromOutsideIsRejectedOrRunWhenThereIsNoMemoryForItsPlace() throws Exception {
        expectSilence("fillFromOutside", "32m");
    }

    @Test
    void aTaskOfAWorkerIsRejectedOrRunWhenThereIsNoMemoryForItsPlace() throws Exception {
        expectSilence("fillByAWorker", "32m");
    }

    @Test
    void aTaskThatUsesUpTheMemoryCostsNoWorker() throws Exception {
        expectSilence("runOutInATask", "32m");
    }

    @Test
    void aThreadThatFindsNoMemoryAsItBeginsTriesAgain() throws Exception {
        expectSilence("runOutAsAThreadBegins", "32m");
    }

    /** Whatever else the pool keeps is less than a MiB for each worker. */
    @Test
    @Provokes(Fault.THE_MEMORY_OF_A_BURST_IS_NEVER_GIVEN_BACK)
    void theMemoryOfTenMillionQueuedTasksIsGivenBack() throws Exception {
        expectSilence("burst", "512m");
    }

    private void expectSilence(String scenario, String heap) throws Exception {
        Path errors = directory.resolve("errors");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-ea",
                        "-Xmx" + heap,
                        "-XX:-UseGCOverheadLimit", // which may refuse what there is room for again
                        "-cp",
                        System.getProperty("java.class.path"),
                        SmallHeap.class.getName(),
                        scenario)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD) // what is logged
                .redirectError(errors.toFile())
                .start();
        boolean ended = process.waitFor(2 * TestPools.HANG_SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertThat(ended).as("it ends").isTrue();
        assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
    }
}
