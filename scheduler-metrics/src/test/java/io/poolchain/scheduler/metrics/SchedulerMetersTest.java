// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.poolchain.scheduler.SchedulerBuilder;
import io.poolchain.scheduler.WorkStealingScheduler;
import io.poolchain.scheduler.WorkerStats;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each meter moves for its own cause, and not for others. */
class SchedulerMetersTest {
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final Gate gate = new Gate();
    private WorkStealingScheduler scheduler;

    @AfterEach
    void end() {
        gate.open();
        scheduler.close();
    }

    @Test
    void tasksOfOtherThreadsAndOfWorkersAreCountedApart() throws Exception {
        start(1);
        scheduler.submit(() -> submit(2)).get();
        submit(1);
        scheduler.close();

        assertThat(read("scheduler.tasks.submitted", "source", "outside")).isEqualTo(2);
        assertThat(read("scheduler.tasks.submitted", "source", "worker")).isEqualTo(2);
        assertThat(read("scheduler.tasks.completed")).isEqualTo(4);
        assertThat(read("executor.completed")).isEqualTo(4);
        assertThat(read("scheduler.tasks.failed")).isZero();
    }

    @Test
    void aTaskThatThrowsHasFailedAndCompleted() {
        start(WorkStealingScheduler.builder().parallelism(1).threadFactory(work -> {
            Thread thread = new Thread(work);
            thread.setUncaughtExceptionHandler((ignoredThread, ignoredFailure) -> {});
            return thread;
        }));
        scheduler.execute(() -> {
            throw new IllegalStateException("on purpose");
        });
        scheduler.submit(() -> {
            throw new IllegalStateException("kept in the future");
        });
        scheduler.close();

        assertThat(read("scheduler.tasks.failed")).isEqualTo(1);
        assertThat(read("scheduler.tasks.completed")).isEqualTo(2);
    }

    @Test
    void refusedTasksAreDroppedForShutdown() {
        start(1);
        scheduler.shutdown();
        assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> scheduler.execute(() -> {}));

