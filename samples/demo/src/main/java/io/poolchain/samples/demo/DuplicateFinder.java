// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Hashes every file below some folders, in one task for each folder, file and link. A folder's task makes those of its
 * entries. No task waits for another, so one thread is enough; the task that ends last completes the future.
 *
 * <p>Files are known by their real paths: whatever overlapping folders and symbolic links lead to a file or a folder, it
 * is visited once. A link to a folder that it lies in is a loop, and is reported instead of followed. Two hard links to
 * one file are two files here, and empty files are copies of each other.
 */
final class DuplicateFinder {
    static final String LINK_LOOP = "link loop: leads to a folder that it lies in";

    private final Executor executor;
    private final Progress progress;
    private final CompletableFuture<Report> report = new CompletableFuture<>();

    /** Tasks that were made and have not ended. The thread that starts the search counts as one until it has done so. */
    private final AtomicLong pending = new AtomicLong(1);

    private final Set<Path> seen = ConcurrentHashMap.newKeySet();
    private final Queue<HashedFile> hashed = new ConcurrentLinkedQueue<>();
    private final Queue<Problem> problems = new ConcurrentLinkedQueue<>();

    private DuplicateFinder(Executor executor, Progress progress) {
        this.executor = executor;
        this.progress = progress;
    }

    /**
     * Starts a search, and returns without waiting for it unless the executor runs tasks in the calling thread.
     *
     * @return completed with the report, or with the exception of an executor that refused a task
     * @throws IOException if a folder does not exist or can't be reached
     */
    static CompletableFuture<Report> find(Collection<Path> folders, Executor executor, Progress progress)
            throws IOException {
        DuplicateFinder finder = new DuplicateFinder(executor, progress);
        for (Path folder : folders) {
            finder.fork(folder.toRealPath());
        }
        finder.taskEnded();
        return finder.report;
    }

    private void fork(Path path) {
        pending.incrementAndGet();
        progress.pathFound();
        executor.execute(() -> run(path));
    }

    private void run(Path path) {
        try {
            if (!report.isDone()) {
                visit(path);
            }
        } catch (Throwable e) {
            report.completeExceptionally(e);
        } finally {
            progress.pathVisited();
            taskEnded();
        }
    }

    private void taskEnded() {
        if (pending.decrementAndGet() == 0) {
            report.complete(Report.of(hashed, problems));
        }
    }

    /** Visits a path whose parent folder is real. */
    private void visit(Path path) {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (attributes.isSymbolicLink()) {
                follow(path);
            } else if (!seen.add(path)) {
                return;
            } else if (attributes.isDirectory()) {
                list(path);
            } else if (attributes.isRegularFile()) {
                hash(path);
            } else {
                problems.add(new Problem(path.toString(), "neither a file nor a folder"));
            }
        } catch (IOException e) {
            problems.add(new Problem(path.toString(), reason(e)));
        }
    }

    private void follow(Path link) throws IOException {
        Path target = link.toRealPath();
        if (link.startsWith(target)) {
            problems.add(new Problem(link.toString(), LINK_LOOP));
        } else {
            visit(target);
        }
    }

    private void list(Path folder) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            entries.forEach(this::fork);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private void hash(Path file) throws IOException {
        MessageDigest digest = sha256();
        long size;
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            size = in.transferTo(OutputStream.nullOutputStream());
        }
        hashed.add(new HashedFile(HexFormat.of().formatHex(digest.digest()), size, file.toString()));
        progress.fileHashed(size);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String reason(IOException e) {
        if (e instanceof FileSystemException failure) {
            return Objects.requireNonNullElse(failure.getReason(), e.getClass().getSimpleName());
        }
        return e.toString();
    }
}
