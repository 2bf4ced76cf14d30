// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DuplicateFinderTest {
    private static final int SMALL_FILES = 10_000;

    @TempDir
    static Path shared;

    private static Path bigTree;
    private static Report expected;

    @TempDir
    Path folder;

    @BeforeAll
    static void writeBigTree() throws Exception {
        bigTree = Files.createDirectory(shared.resolve("tree"));
        Path outside = Files.createDirectory(shared.resolve("outside"));
        new FileTree(bigTree, 1).withSmallFiles(SMALL_FILES).withOddNames().withLinks(outside);
        Process mkfifo = new ProcessBuilder("mkfifo", bigTree.resolve("pipe").toString()).start();
        assertThat(mkfifo.waitFor()).isZero();
        expected = SequentialReference.search(bigTree);
        assertThat(expected.result().files()).isGreaterThan(SMALL_FILES);
        assertThat(expected.result().duplicates()).isGreaterThan(SMALL_FILES / 2);
    }

    @ParameterizedTest
    @CsvSource({
        "POOLCHAIN, 1", "POOLCHAIN, 2", "POOLCHAIN, 8", "POOLCHAIN, 200",
        "FIXED, 1", "FIXED, 2", "FIXED, 8", "FIXED, 200",
        "FORKJOIN, 1", "FORKJOIN, 2", "FORKJOIN, 8", "FORKJOIN, 200"
    })
    void equalsASequentialSearch(Pool pool, int threads) throws Exception {
        ExecutorService executor = pool.start(threads);
        try {
            Report report = DuplicateFinder.find(List.of(bigTree), executor, new Progress())
                    .get(1, TimeUnit.MINUTES);
            assertSame(report, expected);
        } finally {
            executor.shutdown();
            assertThat(executor.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void runsInTheCallersThreadIfTheExecutorDoes() throws Exception {
        assertSame(find(Runnable::run, bigTree), expected);
    }

    @Test
    void visitsOnceWhatIsReachedTwice() throws Exception {
        Path inner = Files.createDirectories(folder.resolve("outer/inner"));
        Files.writeString(inner.resolve("file"), "once");
        Path link = Files.createSymbolicLink(folder.resolve("link"), inner);

        Report report = find(Runnable::run, folder, inner.getParent(), inner, link, folder.resolve("outer/../outer"));

        assertThat(report).isEqualTo(new Report(new Result(List.of(), 1, 4), List.of()));
    }

    @Test
    void endsOnFoldersThatLinkToEachOther() throws Exception {
        Path a = Files.createDirectory(folder.resolve("a"));
        Path b = Files.createDirectory(folder.resolve("b"));
        Files.createSymbolicLink(a.resolve("to-b"), b);
        Files.createSymbolicLink(b.resolve("to-a"), a);
        Files.writeString(a.resolve("file"), "same");
        Files.writeString(b.resolve("file"), "same");

        Result result = find(Runnable::run, folder).result();

        assertThat(result.files()).isEqualTo(2);
        assertThat(result.groups())
                .singleElement()
                .satisfies(group ->
                        assertThat(group.paths()).containsExactly(real(a.resolve("file")), real(b.resolve("file"))));
    }

    @Test
    void reportsALinkLoop() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("loop"), folder);

        Report report = find(Runnable::run, folder);

        Path realLink = folder.toRealPath().resolve(link.getFileName());
        assertThat(report.problems()).containsExactly(new Problem(realLink.toString(), DuplicateFinder.LINK_LOOP));
    }

    @Test
    void reportsAFileAndAFolderThatVanishDuringTheSearch() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "gone");
        Path inner = Files.createDirectory(folder.resolve("inner"));
        List<String> gone = List.of(real(file), real(inner));
        Queue<Runnable> tasks = new ArrayDeque<>();
        CompletableFuture<Report> search = DuplicateFinder.find(List.of(folder), tasks::add, new Progress());

        tasks.remove().run();
        assertThat(tasks).hasSize(2);
        Files.delete(file);
        Files.delete(inner);
        tasks.remove().run();
        assertThat(search).isNotDone();
        tasks.remove().run();

        assertThat(search.join().problems()).extracting(Problem::path).containsExactlyElementsOf(gone);
        assertThat(search.join().problems()).extracting(Problem::reason).containsOnly("NoSuchFileException");
    }

    @Test
    void putsTheGroupsThatWasteMostFirst() throws Exception {
        Files.write(folder.resolve("empty-1"), new byte[0]);
        Files.write(folder.resolve("empty-2"), new byte[0]);
        for (int i = 0; i < 4; i++) {
            Files.write(folder.resolve("small-" + i), new byte[10]);
        }
        Files.write(folder.resolve("big-1"), new byte[25]);
        Files.write(folder.resolve("big-2"), new byte[25]);

        Result result = find(Runnable::run, folder).result();

        assertThat(result.groups()).extracting(Group::size).containsExactly(10L, 25L, 0L);
        assertThat(result.groups()).extracting(Group::wastedBytes).containsExactly(30L, 25L, 0L);
        assertThat(result.duplicates()).isEqualTo(5);
        assertThat(result.wastedBytes()).isEqualTo(55);
    }

    @Test
    void failsWithAnExecutorThatRefusesTasks() throws Exception {
        Files.writeString(folder.resolve("file"), "never read");
        Queue<Runnable> tasks = new ArrayDeque<>();
        Executor onlyOne = task -> {
            if (!tasks.isEmpty()) {
                throw new RejectedExecutionException("full");
            }
            tasks.add(task);
        };
        CompletableFuture<Report> search = DuplicateFinder.find(List.of(folder), onlyOne, new Progress());

        tasks.element().run();

        assertThatThrownBy(search::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void needsFoldersThatExist() {
        assertThrows(NoSuchFileException.class, () -> find(Runnable::run, folder.resolve("missing")));
    }

    private static Report find(Executor executor, Path... folders) throws IOException {
        return DuplicateFinder.find(List.of(folders), executor, new Progress()).join();
    }

    private static void assertSame(Report actual, Report expected) {
        assertThat(actual.result()).isEqualTo(expected.result());
        assertThat(actual.problems())
                .extracting(Problem::path)
                .containsExactlyElementsOf(
                        expected.problems().stream().map(Problem::path).toList());
    }

    private static String real(Path path) throws IOException {
        return path.toRealPath().toString();
    }
}
