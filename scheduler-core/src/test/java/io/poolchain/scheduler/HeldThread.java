// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.awaitTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** What {@link HeldThreadTest} does in a JVM of its own, under a {@link Debugger}. Ends with 0 if all is well. */
final class HeldThread {
    private static final String HEAD = "io.poolchain.scheduler.queue.RingHead";
    private static final String SLOTS = "io.poolchain.scheduler.queue.RingSlots";
    private static final String TAIL = "io.poolchain.scheduler.queue.RingTail";
    private static final String CHAIN = "io.poolchain.scheduler.queue.PoolChain";

    private static final String WORKER = "io.poolchain.scheduler.Worker";
    private static final String FUTURE = "io.poolchain.scheduler.WorkerFuture";

    private static final int TASKS = 1_000;

    /** Less than the first ring holds. */
    private static final int FEW = 5;

    /** Set by the debugger. */
    private static volatile boolean held;

    private final AtomicInteger ran = new AtomicInteger();
    private final WorkStealingScheduler scheduler;

    private HeldThread(int workers) {
        scheduler = WorkStealingScheduler.newFixedThreadPool(workers);
    }

    public static void main(String[] args) {
        held = false;
        HeldThread pool = new HeldThread(args[0].equals("thiefWithATaskInHand") ? 3 : 2);
        try {
            pool.hold(args[0]);
            TestPools.shutdownAndAwait(pool.scheduler);
        } catch (Throwable failure) {
            failure.printStackTrace();
            Runtime.getRuntime().halt(1); // the held thread would not end
        }
    }

    private void hold(String who) throws Exception {
        switch (who) {
            case "ownerWhoPushes" -> holdOwner(HEAD, "setHeadRelease", "pushHead");
            case "ownerWhoGrows" -> holdOwner(CHAIN, "link", "pushToNewRing");
            case "ownerWhoPops" -> holdOwnerWhoPops();
            case "thief" -> holdThief();
            case "thiefWithATaskInHand" -> holdThiefWithATaskInHand();
            case "thiefWithATaskInHandAtTheEnd" -> holdThiefWithATaskInHandAtTheEnd();
            case "ownerWhoPushesAtTheEnd" -> holdOwnerWhoPushesAtTheEnd();
            case "submitter" -> holdSubmitter();
            case "searcher" -> holdSearcher();
            case "waiterAboutToHelp" -> holdWaiterAboutToHelp();
            default -> throw new IllegalArgumentException(who);
        }
    }

    // ---- breakpoints: the debugger stops at these methods

    /** The calling thread is to be held at the next call of this method by that one. */
    @SuppressWarnings("unused")
    private static void holdMeIn(String type, String method, String caller) {}

    private static void releaseHeld() {}

    private void awaitHeld() {
        awaitTrue(() -> held, "the thread reaches the place where it is held, on " + scheduler.stats());
    }

    // ---- scenarios

    private void holdOwner(String type, String method, String caller) {
        AtomicInteger pushed = new AtomicInteger();
        scheduler.execute(() -> {
            submit(TASKS, pushed);
            holdMeIn(type, method, caller);
            submit(100 * TASKS, pushed);
        });
        awaitHeld();
        expectRun(pushed.get());
        submit(TASKS, new AtomicInteger());
        expectRun(pushed.get() + TASKS);
        expectThatTasksOfTasksRun(pushed.get() + TASKS);
        releaseHeld();
        expectRun(TASKS + 100 * TASKS + TASKS + TASKS);
    }

    /** It has seen that the scheduler runs, and pushes when all is over. */
    private void holdOwnerWhoPushesAtTheEnd() {
        AtomicInteger refused = new AtomicInteger();
        scheduler.execute(() -> {
            holdMeIn(HEAD, "setHeadRelease", "pushHead");
            try {
                scheduler.execute(ran::incrementAndGet);
            } catch (RejectedExecutionException e) {
                refused.incrementAndGet();
            }
        });
        awaitHeld();
        List<Runnable> returned = scheduler.shutdownNow();
        releaseHeld();
        TestPools.awaitTermination(scheduler);
        if (refused.get() != 1 || ran.get() != 0 || !returned.isEmpty()) {
            throw new AssertionError(refused + " refused, " + ran + " ran, returned " + returned);
        }
    }

