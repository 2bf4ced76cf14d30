// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Everything at once, and each task accounted for. {@code -Dduration=PT2H}, or seconds,
 * makes it longer; {@code -Dsoak.seed=} repeats one plan for that time.
 */
@Provokes(Fault.A_TASK_IS_LOST_OR_RUNS_TWICE_WHEN_SHUTDOWN_RACES_WITH_SUBMITTERS)
class SoakTest {
    private static final Duration DURATION = duration(System.getProperty("duration", "PT30S"));
    private static final Long SEED = Long.getLong("soak.seed");
    private static final org.slf4j.Logger PROGRESS = LoggerFactory.getLogger("soak");

    private final Logger logger = (Logger) LoggerFactory.getLogger(WorkStealingScheduler.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    private static Duration duration(String text) {
        return text.startsWith("P") ? Duration.parse(text) : Duration.ofSeconds(Long.parseLong(text));
    }

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
    }

    @Test
    void eachTaskIsAccountedFor() throws Exception {
        long began = System.nanoTime();
        long reported = began;
        long first = SEED != null ? SEED : began >>> 10;
        long rounds = 0;
        long tasks = 0;
        do {
            SoakPlan plan = SoakPlan.of(SEED != null ? first : first + rounds);
            tasks += SoakRun.of(plan);
            assertNoWorkerFailed(plan);
            rounds++;
            if (System.nanoTime() - reported > TimeUnit.MINUTES.toNanos(1)) {
                reported = System.nanoTime();
                report(began, rounds, tasks);
            }
        } while (System.nanoTime() - began < DURATION.toNanos());
        report(began, rounds, tasks);
    }

    private static void report(long began, long rounds, long tasks) {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
        PROGRESS.info("{} s: {} seeds, {} tasks accounted for", seconds, rounds, tasks);
    }

    /** What goes wrong between two tasks is logged, and the worker goes on. */
    private void assertNoWorkerFailed(SoakPlan plan) {
        assertThat(log.list)
                .filteredOn(event -> event.getLevel() == Level.ERROR
                        && !event.getMessage().startsWith("Scheduler {} could not make a thread"))
                .as("seed %d, %s", plan.seed(), plan)
                .isEmpty();
        log.list.clear();
    }
}
