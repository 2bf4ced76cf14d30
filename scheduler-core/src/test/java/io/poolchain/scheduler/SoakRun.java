// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.HANG_SECONDS;
import static io.poolchain.scheduler.TestPools.awaitQuiescence;
import static io.poolchain.scheduler.TestPools.awaitTermination;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Carries out one plan, and accounts for each of its tasks. */
final class SoakRun {
    final SoakPlan plan;
    final WorkStealingScheduler scheduler;

    /** The last that a task has allocated. */
    volatile byte[] garbage = {};

    private final SoakThreads threads;
    private final Queue<SoakTask> tasks = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger submittedOutside = new AtomicInteger();
    private final AtomicInteger inFlight = new AtomicInteger();

    private SoakRun(SoakPlan plan) {
        this.plan = plan;
        threads = new SoakThreads(plan);
        scheduler = plan.scheduler(threads, SoakTask.Decorated::new, this::uncaught);
    }

    /** Returns how many tasks were accounted for. */
    static int of(SoakPlan plan) throws Exception {
        SoakRun run = new SoakRun(plan);
        try {
            run.carryOut();
            return run.tasks.size();
        } catch (Throwable failure) {
            run.scheduler.shutdownNow();
            throw new AssertionError("seed " + plan.seed() + ", " + plan + ": " + failure, failure);
        }
    }

    private void carryOut() throws Exception {
        List<Thread> submitters = new ArrayList<>();
        for (int s = 0; s < plan.submitters(); s++) {
            SplittableRandom random = plan.random(s);
            submitters.add(start("submitter-" + s, () -> submitAll(random)));
        }
        Thread trouble = start("trouble", () -> trouble(submitters, plan.random(-1)));
        FutureTask<List<Runnable>> end = new FutureTask<>(() -> plan.ending().end(scheduler));
        if (plan.endAfter() < Integer.MAX_VALUE) {
            TestPools.spinUntil(
                    () -> submittedOutside.get() >= plan.endAfter() || submittersDone(submitters), scheduler);
            start("end", end);
            join(submitters);
            join(List.of(trouble));
        } else {
            join(submitters);
            join(List.of(trouble));
            awaitQuiescence(scheduler);
            checkFigures(scheduler.stats());
            if (plan.capacity() < SchedulerOptions.UNBOUNDED) {
                join(List.of(start("fill", this::fill)));
                awaitQuiescence(scheduler);
                checkFigures(scheduler.stats());
            }
            start("end", end);
        }
        List<Runnable> returned = TestPools.get(end, scheduler);
        awaitTermination(scheduler);
        assertThat(failures).isEmpty();
        checkTasks(returned);
        checkFigures(scheduler.stats());
        assertThat(scheduler.getPoolSize()).as("pool size at the end").isZero();
    }

    private static boolean submittersDone(List<Thread> submitters) {
        return submitters.stream().noneMatch(Thread::isAlive);
    }

    private Thread start(String name, Runnable body) {
        Thread thread = new Thread(body, "soak-" + plan.seed() + '-' + name);
        thread.setUncaughtExceptionHandler((failed, failure) -> failures.add(failure));
        thread.start();
        return thread;
    }

    private void join(List<Thread> others) throws InterruptedException {
        for (Thread thread : others) {
            thread.join(TimeUnit.SECONDS.toMillis(HANG_SECONDS));
            assertThat(thread.isAlive())
                    .as(() -> thread.getName() + " has not ended, on " + Watchdog.describe(scheduler))
                    .isFalse();
        }
    }

    // ---- what its threads do

    private void submitAll(SplittableRandom random) {
        for (int i = 0; i < plan.tasks(); i++) {
            SoakTask task = submit(random.nextLong(), plan.depth());
            submittedOutside.incrementAndGet();
            task.handle(random);
            if (random.nextInt(16) == 0) {
                task.join(true);
            }
            pause(random);
            Thread.interrupted(); // the trouble is over
        }
    }

    private void pause(SplittableRandom random) {
        for (int spins = random.nextInt(1 << random.nextInt(10)); spins > 0; spins--) {
            Thread.onSpinWait();
        }
        long pause = plan.pauseMicros() * random.nextLong(1_000);
        for (long began = System.nanoTime(); System.nanoTime() - began < pause; ) {
            Thread.onSpinWait();
        }
    }

    /** No permit has been lost, and none is too many: exactly as many tasks fit as are to. */
    private void fill() {
        SplittableRandom random = plan.random(-2);
        CountDownLatch gate = new CountDownLatch(1);
        try {
            int places = scheduler.getCorePoolSize() + plan.capacity();
            List<SoakTask> inside = new ArrayList<>();
            while (inside.size() < places) {
                SoakTask task = submit(random.nextLong(), 0, gate);
                if (task.answer != SoakTask.Answer.NO_THREAD) {
                    inside.add(task);
                }
            }
            assertThat(inside).as("%d tasks fit", places).allMatch(SoakTask::isInside);
            if (!plan.policy().equals(RejectionPolicy.block())) {
                inside.add(submit(random.nextLong(), 0));
                assertThat(inside.stream().filter(SoakTask::isInside).count())
                        .as("tasks inside, after one more came than fit")
                        .isEqualTo(places);
            }
        } finally {
            gate.countDown();
        }
    }

    SoakTask submit(long seed, int depth) {
        return submit(seed, depth, null);
    }