    /** The newest is withdrawn from the thieves' sight, and waits for its owner. */
    private void holdOwnerWhoPops() {
        scheduler.execute(() -> {
            CountDownLatch busy = blockTheOther();
            submit(TASKS, new AtomicInteger());
            holdMeIn(TAIL, "tailVolatile", "popHead");
            busy.countDown();
        });
        awaitHeld();
        int taken = 1;
        expectRun(TASKS - taken);
        expectThatTasksOfTasksRun(TASKS - taken);
        releaseHeld();
        expectRun(TASKS + TASKS);
    }

    /** The oldest is claimed, and its slot not yet cleared, when the owner comes round to it. */
    private void holdThief() {
        CountDownLatch ownerHasSubmitted = new CountDownLatch(1);
        scheduler.execute(() -> {
            CountDownLatch thiefIsBusy = new CountDownLatch(1);
            scheduler.execute(() -> {
                thiefIsBusy.countDown();
                TestPools.await(ownerHasSubmitted, scheduler);
                holdMeIn(SLOTS, "clearSlotRelease", "takeAsThief");
            });
            TestPools.await(thiefIsBusy, scheduler);
            submit(FEW, new AtomicInteger());
            ownerHasSubmitted.countDown();
            awaitHeld();
            submit(TASKS, new AtomicInteger());
        });
        awaitHeld();
        int taken = 1;
        expectRun(FEW + TASKS - taken);
        expectThatTasksOfTasksRun(FEW + TASKS - taken);
        releaseHeld();
        expectRun(FEW + TASKS + TASKS);
    }

    /**
     * It has two of the owner's four tasks: the first, which it is to run and which waits for the second, and that. A third
     * worker meanwhile runs the others and falls asleep; the owner blocks.
     */
    private void holdThiefWithATaskInHand() {
        CountDownLatch secondHasRun = new CountDownLatch(1);
        CountDownLatch othersHaveRun = new CountDownLatch(2);
        CountDownLatch ownerMayEnd = new CountDownLatch(1);
        CountDownLatch thirdIsBusy = blockTheOther();
        scheduler.execute(() -> {
            letThiefGoOnWhen(() -> {
                scheduler.execute(() -> TestPools.await(secondHasRun, scheduler));
                scheduler.execute(secondHasRun::countDown);
                scheduler.execute(othersHaveRun::countDown);
                scheduler.execute(othersHaveRun::countDown);
            });
            TestPools.await(ownerMayEnd, scheduler);
        });
        awaitHeld();
        thirdIsBusy.countDown();
        TestPools.await(othersHaveRun, scheduler);
        awaitTrue(() -> somebodySleeps() && scheduler.searching() == 0, "the third sleeps, on " + scheduler.stats());
        releaseHeld();
        TestPools.await(secondHasRun, scheduler);
        ownerMayEnd.countDown();
    }

    private void holdThiefWithATaskInHandAtTheEnd() throws InterruptedException {
        scheduler.execute(() -> {
            letThiefGoOnWhen(() -> submit(FEW, new AtomicInteger()));
            blockUntilInterrupted();
        });
        awaitHeld();
        List<Runnable> returned = new ArrayList<>();
        Thread stopper = new Thread(() -> returned.addAll(scheduler.shutdownNow()));
        stopper.start();
        awaitTrue(() -> waitsForTransfer(stopper) || !stopper.isAlive(), "shutdownNow waits, or has returned");
        releaseHeld();
        stopper.join();
        TestPools.awaitTermination(scheduler);
        if (ran.get() + returned.size() != FEW) {
            throw new AssertionError(ran + " ran and " + returned.size() + " were returned of " + FEW);
        }
    }

