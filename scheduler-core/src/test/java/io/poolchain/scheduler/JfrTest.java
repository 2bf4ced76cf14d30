// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.await;
import static io.poolchain.scheduler.TestPools.awaitQuiescence;
import static io.poolchain.scheduler.TestPools.awaitTrue;
import static io.poolchain.scheduler.TestPools.withScheduler;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.poolchain.scheduler.TestPools.Blocker;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmc.common.item.IItem;
import org.openjdk.jmc.common.item.IItemIterable;
import org.openjdk.jmc.common.item.IType;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The events of a recording, read back; and a JVM without a flight recorder. */
class JfrTest {
    private static final List<String> FREQUENT = List.of("Steal", "Park", "RingDrop");
    private static final List<String> OTHERS =
            List.of("TaskWait", "TaskRun", "ChainGrowth", "TaskDropped", "LongTask", "Saturation");

    @TempDir
    private Path directory;

    @Test
    void eachEventIsRecordedWithItsFields() throws Exception {
        List<RecordedEvent> events = record(true);

        RecordedEvent steal = any(events, "Steal");
        assertThat(steal.getInt("thief") + steal.getInt("victim")).isEqualTo(1);
        RecordedEvent park = any(events, "Park");
        assertThat(park.getInt("worker")).isBetween(0, 1);
        assertThat(park.getDuration()).isPositive();
        assertThat(paths(events, "TaskWait")).containsExactlyInAnyOrder("SUBMITTED", "STOLEN", "LOCAL");
        assertThat(paths(events, "TaskRun")).containsExactlyInAnyOrder("SUBMITTED", "STOLEN", "LOCAL");
        RecordedEvent wait = any(events, "TaskWait");
        assertThat(wait.getDuration()).isPositive();
        assertThat(wait.getClass("task").getName()).startsWith("io.poolchain.scheduler.");
        assertThat(capacities(events, "ChainGrowth")).contains(16);
        assertThat(capacities(events, "RingDrop")).contains(8);
        RecordedEvent dropped = any(events, "TaskDropped");
        assertThat(dropped.getString("reason")).isEqualTo("SHUTDOWN");
        assertThat(dropped.getLong("tasks")).isEqualTo(1);
        assertThat(dropped.getStackTrace().getFrames()).isNotEmpty();
        RecordedEvent longTask = any(events, "LongTask");
        assertThat(longTask.getDuration("age")).isGreaterThanOrEqualTo(Duration.ofMillis(5));
        assertThat(longTask.getThread("thread").getJavaName()).startsWith("recorded-worker-");
        assertThat(longTask.getInt("worker")).isBetween(0, 1);
        RecordedEvent saturation = any(events, "Saturation");
        assertThat(saturation.getInt("workers")).isEqualTo(2);
        assertThat(saturation.getLong("queued")).isPositive();
        assertThat(saturation.getLong("completed"))
                .as("while both were blocked")
                .isZero();
        assertThat(events)
                .allSatisfy(event -> assertThat(event.getString("scheduler")).isEqualTo("recorded"))
                .allSatisfy(event ->
                        assertThat(event.getEventType().getDescription()).isNotBlank())
                .flatExtracting(RecordedEvent::getFields)
                .filteredOn(field -> !ofTheRecorder(field))
                .allSatisfy(field -> assertThat(field.getLabel()).isNotBlank())
                .allSatisfy(field -> assertThat(field.getDescription()).isNotBlank());
    }

    private static boolean ofTheRecorder(ValueDescriptor field) {
        return Set.of("startTime", "duration", "eventThread", "stackTrace").contains(field.getName());
    }

    @Test
    void frequentEventsAreRecordedOnlyIfAskedFor() throws Exception {
        List<RecordedEvent> events = record(false);
        assertThat(events)
                .extracting(event -> event.getEventType().getName())
                .contains("poolchain.ChainGrowth", "poolchain.TaskDropped", "poolchain.LongTask")
                .doesNotContainAnyElementsOf(
                        FREQUENT.stream().map(name -> "poolchain." + name).toList());
        assertThat(events)
                .allSatisfy(event ->
                        assertThat(event.getEventType().getCategoryNames()).containsExactly("Poolchain"));
        assertThat(events)
                .filteredOn(event -> event.getEventType().getName().matches("poolchain\\.Task(Wait|Run)"))
                .allSatisfy(event -> assertThat(event.getDuration()).isGreaterThanOrEqualTo(Duration.ofMillis(20)));
    }

