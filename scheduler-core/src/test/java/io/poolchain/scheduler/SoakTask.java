// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * One task of a soak: what it does is derived from its seed, and what becomes of it is written down. The fields without a
 * memory mode are read when the scheduler has terminated and all submitters have ended, which must make them visible.
 */
final class SoakTask implements Runnable, Callable<Long> {
    /** What was said to the submitter. */
    enum Answer {
        NONE,
        TAKEN,
        REFUSED,
        NO_THREAD
    }

    /** How the task ends, if it gets to run. */
    enum End {
        NORMAL,
        EXCEPTION,
        ERROR,
        OVERFLOW
    }

    /** What a task throws on purpose. */
    static final class PlannedException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** What a task throws on purpose. */
    static final class PlannedError extends Error {
        private static final long serialVersionUID = 1;
    }

    private static final ThreadLocal<SoakTask> CURRENT = new ThreadLocal<>();

    final boolean viaSubmit;
    final AtomicInteger runs = new AtomicInteger();
    final AtomicInteger returned = new AtomicInteger();
    final AtomicInteger discarded = new AtomicInteger();
    Answer answer = Answer.NONE;
    Future<Long> future;
    boolean ranByCaller;
    boolean joined;
    boolean cancelled;

    /** How often it had run when it was cancelled and can't run any more; -1 if that is not known. */
    int runsAtMost = -1;

    private final SoakRun run;
    private final long seed;
    private final int depth;
    private final SplittableRandom random;
    private final End end;

    /** What it waits for before all else, or null. */
    private final CountDownLatch gate;

    private Thread submitter;

    SoakTask(SoakRun run, long seed, int depth, CountDownLatch gate) {
        this.gate = gate;
        this.run = run;
        this.seed = seed;
        this.depth = depth;
        random = new SplittableRandom(seed);
        viaSubmit = random.nextBoolean();
        end = troubles() ? End.values()[random.nextInt(End.values().length)] : End.NORMAL;
    }

    private boolean troubles() {
        return random.nextInt(1_000) < run.plan.troublesomeTasks();
    }

    // ---- submission

    void submit() {
        submitter = Thread.currentThread();
        try {
            if (viaSubmit) {
                future = run.scheduler.submit((Callable<Long>) this);
            } else {
                run.scheduler.execute(run.plan.discards() ? new Discardable(this) : this);
            }
            answer = Answer.TAKEN;
        } catch (SoakThreads.Failure e) {
            answer = Answer.NO_THREAD;
        } catch (RejectedExecutionException e) {
            answer = e.getMessage().contains("returned null") ? Answer.NO_THREAD : Answer.REFUSED;
        } catch (Throwable failure) {
            if (!ranByCaller || !isPlanned(failure)) {
                throw failure;
            }
            answer = Answer.TAKEN;
        } finally {
            submitter = null;
        }
    }

    /** Decides what becomes of the future; draws as many numbers whatever has happened. */
    void handle(SplittableRandom random) {
        boolean cancel = random.nextInt(100) < run.plan.cancels();
        boolean interrupt = random.nextBoolean();
        if (future != null && cancel) {
            cancel(interrupt);
        }
    }

    private void cancel(boolean interrupt) {
        if (future.cancel(interrupt)) {
            cancelled = true;
            if (!((WorkerFuture<?>) future).isStarted()) {
                runsAtMost = runs.get();
            }
        }
    }

    /** Waits for the result; on a worker without a bound, because that runs what nobody else does. */
    void join(boolean timed) {
        if (future == null) {
            return;
        }
        boolean onWorker = SoakThreads.isOfWorker(Thread.currentThread());
        joined |= onWorker;
        try {
            long result = onWorker && !timed ? future.get() : future.get(50, TimeUnit.MICROSECONDS);
            run.verify(result == seed && end == End.NORMAL, this, "another task's result");
        } catch (ExecutionException e) {
            run.verify(isPlanned(e.getCause()), this, e);
        } catch (CancellationException e) {
            run.verify(future.isCancelled(), this, e);
        } catch (InterruptedException | TimeoutException e) {
            // On with the next.
        }
    }

