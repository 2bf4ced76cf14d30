// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.awaitTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** What {@link HeldThreadTest} does in a JVM of its own, under a {@link Debugger}. Ends with 0 if all is well. */
final class HeldThread {
    private static final String HEAD = "io.poolchain.scheduler.queue.RingHead";
    private static final String SLOTS = "io.poolchain.scheduler.queue.RingSlots";
    private static final String TAIL = "io.poolchain.scheduler.queue.RingTail";
    private static final String CHAIN = "io.poolchain.scheduler.queue.PoolChain";

    private static final int TASKS = 1_000;

    /** Less than the first ring holds. */
    private static final int FEW = 5;

    /** Set by the debugger. */
    private static volatile boolean held;

    private final AtomicInteger ran = new AtomicInteger();
    private final WorkStealingScheduler scheduler = WorkStealingScheduler.newFixedThreadPool(2);

    public static void main(String[] args) {
        held = false;
        HeldThread pool = new HeldThread();
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
            case "ownerWhoGrows" -> holdOwner(CHAIN, "link", "pushHead");
            case "ownerWhoPops" -> holdOwnerWhoPops();
            case "thief" -> holdThief();
            case "submitter" -> holdSubmitter();
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
