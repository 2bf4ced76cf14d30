// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.awaitQuiescence;
import static io.poolchain.scheduler.TestPools.awaitTrue;
import static io.poolchain.scheduler.TestPools.withScheduler;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LoggingTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(WorkStealingScheduler.class);
    private final LogRecorder recorder = new LogRecorder();
    private Level levelBefore;
    private Thread.UncaughtExceptionHandler handlerBefore;

    @BeforeEach
    void listen() {
        levelBefore = logger.getLevel();
        handlerBefore = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler(null);
        logger.setLevel(Level.DEBUG);
        recorder.setContext(logger.getLoggerContext());
        recorder.start();
        logger.addAppender(recorder);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(recorder);
        logger.setLevel(levelBefore);
        Thread.setDefaultUncaughtExceptionHandler(handlerBefore);
    }

    @Test
    void startAndStopAreLoggedAtDebugWithTheName() {
        scheduler("brief").close();
        assertThat(recorder.texts(Level.DEBUG))
                .filteredOn(text -> text.contains("brief")) // one before it may be just about to say that it has ended
                .containsExactly("Scheduler brief starts with 1 workers", "Scheduler brief has terminated");
        assertThat(recorder.texts(Level.ERROR)).isEmpty();
    }

    @Test
    void aFailureThatNobodyElseReportsIsLoggedAtErrorWithTheName() throws Exception {
        withScheduler(scheduler("orders"), scheduler -> {
            scheduler.execute(() -> {
                throw new IllegalStateException("lost?");
            });
            awaitQuiescence(scheduler);
        });
        assertThat(recorder.texts(Level.ERROR)).containsExactly("A task of scheduler orders failed: lost?");
    }

    @Test
    void aFailureThatAHandlerGetsIsNotLogged() throws Exception {
        AtomicReference<Throwable> handled = new AtomicReference<>();
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> handled.set(failure));
        withScheduler(scheduler("orders"), scheduler -> {
            scheduler.execute(() -> {
                throw new IllegalStateException("handled");
            });
            awaitTrue(() -> handled.get() != null, "the default handler is called");
        });
        assertThat(handled.get()).hasMessage("handled");
        assertThat(recorder.texts(Level.ERROR)).isEmpty();
    }

    @Test
    void aHandlerThatThrowsIsLoggedWithTheTasksFailure() throws Exception {
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            throw new IllegalArgumentException("bad handler");
        });
        withScheduler(scheduler("orders"), scheduler -> {
            scheduler.execute(() -> {
                throw new IllegalStateException("the cause of it");
            });
            awaitQuiescence(scheduler);
        });
        assertThat(recorder.texts(Level.ERROR))
                .containsExactly("The uncaught exception handler of scheduler orders failed: bad handler");
        assertThat(recorder.events.stream()
                        .filter(event -> event.getLevel() == Level.ERROR)
                        .map(event ->
                                event.getThrowableProxy().getSuppressed()[0].getMessage()))
                .containsExactly("the cause of it");
    }

    @Test
    void aThreadThatCanNotBeMadeIsLoggedOncePerRunOfFailures() {
        AtomicReference<Thread> only = new AtomicReference<>();
        WorkStealingScheduler scheduler = WorkStealingScheduler.builder()
                .name("orders")
                .parallelism(3)
                .threadFactory(work -> {
                    Thread thread = new Thread(work);
                    if (only.compareAndSet(null, thread)) {
                        return thread;
                    }
                    throw new IllegalStateException("only one");
                })
                .build();
        try (scheduler) {
            for (int i = 0; i < 1_000; i++) {
                scheduler.execute(() -> scheduler.execute(() -> {}));
            }
            awaitQuiescence(scheduler);
        }
        assertThat(scheduler.getCompletedTaskCount()).isEqualTo(2_000);
        assertThat(recorder.texts(Level.ERROR))
                .containsExactly(
                        "Scheduler orders could not make a thread; its tasks wait for the threads that it has: "
                                + "only one");
    }

    @Test
    void anAppenderThatThrowsCostsNoWorkerAndNoTask() throws Exception {
        recorder.failing = true;
        withScheduler(scheduler("orders"), scheduler -> {
            for (int i = 0; i < 10; i++) {
                scheduler.execute(() -> {
                    throw new IllegalStateException("can't be logged");
                });
            }
            awaitQuiescence(scheduler);
            assertThat(scheduler.stats().failed()).isEqualTo(10);
            assertThat(scheduler.getPoolSize()).isEqualTo(1);
            recorder.failing = false;
        });
    }

    /** A failure that can't even be described. */
    @Test
    @Provokes(Fault.A_THROWING_TASK_COSTS_A_WORKER_OR_ITS_QUEUED_TASKS)
    void anExceptionThatCanNotBeDescribedCostsNoWorkerAndNoTask() throws Exception {
        recorder.failing = true;
        withScheduler(scheduler("orders"), scheduler -> {
            for (int i = 0; i < 10; i++) {
                scheduler.execute(() -> {
                    throw new Indescribable();
                });
            }
            awaitQuiescence(scheduler);
            assertThat(scheduler.stats().failed()).isEqualTo(10);
            assertThat(scheduler.getPoolSize()).isEqualTo(1);
            recorder.failing = false;
        });
    }

    private static final class Indescribable extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }

        @Override
        public String toString() {
            throw new IllegalStateException("no text");
        }
    }

    private static WorkStealingScheduler scheduler(String name) {
        return WorkStealingScheduler.builder().name(name).parallelism(1).build();
    }
}