        assertDropped(0, 1, 0);
        assertThat(read("scheduler.tasks.submitted", "source", "outside")).isZero();
    }

    @Test
    void unstartedTasksAreDroppedAsDiscarded() throws InterruptedException {
        start(1);
        block();
        submit(3);
        scheduler.shutdownNow();

        assertDropped(0, 0, 3);
        assertThat(read("scheduler.tasks.queued", "queue", "submission")).isZero();
    }

    @Test
    void tasksWithoutRoomAreDroppedForWantOfCapacity() throws InterruptedException {
        start(WorkStealingScheduler.builder().parallelism(1).capacity(3));
        block();
        submit(2);
        assertThat(read("executor.queue.remaining")).isEqualTo(1);
        submit(1);
        assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> submit(1));

        assertThat(read("executor.queue.remaining")).isZero();
        assertDropped(1, 0, 0);
        gate.open();
    }

    @Test
    void tasksOfOtherThreadsWaitInTheSubmissionQueue() throws InterruptedException {
        start(1);
        block();
        submit(3);

        assertThat(read("scheduler.tasks.queued", "queue", "submission")).isEqualTo(3);
        assertThat(read("scheduler.tasks.queued", "queue", "chains")).isZero();
        assertThat(read("executor.queued")).isEqualTo(3);
        assertThat(read("executor.queue.remaining")).isEqualTo(Integer.MAX_VALUE - 3);

        gate.open();
        scheduler.close();
        assertThat(read("scheduler.tasks.queued", "queue", "submission")).isZero();
        assertThat(read("executor.queued")).isZero();
    }

    @Test
    void tasksOfAWorkerGrowItsChainWhichGivesTheRingsBack() throws InterruptedException {
        start(1);
        assertThat(read("scheduler.chain.growth")).isZero();
        scheduler.execute(() -> {
            submit(10_000);
            gate.run();
        });
        gate.awaitReached();

        assertThat(read("scheduler.tasks.queued", "queue", "chains")).isEqualTo(10_000);
        assertThat(read("scheduler.tasks.queued", "queue", "submission")).isZero();
        assertThat(read("scheduler.chain.capacity", "queue", "chains")).isGreaterThanOrEqualTo(10_000);
        assertThat(read("scheduler.chain.growth")).isPositive();
        assertThat(read("scheduler.chain.drops")).isZero();

        gate.open();
        awaitState("parked", 1);
        assertThat(read("scheduler.tasks.queued", "queue", "chains")).isZero();
        assertThat(read("scheduler.chain.capacity", "queue", "chains")).isLessThan(10_000);
        assertThat(read("scheduler.chain.drops")).isPositive();
    }

    @Test
    void aTaskThatAnotherWorkerTakesIsStolen() throws Exception {
        start(2);
        CountDownLatch stolen = new CountDownLatch(1);
        scheduler
                .submit(() -> {
                    scheduler.execute(stolen::countDown);
                    awaitUninterrupted(stolen); // only the other worker can do it
                })
                .get();
        scheduler.close();

        assertThat(read("scheduler.steals")).isEqualTo(1);
    }

    @Test
    void oneWorkerStealsNothing() throws Exception {
        start(1);
        submit(1_000);
        scheduler.submit(() -> submit(1_000)).get();
        scheduler.close();

        assertThat(read("scheduler.tasks.completed")).isEqualTo(2_001);
        assertThat(read("scheduler.steals")).isZero();
        assertThat(read("scheduler.steals.failed")).isZero();
    }

    @Test
    void workersThatFindNothingFailToStealAndPark() {
        start(2);
        assertThat(read("scheduler.steals.failed")).isZero();
        assertThat(read("scheduler.parks")).isZero();
        startThreadsAndAwaitParked(2);

        assertThat(read("scheduler.steals.failed")).isPositive();
        assertThat(read("scheduler.steals")).isZero();
        assertThat(read("scheduler.wakeups")).isZero();
    }

    @Test
    void aTaskWakesAParkedWorker() throws InterruptedException {
        start(1);
        startThreadsAndAwaitParked(1);
        block();

        assertThat(read("scheduler.parks")).isEqualTo(1);
        assertThat(read("scheduler.wakeups")).isEqualTo(1);
        assertThat(read("scheduler.wakeups.useless")).isZero();
    }

    @Test
    void aWakeupThatComesTooLateIsUseless() {
        start(2);
        scheduler.prestartAllCoreThreads();
        scheduler.execute(new Runnable() {
            /** Wakes the other worker for a task that is taken by this one before the other is awake. */
            @Override
            public void run() {
                if (read("scheduler.wakeups.useless") == 0) {
                    scheduler.execute(this);
                } else {
                    gate.open();
                }
            }
        });
        gate.run();

        assertThat(read("scheduler.wakeups")).isGreaterThanOrEqualTo(read("scheduler.wakeups.useless"));
    }

    @Test
    void workersAreCountedByWhatTheyDo() throws InterruptedException {
        CountDownLatch begin = new CountDownLatch(1);
        start(WorkStealingScheduler.builder()
                .parallelism(3)
                .threadFactory(work -> new Thread(() -> {
                    awaitUninterrupted(begin);
                    work.run();
                })));
        assertThat(read("scheduler.workers")).isEqualTo(3);
        assertStates(3, 0, 0, 0);
        assertThat(read("executor.pool.size")).isZero();
        assertThat(read("executor.pool.core")).isEqualTo(3);
        assertThat(read("executor.pool.max")).isEqualTo(3);

        scheduler.execute(gate);
        assertStates(2, 0, 1, 0);

        begin.countDown();
        gate.awaitReached();
        assertStates(2, 0, 0, 1);
        assertThat(read("executor.active")).isEqualTo(1);
        assertThat(read("executor.pool.size")).isEqualTo(1);

        scheduler.prestartAllCoreThreads();
        awaitState("parked", 2);
        assertStates(0, 2, 0, 1);
        assertThat(read("executor.active")).isEqualTo(1);
        assertThat(read("executor.pool.size")).isEqualTo(3);

        gate.open();
        scheduler.close();
        assertStates(3, 0, 0, 0);
        assertThat(read("executor.active")).isZero();
        assertThat(read("executor.pool.size")).isZero();
    }

    @Test
    void aMeterShowsWhatHappenedBeforeItIsRead() {
        start(1);
        for (int accepted = 1; accepted <= 1_000; accepted++) {
            submit(1);
            assertThat(read("scheduler.tasks.submitted", "source", "outside")).isEqualTo(accepted);
        }
    }

    @Test
    void noCounterGoesBack() {
        start(2);
        scheduler.execute(() -> {
            for (int i = 0; i < 200; i++) {
                scheduler.execute(() -> submit(100));
            }
        });
        Map<Meter.Id, Double> seen = new HashMap<>();
        while (read("scheduler.tasks.completed") < 1 + 200 + 20_000) {
            for (Meter meter : registry.getMeters()) {
                if (meter instanceof FunctionCounter counter) {
                    double now = counter.count();
                    double before = seen.getOrDefault(meter.getId(), 0.0);
                    assertThat(now).as(meter.getId().toString()).isGreaterThanOrEqualTo(before);
                    seen.put(meter.getId(), now);
                }
            }
        }
    }

    @Test
    void aWorkersMetersAreThoseOfThatWorker() throws Exception {
        start(2);
        CountDownLatch stolen = new CountDownLatch(1);
        scheduler
                .submit(() -> {
                    scheduler.execute(stolen::countDown);
                    stolen.await(); // only the other worker can do it
                    return null;
                })
                .get();
        scheduler.close();
        String victim = scheduler.stats(0).submitted() == 1 ? "0" : "1";
        String thief = victim.equals("0") ? "1" : "0";

        assertThat(read("scheduler.worker.tasks", "worker", thief)).isEqualTo(1);
        assertThat(read("scheduler.worker.steals", "worker", thief)).isEqualTo(1);
        assertThat(read("scheduler.worker.steals", "worker", victim)).isZero();
        assertThat(read("scheduler.worker.stolen", "worker", victim)).isEqualTo(1);
        assertThat(read("scheduler.worker.stolen", "worker", thief)).isZero();
        assertThat(read("scheduler.worker.queued", "worker", victim)).isZero();
        assertThat(read("scheduler.worker.chain.capacity", "worker", victim)).isEqualTo(64);
        assertThat(read("scheduler.worker.busy", "worker", thief)).isBetween(0.0, 1.0);
        WorkerStats stats = scheduler.stats(Integer.parseInt(thief));
        assertThat(read("scheduler.worker.steals.failed", "worker", thief)).isEqualTo((double) stats.failedSteals());
        FunctionTimer parked =
                registry.get("scheduler.worker.parked").tag("worker", thief).functionTimer();
        assertThat(parked.count()).isEqualTo((double) stats.parks());
        assertThat(parked.totalTime(TimeUnit.SECONDS)).isEqualTo(stats.parkedNanos() / 1e9);
        double seconds = scheduler.stats().threadNanos() / 1e9;
        assertThat(read("scheduler.workers.thread.time")).isPositive().isEqualTo(seconds);
        assertThat(read("scheduler.workers.parked.time")).isBetween(0.0, seconds);
    }

    // ---- vocabulary

    private void start(int parallelism) {
        start(WorkStealingScheduler.builder().parallelism(parallelism));
    }

    private void start(SchedulerBuilder builder) {
        scheduler = builder.build();
        new SchedulerMetrics(scheduler).perWorker().bindTo(registry);
    }

    private void submit(int tasks) {
        for (int i = 0; i < tasks; i++) {
            scheduler.execute(() -> {});
        }
    }

    private void block() throws InterruptedException {
        scheduler.execute(gate);
        gate.awaitReached();
    }

    private double read(String name, String... tags) {
        return registry.get(name).tags(tags).meter().measure().iterator().next().getValue();
    }

    private void startThreadsAndAwaitParked(int workers) {
        scheduler.prestartAllCoreThreads();
        await().until(() -> read("scheduler.parks") == workers);
    }

    private void awaitState(String state, int workers) {
        await().until(() -> read("scheduler.workers.states", "state", state) == workers);
    }

    private void assertStates(int noThread, int parked, int searching, int running) {
        assertThat(read("scheduler.workers.states", "state", "no-thread")).isEqualTo(noThread);
        assertThat(read("scheduler.workers.states", "state", "parked")).isEqualTo(parked);
        assertThat(read("scheduler.workers.states", "state", "searching")).isEqualTo(searching);
        assertThat(read("scheduler.workers.states", "state", "running")).isEqualTo(running);
    }

    private void assertDropped(int capacity, int shutdown, int discarded) {
        assertThat(read("scheduler.tasks.dropped", "reason", "capacity")).isEqualTo(capacity);
        assertThat(read("scheduler.tasks.dropped", "reason", "shutdown")).isEqualTo(shutdown);
        assertThat(read("scheduler.tasks.dropped", "reason", "discarded")).isEqualTo(discarded);
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
