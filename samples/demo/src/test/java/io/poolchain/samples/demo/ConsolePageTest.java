// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.poolchain.samples.console.PageServer;
import io.poolchain.samples.console.SchedulerConsole;
import io.poolchain.scheduler.WorkStealingScheduler;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.regex.Pattern;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page that shows a scheduler, in a real browser. */
class ConsolePageTest {
    private static final Path PICTURES = Path.of("target", "pictures");
    private static final Pattern LINGERS = Pattern.compile("Serving \\S+ for 300 s more");

    private static Browser browser;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        browser = new Browser();
    }

    @AfterAll
    static void end() {
        if (browser != null) {
            browser.close();
        }
    }

    @Test
    void theFiguresMoveAndAgreeWithTheMetrics() throws Exception {
        FileTree tree = new FileTree(Files.createDirectory(folder.resolve("tree")), 5);
        tree.withHoles(2_000, 20_000_000);
        try (DemoProcess demo = new DemoProcess(
                folder.resolve("demo.txt"),
                folder.resolve("tree"),
                "--threads",
                4,
                "--metrics-port",
                0,
                "--linger",
                300)) {
            URL metrics = demo.awaitMetricsUrl();
            awaitServed(metrics.toURI().resolve("/"));
            browser.open(metrics.toURI().resolve("/"));
            awaitTrue(() -> browser.text("#contact").equals("live"));
            awaitTrue(() -> figure("completed") > 0 && figure("queued") > 0 && figure("running") > 0);
            long completed = figure("completed");
            awaitTrue(() -> figure("completed") > completed);
            awaitTrue(() -> !browser.text("[data-figure=completedRate]").equals("0"));
            takePictures("console");

            tree.withHoles(2_000, 1); // so that the rest takes no time
            demo.awaitOutput(LINGERS);
            awaitTrue(() -> figure("parked") == 4);
            Scrape scrape = Scrape.of(metrics);
            awaitTrue(() -> figure("completed") == scrape.value("scheduler_tasks_completed_tasks_total"));
            assertThat(figure("completed")).isEqualTo(2_001).isEqualTo(sumOfColumn(4));
            assertThat(figure("steals"))
                    .isEqualTo(scrape.value("scheduler_steals_total"))
                    .isEqualTo(sumOfColumn(5))
                    .isPositive();
            assertThat(figure("failedSteals")).isEqualTo(scrape.value("scheduler_steals_failed_attempts_total"));
            assertThat(figure("failed")).isEqualTo(scrape.value("scheduler_tasks_failed_tasks_total"));
            assertThat(figure("queued")).isEqualTo(scrape.value("scheduler_tasks_queued_tasks"));
            assertThat(figure("dropped")).isEqualTo(scrape.value("scheduler_tasks_dropped_tasks_total"));
            assertThat(figure("chainGrowth"))
                    .isEqualTo(scrape.value("scheduler_chain_growth_rings_total"))
                    .isPositive();
            assertThat(figure("ringDrops"))
                    .isEqualTo(scrape.value("scheduler_chain_drops_rings_total"))
                    .isPositive();
            assertThat(figure("parallelism")).isEqualTo(scrape.value("scheduler_workers"));
            for (String state : List.of("running", "searching", "parked")) {
                assertThat(figure(state))
                        .as(state)
                        .isEqualTo(scrape.value("scheduler_workers_states_workers", "state", state));
            }
            assertThat(sumOfStealMatrix()).isEqualTo(scrape.value("scheduler_steals_total"));
            assertThat(browser.text("[data-figure=name]")).isEqualTo("demo");
        }
        assertThat(complaintsOfThePage()).isEmpty();
    }

    @Test
    void eachWorkerHasALaneAndDroppedTasksAreCountedByReason() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        WorkStealingScheduler scheduler =
                WorkStealingScheduler.builder().parallelism(3).sampleOneIn(0).build();
        try (PageServer server = PageServer.onLoopback(0)) {
            SchedulerConsole.show(scheduler, server);
            scheduler.submit(() -> {
                end.await();
                return null;
            });
            browser.open(server.uri("/"));
            awaitTrue(() -> figure("running") == 1);
            assertThat(browser.count("#workers tbody tr")).isEqualTo(3);
            awaitTrue(() -> painted("#workers canvas"));
            awaitTrue(() -> painted("#rate canvas"));
            assertThat(browser.count("#dropped.some")).isZero();
            assertThat(browser.shows("#wait-time")).as("not measured").isFalse();
            assertThat(browser.shows("#steal-matrix")).as("not measured").isFalse();

            scheduler.shutdown();
            assertThatThrownBy(() -> scheduler.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
            awaitTrue(() -> figure("dropped") == 1 && figure("droppedForShutdown") == 1);
            assertThat(browser.count("#dropped.some")).isEqualTo(1);
        } finally {
            end.countDown();
            scheduler.shutdownNow();
        }
        assertThat(complaintsOfThePage()).isEmpty();
    }

    @Test
    void waitTimesAndStealsAreShownOnceThereAreAny() throws Exception {
        WorkStealingScheduler scheduler =
                WorkStealingScheduler.builder().parallelism(2).sampleOneIn(1).build();
        try (PageServer server = PageServer.onLoopback(0)) {
            SchedulerConsole.show(scheduler, server);
            browser.open(server.uri("/"));
            awaitTrue(() -> browser.text("#contact").equals("live"));
            scheduler.submit(() -> submitAndWaitForThief(scheduler)).get();
            awaitTrue(() -> browser.shows("#wait-time") && browser.shows("#steal-matrix"));

            assertThat(browser.text("#wait-time")).contains("50 %", "90 %", "99 %", "s");
            assertThat(browser.count("#steal-matrix td")).isEqualTo(4);
            assertThat(browser.evaluate("[...document.querySelectorAll('#steal-matrix td')].map(cell => cell.title)"))
                    .asInstanceOf(InstanceOfAssertFactories.LIST)
                    .containsAnyOf("worker 0 took 1 from worker 1", "worker 1 took 1 from worker 0");
            takePictures("console-with-all");
        } finally {
            scheduler.close();
        }
        assertThat(complaintsOfThePage()).isEmpty();
    }

    private static Object submitAndWaitForThief(WorkStealingScheduler scheduler) throws InterruptedException {
        CountDownLatch stolen = new CountDownLatch(1);
        scheduler.execute(stolen::countDown);
        stolen.await();
        return scheduler;
    }

    @Test
    void ofManyWorkersTheStealMatrixShowsTheFirstAndSaysSo() throws Exception {
        int threads = 40;
        CountDownLatch allRun = new CountDownLatch(threads);
        CountDownLatch end = new CountDownLatch(1);
        WorkStealingScheduler scheduler = WorkStealingScheduler.newFixedThreadPool(threads);
        try (PageServer server = PageServer.onLoopback(0)) {
            SchedulerConsole.show(scheduler, server);
            browser.open(server.uri("/"));
            scheduler.execute(() -> {
                for (int i = 0; i < threads; i++) {
                    scheduler.execute(() -> {
                        allRun.countDown();
                        awaitQuietly(end);
                    });
                }
            });
            allRun.await(); // so each worker but one or two has stolen
            awaitTrue(() -> browser.shows("#steal-matrix"));

            assertThat(browser.count("#steal-matrix td")).isEqualTo(32 * 32);
            assertThat(browser.text("#steal-matrix p")).contains("of the first 32 workers");
            assertThat(browser.count("#workers tbody tr")).isEqualTo(threads);
        } finally {
            end.countDown();
            scheduler.close();
        }
        assertThat(complaintsOfThePage()).isEmpty();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aServerThatGoesIsMissedAndFoundAgain() throws Exception {
        WorkStealingScheduler scheduler = WorkStealingScheduler.newFixedThreadPool(2);
        URI page;
        try (PageServer server = PageServer.onLoopback(0)) {
            SchedulerConsole.show(scheduler, server);
            page = server.uri("/");
            browser.open(page);
            awaitTrue(() -> browser.text("#contact").equals("live"));
        }
        awaitTrue(() -> browser.text("#contact").equals("no answer, trying again"));
        try (PageServer server = PageServer.onLoopback(page.getPort())) {
            SchedulerConsole.show(scheduler, server);
            awaitTrue(() -> browser.text("#contact").equals("live"));
        } finally {
            scheduler.close();
        }
        browser.complaints(); // that nobody answered
    }

    @Test
    void theFiguresOfAnotherSchedulerStartAnew() throws Exception {
        try (WorkStealingScheduler first = measured();
                WorkStealingScheduler second = measured()) {
            first.submit(() -> {
                        for (int i = 0; i < 1_000; i++) {
                            first.execute(() -> {});
                        }
                    })
                    .get();
            URI page;
            try (PageServer server = PageServer.onLoopback(0)) {
                SchedulerConsole.show(first, server);
                page = server.uri("/");
                awaitTrue(() -> first.stats().completed() == 1_001); // all, lest the history begins with fewer
                browser.open(page);
                awaitTrue(() -> figure("completed") == 1_001);
            }
            second.submit(() -> {}).get();
            try (PageServer server = PageServer.onLoopback(page.getPort())) {
                SchedulerConsole.show(second, server);
                awaitTrue(() -> figure("completed") == 1);
                second.submit(() -> {}).get();
                awaitTrue(() -> figure("completed") == 2 && browser.shows("#wait-time"));
            }
        }
        browser.complaints(); // that nobody answered
    }

    private static WorkStealingScheduler measured() {
        return WorkStealingScheduler.builder().parallelism(1).sampleOneIn(1).build();
    }

    // ---- vocabulary

    /** A figure as the page shows it, without the commas. */
    private static long figure(String name) {
        String text = browser.text("[data-figure=" + name + ']').replace(",", "");
        return text.equals("–") ? -1 : Long.parseLong(text);
    }

    private static long sumOfColumn(int column) {
        Object sum = browser.evaluate("[...document.querySelectorAll('#workers tbody td:nth-child(" + column
                + ")')].reduce((sum, cell) => sum + Number(cell.textContent.replaceAll(',', '')), 0)");
        return ((Number) sum).longValue();
    }

    private static long sumOfStealMatrix() {
        Object sum = browser.evaluate("[...document.querySelectorAll('#steal-matrix td')].reduce((sum, cell) =>"
                + " sum + Number(/ took ([\\d,]+) from/.exec(cell.title)?.[1].replaceAll(',', '') ?? 0), 0)");
        return ((Number) sum).longValue();
    }

    /** Whether anything has been drawn on the first such canvas. */
    private static boolean painted(String selector) {
        String canvas = "document.querySelector('" + selector + "')";
        String blank = "Object.assign(document.createElement('canvas'), {width: %1$s.width, height: %1$s.height})"
                .formatted(canvas);
        return (boolean) browser.evaluate(canvas + ".toDataURL() !== " + blank + ".toDataURL()");
    }

    /** What the browser finds wrong: errors of scripts, and what the content security policy forbids. */
    private static List<String> complaintsOfThePage() {
        return browser.complaints().stream()
                .filter(complaint -> !complaint.contains("snapshot.json")) // the server was closed before the page
                .toList();
    }

    private static void takePictures(String name) throws IOException {
        for (String scheme : List.of("dark", "light")) {
            browser.prefer(scheme);
            Path picture = browser.screenshot(PICTURES.resolve(name + '-' + scheme + ".png"));
            assertThat(picture).isNotEmptyFile();
        }
    }

    private static void awaitServed(URI page) {
        awaitTrue(() -> {
            try (InputStream in = page.toURL().openStream()) {
                return in.read() != -1;
            } catch (IOException notYet) {
                return false;
            }
        });
    }

    private static void awaitTrue(Callable<Boolean> condition) {
        await().atMost(DemoProcess.PATIENCE).until(condition);
    }
}
