// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.jcstress.Variant.ATTACKED;
import static io.poolchain.scheduler.jcstress.Variant.BROKEN;
import static io.poolchain.scheduler.jcstress.Variant.MODEL;
import static io.poolchain.scheduler.jcstress.Variant.atOnceInModel;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.poolchain.scheduler.queue.PoolChain;
import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** The idle protocol, by the step names of docs/idle-protocol.md. */
public final class IdleAttack {
    /** What a claim returns: a worker, or one of these. */
    private static final int SEARCHED = IdleWorkers.SOMEBODY_SEARCHES;

    static final Runnable TASK = () -> {};

    private IdleAttack() {}

    /** One worker, searching at first: who pushes a task, and the worker that falls asleep meanwhile. */
    abstract static class PushAndSleep {
        final IdleWorkers idle = new IdleWorkers(1);

        PushAndSleep() {
            idle.startSearching();
        }

        abstract void push();

        abstract boolean isEmpty();

        boolean fences() {
            return true;
        }

        boolean looksAgain() {
            return true;
        }

        /** Whom the pusher has claimed. */
        final int submit() {
            return atOnceInModel(this, () -> {
                push();
                if (fences()) {
                    VarHandle.fullFence();
                }
                return idle.claimUnlessSearching(1);
            });
        }

        /** Whom the worker has claimed after it announced that it sleeps. */
        final int fallAsleep() {
            return atOnceInModel(
                    this,
                    () -> idle.fallAsleep(0) && looksAgain() && !isEmpty() ? idle.claimUnlessSearching(1) : SEARCHED);
        }
    }

    @JCStressTest
    @Outcome(id = "0, -2", expect = ACCEPTABLE, desc = "The pusher wakes the worker.")
    @Outcome(id = "-2, 0", expect = ACCEPTABLE, desc = "The worker looks again and wakes itself.")
    @Outcome(id = "-2, -2", expect = FORBIDDEN, desc = "Lost wake-up: neither sees what the other has done.")
    @Outcome(expect = FORBIDDEN, desc = "One sleeper is claimed twice.")
    @State
    public static class PushOrFallAsleep extends PushAndSleep {
        private final PoolChain<Runnable> chain = new PoolChain<>();

        @Override
        void push() {
            chain.pushHead(TASK);
        }

        @Override
        boolean isEmpty() {
            return chain.isEmpty();
        }

        @Override
        boolean fences() {
            return ATTACKED != BROKEN;
        }

        @Actor
        public void pusher(II_Result r) {
            r.r1 = submit();
        }

        @Actor
        public void worker(II_Result r) {
            r.r2 = fallAsleep();
        }
    }

    @JCStressTest
    @Outcome(id = "0, -2", expect = ACCEPTABLE, desc = "The submitter wakes the worker.")
    @Outcome(id = "-2, 0", expect = ACCEPTABLE, desc = "The worker looks again and wakes itself.")
    @Outcome(id = "-2, -2", expect = FORBIDDEN, desc = "Lost wake-up: the worker has looked only before it announced.")
    @Outcome(expect = FORBIDDEN, desc = "One sleeper is claimed twice.")
    @State
    public static class SubmitOrFallAsleep extends PushAndSleep {
        private final SubmissionQueue submissions = new SubmissionQueue(1);

        @Override
        void push() {
            submissions.offer(TASK);
        }

        @Override
        boolean isEmpty() {
            return submissions.isEmpty();
        }

        /** The release of the stripe's lock is enough. */
        @Override
        boolean fences() {
            return false;
        }

        @Override
        boolean looksAgain() {
            return ATTACKED != BROKEN;
        }

        @Actor
        public void submitter(II_Result r) {
            r.r1 = submit();
        }

        @Actor
        public void worker(II_Result r) {
            r.r2 = fallAsleep();
        }
    }

    @JCStressTest
    @Outcome(id = "0, -2", expect = ACCEPTABLE, desc = "The thief wakes the worker.")
    @Outcome(id = "-2, 0", expect = ACCEPTABLE, desc = "The worker looks again and wakes itself.")
    @Outcome(id = "-2, -2", expect = FORBIDDEN, desc = "Lost wake-up: the task was in the thief's hand at each look.")
    @Outcome(expect = FORBIDDEN, desc = "One sleeper is claimed twice.")
    @State
    public static class TransferOrFallAsleep extends PushAndSleep {
        private final PoolChain<Runnable> victim = new PoolChain<>();
        private final PoolChain<Runnable> own = new PoolChain<>();
        private final TaskTransfer transfer = new TaskTransfer(own, new RunState());

        public TransferOrFallAsleep() {
            victim.pushHead(TASK);
        }

        @Override
        void push() {
            transfer.take(victim, 1);
        }

