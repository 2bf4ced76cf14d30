// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.jcstress.Variant.ATTACKED;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/** A future that is run, cancelled and asked at the same time. The model is the JDK's {@link FutureTask}. */
public final class FutureAttack {
    private static final WorkStealingScheduler SCHEDULER = WorkStealingScheduler.newFixedThreadPool(1);

    private FutureAttack() {}

    private static RunnableFuture<Integer> future(Callable<Integer> task) {
        return switch (ATTACKED) {
            case MODEL -> new FutureTask<>(task);
            case ACTUAL -> SCHEDULER.newTaskFor(task);
            case BROKEN -> new BrokenFuture(task);
        };
    }

    @JCStressTest
    @Outcome(id = "true, false, false", expect = ACCEPTABLE, desc = "It runs to its end.")
    @Outcome(id = "false, true, true", expect = ACCEPTABLE, desc = "It is cancelled before it begins.")
    @Outcome(id = "true, true, true", expect = ACCEPTABLE, desc = "It is cancelled while it runs.")
    @Outcome(expect = FORBIDDEN, desc = "Two outcomes, or none.")
    @State
    public static class RunOrCancel {
        private boolean ran;
        private final RunnableFuture<Integer> future = future(() -> {
            ran = true;
            return 1;
        });

        @Actor
        public void worker(ZZZ_Result r) {
            future.run();
            r.r1 = ran;
        }

        @Actor
        public void canceller(ZZZ_Result r) {
            r.r2 = future.cancel(false);
        }

        @Arbiter
        public void end(ZZZ_Result r) {
            r.r3 = future.isCancelled();
        }
    }

    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "It runs once.")
    @Outcome(expect = FORBIDDEN, desc = "It runs twice, or never.")
    @State
    public static class RunOnce {
        private int runs;
        private final RunnableFuture<Integer> future = future(() -> {
            synchronized (this) {
                runs++;
            }
            return 1;
        });

        @Actor
        public void thief() {
            future.run();
        }

        @Actor
        public void waiter() {
            future.run();
        }

        @Arbiter
        public void end(I_Result r) {
            r.r1 = runs;
        }
    }

    @JCStressTest
    @Outcome(id = "-1", expect = ACCEPTABLE, desc = "Not yet done.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "Done, and so is what the task has written.")
    @Outcome(expect = FORBIDDEN, desc = "Done, but what the task has written is not seen.")
    @State
    public static class PlainWritesOfTask {
        private int written;
        private final RunnableFuture<Integer> future = future(() -> {
            written = 1;
            return 1;
        });

        @Actor
        public void worker() {
            future.run();
        }

        @Actor
        public void waiter(I_Result r) {
            r.r1 = future.isDone() ? written : -1;
        }
    }

    /** Looks, then acts, and says that it is done when it has begun. */
    private static final class BrokenFuture implements RunnableFuture<Integer> {
        private static final Integer CANCELLED = -2;

        private final Callable<Integer> task;
        private volatile boolean started;
        private volatile Integer outcome;

        BrokenFuture(Callable<Integer> task) {
            this.task = task;
        }

        @Override
        public void run() {
            if (started || outcome != null) {
                return;
            }
            started = true;
            try {
                outcome = task.call();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            if (outcome != null) {
                return false;
            }
            outcome = CANCELLED;
            return true;
        }

        @Override
        public boolean isCancelled() {
            return CANCELLED.equals(outcome);
        }

        @Override
        public boolean isDone() {
            return started;
        }

        @Override
        public Integer get() {
            return outcome;
        }

        @Override
        public Integer get(long timeout, TimeUnit unit) {
            return outcome;
        }
    }
}