    /** Read by Mission Control's own reader: what its event browser has as rows and columns. */
    @Test
    void missionControlShowsTheFieldsWithLabelsAndUnits() throws Exception {
        Map<String, List<String>> columns = new HashMap<>();
        for (IItemIterable items :
                JfrLoaderToolkit.loadEvents(recordedFile(true).toFile())) {
            IType<IItem> type = items.getType();
            if (items.hasItems() && type.getIdentifier().startsWith("poolchain.")) {
                columns.put(type.getName(), ownColumns(type));
            }
        }
        List<String> task = List.of("Path: text", "Scheduler: text", "Task: class", "Worker: number");
        assertThat(columns)
                .containsOnly(
                        entry("Task Wait", task),
                        entry("Task Run", task),
                        entry("Chain Growth", List.of("Capacity: number", "Scheduler: text")),
                        entry("Ring Drop", List.of("Capacity: number", "Scheduler: text")),
                        entry("Task Dropped", List.of("Reason: text", "Scheduler: text", "Tasks: number")),
                        entry(
                                "Long Task",
                                List.of("Age: timespan", "Scheduler: text", "Worker Thread: thread", "Worker: number")),
                        entry(
                                "Saturation",
                                List.of("Completed: number", "Queued: number", "Scheduler: text", "Workers: number")),
                        entry("Steal", List.of("Scheduler: text", "Thief: number", "Victim: number")),
                        entry("Park", List.of("Scheduler: text", "Worker: number")));
    }

    /** Without those that all events have. */
    private static List<String> ownColumns(IType<IItem> type) {
        Set<String> common = Set.of("Event Type", "Start Time", "Duration", "End Time", "Event Thread", "Stack Trace");
        return type.getAccessorKeys().entrySet().stream()
                .filter(column -> !common.contains(column.getValue().getName()))
                .map(column -> column.getValue().getName() + ": "
                        + column.getKey().getContentType().getIdentifier())
                .sorted()
                .toList();
    }

    @Test
    void longWaitsAndLongRunsAreRecordedUnasked() throws Exception {
        Path file = directory.resolve("long.jfr");
        try (Recording recording = new Recording()) {
            recording.start();
            try (WorkStealingScheduler scheduler = WorkStealingScheduler.builder()
                    .name("slow")
                    .parallelism(1)
                    .sampleOneIn(1)
                    .build()) {
                CountDownLatch anotherWaits = new CountDownLatch(1);
                scheduler.submit(new Slow(anotherWaits, scheduler));
                scheduler.execute(() -> {});
                anotherWaits.countDown();
            }
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.hasField("scheduler") && "slow".equals(event.getString("scheduler")))
                .toList();
        assertThat(any(events, "TaskRun").getDuration()).isGreaterThanOrEqualTo(Duration.ofMillis(20));
        assertThat(any(events, "TaskRun").getClass("task").getName())
                .as("what was submitted, not its future")
                .isEqualTo(Slow.class.getName());
        assertThat(any(events, "TaskWait").getDuration()).isGreaterThanOrEqualTo(Duration.ofMillis(20));
    }

    /** The threshold of these events is a time, so there is nothing else to wait for. */
    private record Slow(CountDownLatch begin, WorkStealingScheduler scheduler) implements Runnable {
        @Override
        public void run() {
            await(begin, scheduler);
            long began = System.nanoTime();
            while (System.nanoTime() - began < TimeUnit.MILLISECONDS.toNanos(25)) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
        }
    }

    @Test
    void theSleepOfAThreadThatThenEndsIsRecorded() throws Exception {
        Path file = directory.resolve("ended.jfr");
        AtomicReference<Thread> made = new AtomicReference<>();
        WorkStealingScheduler scheduler = WorkStealingScheduler.builder()
                .name("ended")
                .parallelism(1)
                .keepAlive(Duration.ofMillis(1))
                .threadFactory(work -> {
                    made.set(new Thread(work));
                    return made.get();
                })
                .build();
        try (Recording recording = new Recording()) {
            recording.enable("poolchain.Park");
            recording.start();
            withScheduler(scheduler, ended -> {
                ended.execute(() -> {});
                awaitTrue(() -> ended.stats().completed() == 1 && ended.getPoolSize() == 0, "the end of the thread");
                made.get().join();
            });
            recording.stop();
            recording.dump(file);
        }
        assertThat(RecordingFile.readAllEvents(file).stream()
                        .filter(event -> event.getEventType().getName().equals("poolchain.Park"))
                        .filter(event -> event.getString("scheduler").equals("ended")))
                .as("each sleep, the one before the first task too if there was any")
                .hasSize((int) scheduler.stats().parks())
                .isNotEmpty();
    }