        @Override
        boolean isEmpty() {
            return own.isEmpty() && victim.isEmpty();
        }

        @Override
        boolean looksAgain() {
            return ATTACKED != BROKEN;
        }

        @Actor
        public void thief(II_Result r) {
            r.r1 = submit();
        }

        @Actor
        public void worker(II_Result r) {
            r.r2 = fallAsleep();
        }
    }

    @JCStressTest
    @Outcome(id = "0, -1", expect = ACCEPTABLE, desc = "The first claims it.")
    @Outcome(id = "-1, 0", expect = ACCEPTABLE, desc = "The second claims it.")
    @Outcome(expect = FORBIDDEN, desc = "Both claim the only sleeper, or nobody.")
    @State
    public static class TwoClaims {
        private final IdleWorkers idle = asleep(0);

        private int claim() {
            return ATTACKED == BROKEN ? claimWithoutCompeting() : atOnceInModel(this, idle::claim);
        }

        private int claimWithoutCompeting() {
            long word = idle.wordVolatile();
            int top = IdleCounters.top(word);
            if (top != IdleWorkers.NOBODY_SLEEPS) {
                idle.addToWord(IdleCounters.wakeTop(word, IdleWorkers.NOBODY_SLEEPS) - word);
            }
            return top;
        }

        @Actor
        public void first(II_Result r) {
            r.r1 = claim();
        }

        @Actor
        public void second(II_Result r) {
            r.r2 = claim();
        }
    }

    /**
     * Workers 0 and 1 sleep, 0 on top. The first reads that, and is slow. Meanwhile the second wakes both; 1 has found a
     * task, and 0 sleeps again: but for the version the word is as it was.
     */
    @JCStressTest
    @Outcome(id = "0, 1, -1, -1", expect = ACCEPTABLE, desc = "The first claims 0, so the second finds 1.")
    @Outcome(id = "1, 0, -1, 0", expect = ACCEPTABLE, desc = "The first comes between the second's claims.")
    @Outcome(
            id = {"0, 0, 1, -1", "-1, 0, 1, 0"},
            expect = ACCEPTABLE,
            desc = "The first comes before or after 0 sleeps again.")
    @Outcome(expect = FORBIDDEN, desc = "A worker is claimed that is awake.")
    @State
    public static class ClaimFromChangedStack {
        private static final long VERSION = IdleCounters.of(1, 0, IdleCounters.NONE);

        private final IdleWorkers idle = asleep(1, 0);
        private final long start = idle.wordVolatile();

        /** As {@link IdleWorkers#claim}, but slow between the look and the compare-and-set. */
        private int claimSlowly() {
            if (ATTACKED != MODEL && idle.wordVolatile() == start) {
                Thread.onSpinWait();
                if (idle.casWord(start, IdleCounters.wakeTop(start, 1))) {
                    return 0;
                }
            }
            return claim();
        }

        private int claim() {
            return atOnceInModel(this, idle::claim);
        }

        private void fallAsleepAgain() {
            if (ATTACKED == BROKEN) {
                idle.addToWord(-VERSION); // so that the version will be what it was
            }
            atOnceInModel(this, () -> idle.fallAsleep(0));
        }

        @Actor
        public void first(IIII_Result r) {
            r.r1 = claimSlowly();
        }

        @Actor
        public void second(IIII_Result r) {
            r.r2 = claim();
            r.r3 = claim();
            if (r.r3 == 1) {
                idle.stopSearching();
            }
            if (r.r2 == 0) {
                fallAsleepAgain();
            }
        }

        @Arbiter
        public void rest(IIII_Result r) {
            r.r4 = idle.claim();
        }
    }

    @JCStressTest
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "The first is the last one to search.")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "The second is the last one to search.")
    @Outcome(expect = FORBIDDEN, desc = "Nobody knows that he was the last, and passes on; or both do.")
    @State
    public static class LastSearcher {
        private final IdleWorkers idle = new IdleWorkers(2);

        public LastSearcher() {
            idle.startSearching();
            idle.startSearching();
        }

        private boolean stopSearching() {
            return ATTACKED == BROKEN ? lookThenStop() : atOnceInModel(this, idle::stopSearching);
        }

        private boolean lookThenStop() {
            boolean last = idle.searching() == 1;
            idle.stopSearching();
            return last;
        }

        @Actor
        public void first(ZZ_Result r) {
            r.r1 = stopSearching();
        }

        @Actor
        public void second(ZZ_Result r) {
            r.r2 = stopSearching();
        }
    }

    private static IdleWorkers asleep(int... workers) {
        IdleWorkers idle = new IdleWorkers(workers.length, -1);
        for (int worker : workers) {
            idle.startSearching();
            idle.fallAsleep(worker);
        }
        return idle;
    }
}
