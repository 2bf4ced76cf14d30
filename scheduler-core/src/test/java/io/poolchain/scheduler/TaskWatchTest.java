// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.awaitQuiescence;
import static io.poolchain.scheduler.TestPools.awaitTrue;
import static io.poolchain.scheduler.TestPools.withScheduler;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.poolchain.scheduler.TestPools.Blocker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What the watchdog reports, and when it ends. */
class TaskWatchTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(WorkStealingScheduler.class);
    private final LogRecorder recorder = new LogRecorder();

    @BeforeEach
    void listen() {
        recorder.setContext(logger.getLoggerContext());
        recorder.start();
        logger.addAppender(recorder);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(recorder);
    }

    @Test
    void aTaskThatRunsForLongIsReportedOnceWithItsStack() throws Exception {
        withScheduler(watched(2, 5), scheduler -> {
            Blocker first = Blocker.startOn(scheduler);
            awaitReports("A task of scheduler orders has run for at least", 1);
            Blocker second = Blocker.startOn(scheduler);
            awaitReports("A task of scheduler orders has run for at least", 2);
            awaitLooks(scheduler);
            first.release();
            second.release();
            awaitQuiescence(scheduler);
            List<ILoggingEvent> reports = reports("A task of scheduler orders");
            assertThat(reports).hasSize(2);
            assertThat(reports.get(0).getFormattedMessage())
                    .matches("A task of scheduler orders has run for at least ([5-9]|\\d\\d+) ms"
                            + " in thread orders-worker-\\d");
            assertThat(Stream.of(reports.get(0).getThrowableProxy().getStackTraceElementProxyArray())
                            .map(frame -> frame.getStackTraceElement().getClassName()))
                    .contains(Blocker.class.getName());
        });
    }

    @Test
    void aTaskThatRunsOthersWhileItWaitsIsReported() throws Exception {
        withScheduler(
                watched(1, 5),
                scheduler -> scheduler
                        .submit(() -> {
                            long began = System.nanoTime();
                            while (reports("has run for at least").isEmpty()) {
                                scheduler.submit(() -> {}).get();
                                assertThat(System.nanoTime() - began)
                                        .isLessThan(SECONDS.toNanos(TestPools.HANG_SECONDS));
                            }
                            return null;
                        })
                        .get());
    }

    @Test
    void aSchedulerThatHasNoRoomIsReportedThoughItsQueueCanNotGrow() throws Exception {
        WorkStealingScheduler bounded = WorkStealingScheduler.builder()
                .name("orders")
                .parallelism(1)
                .capacity(1)
                .watch(Duration.ofMillis(5))
                .build();
        withScheduler(bounded, scheduler -> {
            Blocker blocker = Blocker.startOn(scheduler);
            scheduler.execute(() -> {});
            awaitReports("is saturated", 1);
            blocker.release();
        });
    }

    @Test
    void aSchedulerThatCanNotHaveAllItsThreadsIsReported() throws Exception {
        AtomicBoolean first = new AtomicBoolean(true);
        WorkStealingScheduler oneOfTwo = WorkStealingScheduler.builder()
                .name("orders")
                .parallelism(2)
                .threadFactory(work -> first.getAndSet(false) ? new Thread(work) : null)
                .watch(Duration.ofMillis(5))
                .build();
        withScheduler(oneOfTwo, scheduler -> {
            Blocker blocker = Blocker.startOn(scheduler);
            awaitTrue(
                    () -> {
                        scheduler.execute(() -> {});
                        return reports("is saturated").size() > 0;
                    },
                    "a report of saturation");
            blocker.release();
        });
    }

    @Test
    void aQueueThatDoesNotGrowIsNotReported() throws Exception {
        withScheduler(watched(1, 5), scheduler -> {
            Blocker blocker = Blocker.startOn(scheduler);
            scheduler.execute(() -> {});
            awaitReports("has run for at least", 1);
            awaitLooks(scheduler);
            awaitLooks(scheduler);
            assertThat(reports("is saturated")).isEmpty();
            blocker.release();
        });
    }

    @Test
    void aFullSchedulerWhoseQueueGrowsIsReportedOncePerTime() throws Exception {
        withScheduler(watched(1, 5), scheduler -> {
            for (int time = 1; time <= 2; time++) {
                Blocker blocker = Blocker.startOn(scheduler);
                int expected = time;
                awaitTrue(
                        () -> {
                            scheduler.execute(() -> {});
                            return reports("is saturated").size() == expected;
                        },
                        "a report of saturation");
                scheduler.execute(() -> {});
                awaitLooks(scheduler);
                assertThat(reports("is saturated")).hasSize(time);
                blocker.release();
                awaitQuiescence(scheduler);
                awaitLooks(scheduler);
            }
            assertThat(reports("is saturated").get(0).getFormattedMessage())
                    .matches("Scheduler orders is saturated: all 1 workers run tasks; in 5 ms they have completed 0,"
                            + " and those that wait have become \\d+, from \\d+");
        });
    }

    @Test
    void shortTasksAndIdleWorkersAreNotReported() throws Exception {
        withScheduler(watched(2, 60_000), scheduler -> {
            for (int i = 0; i < 10_000; i++) {
                scheduler.execute(() -> {});
            }
            awaitQuiescence(scheduler);
        });
        withScheduler(watched(2, 1), scheduler -> {
            scheduler.submit(() -> {}).get();
            awaitQuiescence(scheduler);
            awaitLooks(scheduler);
            awaitLooks(scheduler);
            assertThat(reports("orders")).isEmpty();
        });
    }

    @Test
    void itsThreadIsADaemonThatComesWithTheFirstWorkerAndGoesWithTheLast() throws Exception {
        awaitTrue(() -> watchdog() == null, "the end of the watchdog of the test before");
        WorkStealingScheduler unused = watched(1, 1_000);
        assertThat(watchdog()).isNull();
        unused.shutdown();
        withScheduler(watched(1, 1_000), scheduler -> {
            scheduler.submit(() -> {}).get();
            assertThat(watchdog()).isNotNull();
            assertThat(watchdog().isDaemon()).isTrue();
        });
        awaitTrue(() -> watchdog() == null, "the end of the watchdog");
    }

    @Test
    void itDoesNotKeepASchedulerAliveWhoseThreadsHaveEnded() throws Exception {
        useAndDrop();
        awaitTrue(
                () -> {
                    System.gc();
                    return watchdog() == null;
                },
                "the end of the watchdog");
    }

    private void useAndDrop() throws Exception {
        WorkStealingScheduler.builder()
                .name("orders")
                .parallelism(1)
                .keepAlive(Duration.ofMillis(1))
                .watch(Duration.ofMillis(4))
                .build()
                .submit(() ->
                        awaitReports("A task of scheduler orders has run for at least", 1)) // which it must forget
                .get();
    }

    private static Thread watchdog() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("orders-watchdog"))
                .findFirst()
                .orElse(null);
    }

    private static WorkStealingScheduler watched(int n, int limitMillis) {
        return WorkStealingScheduler.builder()
                .name("orders")
                .parallelism(n)
                .watch(Duration.ofMillis(limitMillis))
                .build();
    }

    private void awaitReports(String text, int count) {
        awaitTrue(() -> reports(text).size() >= count, count + " reports");
    }

    /** So long that the watchdog has had its chance to report something twice; what it has not, it may do later. */
    private static void awaitLooks(WorkStealingScheduler scheduler) {
        long began = System.nanoTime();
        awaitTrue(() -> System.nanoTime() - began > 20_000_000 && !scheduler.isTerminated(), "20 ms");
    }

    private List<ILoggingEvent> reports(String text) {
        return recorder.events.stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .filter(event -> event.getFormattedMessage().contains(text))
                .toList();
    }
}