    private List<RecordedEvent> record(boolean all) throws Exception {
        return RecordingFile.readAllEvents(recordedFile(all)).stream()
                .filter(event -> event.getEventType().getName().startsWith("poolchain."))
                .filter(event ->
                        "recorded".equals(event.getString("scheduler"))) // not those of other tests' schedulers
                .toList();
    }

    private Path recordedFile(boolean all) throws Exception {
        Path file = directory.resolve("events.jfr");
        try (Recording recording = new Recording()) {
            if (all) {
                Stream.concat(FREQUENT.stream(), OTHERS.stream())
                        .forEach(name -> recording.enable("poolchain." + name).withoutThreshold());
            }
            recording.start();
            work();
            recording.stop();
            recording.dump(file);
        }
        return file;
    }

    /** Something for each event. The watchdog records its events before it logs. */
    private static void work() throws Exception {
        withScheduler(recorded().build(), JfrTest::takeEachPath);
        try (Reports reports = new Reports()) {
            withScheduler(recorded().watch(Duration.ofMillis(5)).build(), watched -> saturate(watched, reports));
        }
    }

    private static SchedulerBuilder recorded() {
        return WorkStealingScheduler.builder().name("recorded").parallelism(2).sampleOneIn(1);
    }

    /** Not watched: a worker that alone has a task and makes another is saturated for that moment. */
    private static void takeEachPath(WorkStealingScheduler scheduler) throws Exception {
        CountDownLatch stolen = new CountDownLatch(1);
        scheduler.execute(() -> {
            scheduler.execute(stolen::countDown);
            await(stolen, scheduler); // only the other worker can do it
        });
        awaitQuiescence(scheduler);
        scheduler.setParallelism(1);
        scheduler.submit(() -> scheduler.execute(() -> {})).get();
        awaitQuiescence(scheduler);
    }

    private static void saturate(WorkStealingScheduler scheduler, Reports reports) throws Exception {
        Blocker first = Blocker.startOn(scheduler);
        Blocker second = Blocker.startOn(scheduler);
        awaitTrue(
                () -> {
                    scheduler.execute(() -> {});
                    return isFull(scheduler) && reports.contains("is saturated") && reports.contains("has run for");
                },
                "the reports of the watchdog");
        first.release();
        second.release();
        awaitQuiescence(scheduler);
        scheduler.close();
        try {
            scheduler.execute(() -> {});
        } catch (RejectedExecutionException e) {
            // as it should be
        }
    }

    private static boolean isFull(WorkStealingScheduler scheduler) {
        return scheduler.stats().submissionQueueGrowth() > 0;
    }

    /** What is logged meanwhile. */
    private static final class Reports implements AutoCloseable {
        private final ch.qos.logback.classic.Logger logger =
                (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(WorkStealingScheduler.class);
        private final LogRecorder recorder = new LogRecorder();

        Reports() {
            recorder.setContext(logger.getLoggerContext());
            recorder.start();
            logger.addAppender(recorder);
        }

        boolean contains(String text) {
            return recorder.events.stream()
                    .anyMatch(event -> event.getFormattedMessage().contains(text));
        }

        @Override
        public void close() {
            logger.detachAppender(recorder);
        }
    }

    private static List<Integer> capacities(List<RecordedEvent> events, String name) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals("poolchain." + name))
                .map(event -> event.getInt("capacity"))
                .collect(Collectors.toList());
    }

    /** Any of that name: events of different threads are in no order. */
    private static RecordedEvent any(List<RecordedEvent> events, String name) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals("poolchain." + name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name));
    }

    private static List<String> paths(List<RecordedEvent> events, String name) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals("poolchain." + name))
                .map(event -> event.getString("path"))
                .distinct()
                .collect(Collectors.toList());
    }

    // ---- without

    @Test
    void aJvmWithoutFlightRecorderAndJmxRunsTasks() throws Exception {
        String classPath = Stream.of(WorkStealingScheduler.class, JfrTest.class, Logger.class)
                .map(type ->
                        type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .collect(Collectors.joining(File.pathSeparator));
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--limit-modules",
                        "java.base",
                        "-cp",
                        classPath,
                        Bare.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(TestPools.HANG_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(output).content().contains("ran, modules: [java.base]");
    }

    /** What that JVM runs. */
    static final class Bare {
        private Bare() {}

        public static void main(String[] args) throws Exception {
            WorkStealingScheduler scheduler = WorkStealingScheduler.builder()
                    .sampleOneIn(1)
                    .jmx(true)
                    .watch(Duration.ofSeconds(1))
                    .build();
            try (scheduler) {
                String modules = ModuleLayer.boot().modules().stream()
                        .map(Module::getName)
                        .toList()
                        .toString();
                System.out.println(scheduler.submit(() -> "ran").get() + ", modules: " + modules);
            }
        }
    }
}
