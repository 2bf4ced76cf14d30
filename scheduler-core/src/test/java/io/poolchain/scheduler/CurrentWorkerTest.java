// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.shutdownAndAwait;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A task that a worker submits goes to its own chain, and to no other scheduler's, whoever has made the worker's thread. */
class CurrentWorkerTest {
    private static final ThreadFactory OWN = new WorkerThread.Factory("own");

    static Stream<Named<ThreadFactory>> factories() {
        return Stream.of(Named.of("own", OWN), Named.of("JDK's", Executors.defaultThreadFactory()));
    }

    private static WorkStealingScheduler one(ThreadFactory factory) {
        return WorkStealingScheduler.newFixedThreadPool(1, factory);
    }

    @ParameterizedTest
    @MethodSource("factories")
    void aWorkersTasksAreItsOwn(ThreadFactory factory) throws Exception {
        WorkStealingScheduler pool = one(factory);
        pool.submit(() -> pool.execute(() -> {})).get(TestPools.HANG_SECONDS, TimeUnit.SECONDS);
        shutdownAndAwait(pool);
        assertThat(submittedByItsWorker(pool)).isOne();
    }

    @ParameterizedTest
    @MethodSource("factories")
    void tasksOfAnotherSchedulersWorkerComeFromOutside(ThreadFactory factory) throws Exception {
        for (ThreadFactory others : new ThreadFactory[] {OWN, Executors.defaultThreadFactory()}) {
            WorkStealingScheduler pool = one(factory);
            WorkStealingScheduler other = one(others);
            other.submit(() -> pool.execute(() -> {})).get(TestPools.HANG_SECONDS, TimeUnit.SECONDS);
            shutdownAndAwait(pool);
            shutdownAndAwait(other);
            assertThat(submittedByItsWorker(pool)).isZero();
            assertThat(submittedByItsWorker(other)).isZero();
            assertThat(pool.getCompletedTaskCount()).isOne();
        }
    }

    /** A factory may have the worker's body run as a task of another scheduler: then that one's worker waits below it. */
    @ParameterizedTest
    @MethodSource("factories")
    void aWorkerWithinAnothersTaskIsTheCurrentOneUntilItEnds(ThreadFactory factory) throws Exception {
        WorkStealingScheduler outer = one(factory);
        WorkStealingScheduler inner = one(body -> new Thread(() -> outer.execute(() -> {
            body.run();
            outer.execute(() -> {});
        })));
        inner.submit(() -> {
                    inner.execute(() -> {}); // of the current worker
                    outer.execute(() -> {}); // not of this one
                })
                .get(TestPools.HANG_SECONDS, TimeUnit.SECONDS);
        shutdownAndAwait(inner);
        CompletableFuture.runAsync(() -> {}, outer).get(TestPools.HANG_SECONDS, TimeUnit.SECONDS);
        shutdownAndAwait(outer);
        assertThat(submittedByItsWorker(inner)).isOne();
        assertThat(submittedByItsWorker(outer)).isOne();
    }

    @Test
    void aThreadThatIsNoWorkerHasNone() throws Exception {
        assertThat(CurrentWorker.get()).isNull();
        Thread thread = OWN.newThread(() -> assertThat(CurrentWorker.get()).isNull());
        CompletableFuture<Throwable> failed = new CompletableFuture<>();
        thread.setUncaughtExceptionHandler((failing, failure) -> failed.complete(failure));
        thread.start();
        thread.join();
        assertThat(failed).isNotDone();
    }

    private static long submittedByItsWorker(WorkStealingScheduler pool) {
        return pool.stats().workers().get(0).submitted();
    }
}
