// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import io.poolchain.scheduler.TestPools.Blocker;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** What {@link SmallHeapTest} does in a JVM of its own. Each method says nothing if all is well. */
final class SmallHeap {
    private static final AtomicLong RAN = new AtomicLong();

    /** One object for all, so that only the queues grow. */
    private static final Runnable TASK = RAN::incrementAndGet;

    /** For those who look at the result while the queues still are full. */
    private static final AtomicReference<byte[]> RESERVE = new AtomicReference<>(new byte[6 << 20]);

    private static volatile Object[] filling;

    private static volatile boolean submitted;

    private static volatile boolean filled;

    private SmallHeap() {}

    /** Ends the JVM also if it fails, as the threads of a scheduler would keep it. */
    public static void main(String[] args) {
        try {
            run(args[0]);
        } catch (Throwable failure) {
            failure.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private static void run(String scenario) throws Exception {
        WorkStealingScheduler scheduler = WorkStealingScheduler.newFixedThreadPool(2);
        switch (scenario) {
            case "fillFromOutside" -> fillFromOutside(scheduler);
            case "fillByAWorker" -> fillByAWorker(scheduler);
            case "runOutInATask" -> runOutInATask(scheduler);
            case "burst" -> burst(scheduler);
            case "runOutAsAThreadBegins" -> runOutAsAThreadBegins(scheduler);
            default -> throw new IllegalArgumentException(scenario);
        }
        TestPools.shutdownAndAwait(scheduler);
    }

    private static void fillFromOutside(WorkStealingScheduler scheduler) {
        List<Blocker> blockers = List.of(Blocker.startOn(scheduler), Blocker.startOn(scheduler));
        long accepted = submitUntilMemoryEnds(scheduler);
        blockers.forEach(Blocker::release);
        expectAllRun(scheduler, accepted);
    }

    private static void fillByAWorker(WorkStealingScheduler scheduler) throws Exception {
        Blocker other = Blocker.startOn(scheduler);
        AtomicLong accepted = new AtomicLong();
        CountDownLatch filled = new CountDownLatch(1);
        scheduler.execute(() -> {
            accepted.set(submitUntilMemoryEnds(scheduler));
            filled.countDown();
        });
        TestPools.await(filled, scheduler);
        other.release();
        expectAllRun(scheduler, accepted.get());
    }

    private static long submitUntilMemoryEnds(WorkStealingScheduler scheduler) {
        long accepted = 0;
        for (int ends = 0; ends < 3; ) {
            try {
                scheduler.execute(TASK);
                accepted++;
            } catch (OutOfMemoryError e) {
                ends++;
            }
        }
        RESERVE.set(null);
        return accepted;
    }

    private static void runOutInATask(WorkStealingScheduler scheduler) {
        long failing = 20;
        for (int i = 0; i < failing; i++) {
            scheduler.execute(() -> RESERVE.set(new byte[1 << 30]));
        }
        TestPools.awaitQuiescence(scheduler);
        expect(scheduler.stats().failed() == failing, "each task fails, and no more: " + scheduler.stats());
        expectAllRun(scheduler, 0);
    }

    /** What a thread needs as it begins is not there, until it has tried in vain, and naps. */
    private static void runOutAsAThreadBegins(WorkStealingScheduler other) throws InterruptedException {
        other.prestartAllCoreThreads();
        expectAllRun(other, 0); // so that classes are there
        Thread.sleep(1); // likewise
        RAN.set(0);
        AtomicReference<Thread> made = new AtomicReference<>();
        WorkStealingScheduler scheduler = WorkStealingScheduler.newFixedThreadPool(1, work -> {
            Thread thread = new Thread(() -> {
                while (!submitted) {
                    Thread.onSpinWait(); // the submitter may need some memory yet
                }
                fillMemory();
                filled = true;
                work.run();
            });
            made.set(thread);
            return thread;
        });
        scheduler.execute(TASK);
        submitted = true;
        Thread thread = made.get();
        while (!filled || (thread.getState() == Thread.State.RUNNABLE && RAN.get() == 0)) {
            Thread.sleep(1); // what runs hot is compiled, for which the JVM would need memory in this thread
        }
        boolean early = RAN.get() != 0;
        filling = null;
        TestPools.awaitQuiescence(scheduler);
        expect(!early, "it had to try again");
        expect(RAN.get() == 1, "the task is run");
        TestPools.shutdownAndAwait(scheduler);
    }

    /** A chain of ever smaller arrays, until there is no room for the smallest. */
    private static void fillMemory() {
        for (int size = 1 << 18; size > 0; size /= 2) {
            try {
                while (true) {
                    Object[] next = new Object[size];
                    next[0] = filling;
                    filling = next;
                }
            } catch (OutOfMemoryError e) {
                // Then smaller ones.
            }
        }
    }

    private static void burst(WorkStealingScheduler scheduler) {
        long perWorker = 1 << 20;
        scheduler.prestartAllCoreThreads();
        work(scheduler, 1_000_000); // what the JVM makes for itself by then
        long idle = usedHeap();
        work(scheduler, 10_000_000);
        long kept = usedHeap() - idle;
        expect(kept < 2 * perWorker, "the burst leaves " + kept + " bytes");
    }

    private static void work(WorkStealingScheduler scheduler, long tasks) {
        List<Blocker> blockers = List.of(Blocker.startOn(scheduler), Blocker.startOn(scheduler));
        long before = RAN.get();
        for (long i = 0; i < tasks; i++) {
            scheduler.execute(TASK);
        }
        blockers.forEach(Blocker::release);
        TestPools.awaitQuiescence(scheduler);
        expect(RAN.get() == before + tasks, RAN + " ran");
    }

    private static long usedHeap() {
        for (int i = 0; i < 5; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static void expectAllRun(WorkStealingScheduler scheduler, long accepted) {
        TestPools.awaitQuiescence(scheduler);
        expect(RAN.get() == accepted, RAN + " ran of " + accepted + " that were accepted");
        for (int i = 0; i < 1_000; i++) {
            scheduler.execute(TASK);
        }
        TestPools.awaitQuiescence(scheduler);
        expect(RAN.get() == accepted + 1_000, "the pool works on: " + scheduler.stats());
        expect(scheduler.getPoolSize() == 2, "with both threads");
    }

    private static void expect(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }
}