    /** It has not been interrupted, and is about to run the future that it waits for. */
    private void holdWaiterAboutToHelp() {
        AtomicInteger interrupted = new AtomicInteger();
        scheduler.execute(HeldThread::blockUntilInterrupted);
        scheduler.execute(() -> {
            Future<?> awaited = scheduler.submit((Runnable) ran::incrementAndGet);
            holdMeIn(FUTURE, "startHelping", "get");
            try {
                awaited.get();
            } catch (InterruptedException e) {
                interrupted.incrementAndGet();
            } catch (ExecutionException e) {
                throw new AssertionError(e);
            }
        });
        awaitHeld();
        List<Runnable> returned = scheduler.shutdownNow();
        releaseHeld();
        TestPools.awaitTermination(scheduler);
        if (interrupted.get() != 1 || ran.get() != 0 || returned.size() != 1) {
            throw new AssertionError(interrupted + " interrupted, " + ran + " ran, returned " + returned);
        }
        returned.get(0).run();
        if (ran.get() != 1) {
            throw new AssertionError("what was returned can be run");
        }
    }

    /** It is about to look for a task from outside, but may not get a processor for long; another worker sleeps. */
    private void holdSearcher() {
        CountDownLatch busy = blockTheOther();
        scheduler.execute(() -> holdMeIn(WORKER, "search", "searchThenWork"));
        awaitHeld();
        busy.countDown();
        awaitTrue(() -> somebodySleeps() && scheduler.searching() == 1, "the other sleeps, on " + scheduler.stats());
        submit(1, new AtomicInteger());
        expectRun(1);
        releaseHeld();
    }

    private boolean somebodySleeps() {
        return scheduler.stats().workers().stream().anyMatch(worker -> worker.state() == WorkerStats.State.PARKED);
    }

    private static void blockUntilInterrupted() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException stopped) {
            // as it should be
        }
    }

    private static boolean waitsForTransfer(Thread thread) {
        return Stream.of(thread.getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("awaitEnd"));
    }

    /** By a worker: another steals a task of it, and goes on, to be held at the next push, when this one has submitted. */
    private void letThiefGoOnWhen(Runnable submitted) {
        CountDownLatch stolen = new CountDownLatch(1);
        CountDownLatch ready = new CountDownLatch(1);
        scheduler.execute(() -> {
            stolen.countDown();
            TestPools.await(ready, scheduler);
            holdMeIn(HEAD, "setHeadRelease", "pushHead");
        });
        TestPools.await(stolen, scheduler);
        submitted.run();
        ready.countDown();
    }

    /** Its stripe of the submission queue is locked. */
    private void holdSubmitter() throws InterruptedException {
        Thread submitter = new Thread(() -> {
            submit(TASKS, new AtomicInteger());
            holdMeIn(HEAD, "setHeadRelease", "pushHead");
            submit(1, new AtomicInteger());
        });
        CountDownLatch mayGoOn = new CountDownLatch(1);
        scheduler.execute(() -> {
            TestPools.await(mayGoOn, scheduler);
            submit(TASKS, new AtomicInteger());
        });
        submitter.start();
        awaitHeld();
        expectRun(TASKS);
        mayGoOn.countDown();
        expectRun(TASKS + TASKS);
        releaseHeld();
        submitter.join();
        expectRun(TASKS + TASKS + 1);
    }

    private CountDownLatch blockTheOther() {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch busy = new CountDownLatch(1);
        scheduler.execute(() -> {
            blocked.countDown();
            TestPools.await(busy, scheduler);
        });
        TestPools.await(blocked, scheduler);
        return busy;
    }

    private void submit(int tasks, AtomicInteger submitted) {
        for (int i = 0; i < tasks; i++) {
            scheduler.execute(ran::incrementAndGet);
            submitted.incrementAndGet();
        }
    }

    private void expectThatTasksOfTasksRun(int before) {
        scheduler.execute(() -> submit(TASKS, new AtomicInteger()));
        expectRun(before + TASKS);
    }

    private void expectRun(int tasks) {
        awaitTrue(() -> ran.get() >= tasks, "the run of " + tasks + " tasks, on " + scheduler.stats());
        if (ran.get() > tasks) {
            throw new AssertionError(ran + " ran of " + tasks);
        }
    }
}
