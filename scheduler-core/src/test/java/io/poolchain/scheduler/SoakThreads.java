// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** A thread factory that fails now and then, and remembers its threads. */
final class SoakThreads implements ThreadFactory {
    /** Enough for the scheduler, and soon used up by a task that overflows it. */
    private static final long STACK_BYTES = 256 << 10;

    /** What it throws. */
    static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** A thread of the scheduler. */
    private static final class OfWorker extends Thread {
        OfWorker(Runnable work, String name) {
            super(null, work, name, STACK_BYTES);
        }
    }

    private final String prefix;
    private final int failsEvery;
    private final AtomicInteger calls = new AtomicInteger();
    private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();

    SoakThreads(SoakPlan plan) {
        prefix = "soak-" + plan.seed() + "-worker-";
        failsEvery = plan.factoryFailsEvery();
    }

    @Override
    public Thread newThread(Runnable work) {
        int call = calls.incrementAndGet();
        if (failsEvery > 0 && call % failsEvery == 0) {
            if (call % 2 == 0) {
                return null;
            }
            throw new Failure();
        }
        Thread thread = new OfWorker(work, prefix + call);
        threads.add(thread);
        return thread;
    }

    /** Whether a worker of the scheduler runs the caller; what a submitter outside runs itself it does not. */
    static boolean isOfWorker(Thread thread) {
        return thread instanceof OfWorker;
    }

    void interruptOne(int which) {
        threads.removeIf(thread -> thread.getState() == Thread.State.TERMINATED);
        threads.stream().skip(which).findFirst().ifPresent(Thread::interrupt);
    }
}