    boolean isPlanned(Throwable failure) {
        return switch (end) {
            case NORMAL -> false;
            case EXCEPTION -> failure instanceof PlannedException;
            case ERROR -> failure instanceof PlannedError;
            case OVERFLOW -> failure instanceof StackOverflowError;
        };
    }

    /** Whether it takes up a place in the scheduler, as far as its submitter can see. */
    boolean isInside() {
        return answer == Answer.TAKEN && !ranByCaller && discarded.get() == 0 && !(viaSubmit && future.isCancelled());
    }

    boolean throwsOutOfRun() {
        return !viaSubmit && end != End.NORMAL;
    }

    // ---- the task

    @Override
    public void run() {
        call();
    }

    @Override
    public Long call() {
        runs.incrementAndGet();
        ranByCaller = submitter == Thread.currentThread();
        SoakTask outer = CURRENT.get();
        boolean inFlight = outer == null && !ranByCaller;
        CURRENT.set(this);
        if (inFlight) {
            run.countInFlight(1);
        }
        try {
            if (gate != null) {
                TestPools.await(gate, run.scheduler);
            }
            work();
            submitChildren();
            fail();
            return seed;
        } finally {
            CURRENT.set(outer);
            if (inFlight) {
                run.countInFlight(-1);
            }
        }
    }

    private void work() {
        for (int i = random.nextInt(1 << random.nextInt(10)); i > 0; i--) {
            Thread.onSpinWait();
        }
        if (random.nextInt(200) == 0) {
            LockSupport.parkNanos(random.nextInt(200_000));
        }
        if (troubles()) {
            run.garbage = new byte[random.nextInt(1 << 18)];
        }
        if (troubles()) {
            Thread.currentThread().interrupt();
        }
    }

    private void submitChildren() {
        if (depth == 0) {
            return;
        }
        boolean atOnce = random.nextBoolean();
        List<SoakTask> children = new ArrayList<>();
        for (int i = random.nextInt(run.plan.children() + 1); i > 0; i--) {
            SoakTask child = run.submit(random.nextLong(), depth - 1);
            child.handle(random);
            children.add(child);
            if (atOnce) {
                child.join(random.nextInt(4) == 0);
            }
        }
        boolean timed = random.nextInt(4) == 0;
        if (!atOnce && random.nextBoolean()) {
            children.forEach(child -> child.join(timed));
        }
    }

    private void fail() {
        switch (end) {
            case NORMAL -> {}
            case EXCEPTION -> throw new PlannedException();
            case ERROR -> throw new PlannedError();
            case OVERFLOW -> descend(1);
        }
    }

    @SuppressWarnings("InfiniteRecursion") // that is its purpose
    private static int descend(int frames) {
        return 1 + descend(frames + 1);
    }

    /** Without the future, whose text holds this one. */
    @Override
    public String toString() {
        String state =
                future == null ? "none" : future.isCancelled() ? "cancelled" : future.isDone() ? "done" : "waiting";
        return "SoakTask[seed=" + seed + ", viaSubmit=" + viaSubmit + ", end=" + end + ", answer=" + answer + ", runs="
                + runs + ", returned=" + returned + ", discarded=" + discarded + ", ranByCaller=" + ranByCaller
                + ", joined="
                + joined + ", cancelled=" + cancelled + ", runsAtMost=" + runsAtMost + ", future=" + state + ']';
    }

    /** For execute: a policy that discards the task says so by a cancellation. */
    record Discardable(SoakTask task) implements RunnableFuture<Void> {
        @Override
        public void run() {
            task.run();
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            task.discarded.incrementAndGet();
            return true;
        }

        @Override
        public boolean isCancelled() {
            return task.discarded.get() > 0;
        }

        @Override
        public boolean isDone() {
            return isCancelled() || task.runs.get() > 0;
        }

        @Override
        public Void get() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Void get(long timeout, TimeUnit unit) {
            throw new UnsupportedOperationException();
        }
    }

    /** What the decorator makes of a task. */
    record Decorated(Runnable task) implements Runnable {
        @Override
        public void run() {
            task.run();
        }
    }
}