    private SoakTask submit(long seed, int depth, CountDownLatch gate) {
        SoakTask task = new SoakTask(this, seed, depth, gate);
        tasks.add(task);
        task.submit();
        return task;
    }

    private void trouble(List<Thread> submitters, SplittableRandom random) {
        SchedulerStats before = scheduler.stats();
        for (int i = 0; i < plan.trouble(); i++) {
            int which = random.nextInt(64);
            switch (random.nextInt(8)) {
                case 0, 1 -> scheduler.setParallelism(1 + which % plan.workers());
                case 2, 3 -> threads.interruptOne(which);
                case 4 -> submitters.get(which % submitters.size()).interrupt();
                case 5 -> prestart();
                case 6 -> collectGarbage(which);
                default -> {
                    SchedulerStats now = scheduler.stats();
                    StatsTest.assertSane(before, now);
                    before = now;
                }
            }
            for (int spins = random.nextInt(1 << random.nextInt(14)); spins > 0; spins--) {
                Thread.onSpinWait();
            }
        }
    }

    private void prestart() {
        try {
            scheduler.prestartAllCoreThreads();
        } catch (SoakThreads.Failure | RejectedExecutionException e) {
            // The factory had its bad moment.
        }
    }

    private static void collectGarbage(int which) {
        if (which == 0) {
            System.gc();
        }
    }

    void countInFlight(int more) {
        int now = inFlight.addAndGet(more);
        if (now > plan.workers()) {
            failures.add(new AssertionError(now + " tasks in flight"));
        }
    }

    void verify(boolean good, SoakTask task, Object what) {
        if (!good) {
            failures.add(new AssertionError(what + " from " + task));
        }
    }

    private void uncaught(Thread thread, Throwable failure) {
        boolean planned = failure instanceof SoakTask.PlannedException
                || failure instanceof SoakTask.PlannedError
                || failure instanceof StackOverflowError;
        if (!planned) {
            failures.add(failure);
        }
    }

    // ---- the account

    private void checkTasks(List<Runnable> returned) {
        IdentityHashMap<Object, SoakTask> byFuture = new IdentityHashMap<>();
        tasks.forEach(task -> byFuture.put(task.future, task));
        for (Runnable one : returned) {
            Runnable inner = one instanceof SoakTask.Decorated decorated ? decorated.task() : one;
            SoakTask task = inner instanceof SoakTask plain
                    ? plain
                    : inner instanceof SoakTask.Discardable discardable ? discardable.task() : byFuture.get(inner);
            assertThat(task).as("whose task is %s", one).isNotNull();
            task.returned.incrementAndGet();
        }
        tasks.forEach(this::check);
    }

    private void check(SoakTask task) {
        assertThat(fateIsRight(task)).as("fate of %s", task).isTrue();
    }

    private boolean fateIsRight(SoakTask task) {
        int runs = task.runs.get();
        int returned = task.returned.get();
        int discarded = task.discarded.get();
        if (task.answer != SoakTask.Answer.TAKEN) {
            return task.answer != SoakTask.Answer.NONE && runs + returned + discarded == 0;
        }
        if (discarded > 0 && !plan.discards()) {
            return false;
        }
        if (!task.viaSubmit) {
            return runs + returned + discarded == 1;
        }
        boolean endedByCancel = task.cancelled || (plan.discards() && task.future.isCancelled());
        boolean done = task.future.isDone();
        return runs <= 1
                && returned <= 1
                && (task.runsAtMost < 0 || runs == task.runsAtMost)
                && task.future.isCancelled() == endedByCancel
                && (runs == 1 || endedByCancel || returned == 1)
                && (runs == 0 || returned == 0 || task.joined || endedByCancel)
                && (done || returned == 1);
    }

    /** The equations of {@link SchedulerStats}; to be called when nothing moves. */
    private void checkFigures(SchedulerStats stats) {
        long refused = count(SoakTask.Answer.REFUSED);
        long ranByCallers = tasks.stream().filter(task -> task.ranByCaller).count();
        long failed = tasks.stream()
                .filter(task -> task.throwsOutOfRun() && !task.ranByCaller && task.runs.get() == 1)
                .count();
        long discardedAtEnd = plan.discards() ? stats.dropped(DropReason.SHUTDOWN) : 0;
        assertThat(List.of(
                        stats.submitted(),
                        stats.completed(),
                        stats.started(),
                        stats.failed(),
                        stats.queued(),
                        stats.dropped(DropReason.SHUTDOWN) + stats.dropped(DropReason.CAPACITY),
                        (long) stats.activeWorkers(),
                        (long) scheduler.searching()))
                .as("submitted, completed, started, failed, queued, refused, active, searching: %s", stats)
                .isEqualTo(List.of(
                        count(SoakTask.Answer.TAKEN) - ranByCallers - discardedAtEnd,
                        stats.submitted() - stats.dropped(DropReason.DISCARDED),
                        stats.completed(),
                        failed,
                        0L,
                        refused + discardedAtEnd,
                        0L,
                        0L));
        assertThat(stats.largestPoolSize()).as("largest pool size").isLessThanOrEqualTo(plan.workers());
        assertThat(stats.uselessWakeups()).isLessThanOrEqualTo(stats.wakeups());
        assertThat(stats.wakeups()).isLessThanOrEqualTo(stats.parks());
        if (plan.workers() == 1) {
            assertThat(stats.steals()).isZero();
        }
    }

    private long count(SoakTask.Answer answer) {
        return tasks.stream().filter(task -> task.answer == answer).count();
    }
}
