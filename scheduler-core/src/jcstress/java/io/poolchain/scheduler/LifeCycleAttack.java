// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.IdleAttack.TASK;
import static io.poolchain.scheduler.jcstress.Variant.ATTACKED;
import static io.poolchain.scheduler.jcstress.Variant.BROKEN;
import static io.poolchain.scheduler.jcstress.Variant.atOnceInModel;
import static io.poolchain.scheduler.jcstress.Variant.doAtOnceInModel;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.poolchain.scheduler.SubmissionQueue.Offer;
import io.poolchain.scheduler.queue.PoolChain;
import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** The transitions of docs/lifecycle.md against those who submit, and the time-out of a worker against its wake-up. */
public final class LifeCycleAttack {
    private LifeCycleAttack() {}

    /** A state that advances: as {@link RunState}, or without the compare-and-set. */
    private static final class Advancing {
        private final RunState actual = new RunState();
        private volatile int broken = RunState.RUNNING;

        boolean advanceTo(int target) {
            return ATTACKED == BROKEN ? lookThenAdvance(target) : atOnceInModel(this, () -> actual.advanceTo(target));
        }

        private boolean lookThenAdvance(int target) {
            if (broken >= target) {
                return false;
            }
            broken = target;
            return true;
        }

        boolean isAtLeast(int target) {
            return ATTACKED == BROKEN ? broken >= target : actual.isAtLeast(target);
        }
    }

    @JCStressTest
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "The first closes it.")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "The second closes it.")
    @Outcome(expect = FORBIDDEN, desc = "Both make the same transition, or nobody.")
    @State
    public static class SameTransition {
        private final Advancing state = new Advancing();

        @Actor
        public void first(ZZ_Result r) {
            r.r1 = state.advanceTo(RunState.CLOSING);
        }

        @Actor
        public void second(ZZ_Result r) {
            r.r2 = state.advanceTo(RunState.CLOSING);
        }
    }

    @JCStressTest
    @Outcome(id = "true, true, true", expect = ACCEPTABLE, desc = "SHUTDOWN, then STOP.")
    @Outcome(id = "false, true, true", expect = ACCEPTABLE, desc = "STOP at once.")
    @Outcome(expect = FORBIDDEN, desc = "The state goes back from STOP to SHUTDOWN.")
    @State
    public static class ShutdownOrStop {
        private final Advancing state = new Advancing();

        @Actor
        public void shutdown(ZZZ_Result r) {
            r.r1 = state.advanceTo(RunState.SHUTDOWN);
        }

        @Actor
        public void stop(ZZZ_Result r) {
            r.r2 = state.advanceTo(RunState.STOP);
        }

        @Arbiter
        public void end(ZZZ_Result r) {
            r.r3 = state.isAtLeast(RunState.STOP);
        }
    }

    /** A worker submits a task as {@link Worker#submit} does, while another thread closes and drains. */
    @JCStressTest
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Accepted, and found by whoever closes.")
    @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "Rejected.")
    @Outcome(id = "true, false", expect = FORBIDDEN, desc = "Accepted, and forgotten.")
    @Outcome(id = "false, true", expect = FORBIDDEN, desc = "Rejected, and run.")
    @State
    public static class SubmitOrClose {
        private final RunState state = new RunState();
        private final PoolChain<Runnable> chain = new PoolChain<>();

        private boolean submit() {
            if (!state.isRunning()) {
                return false;
            }
            chain.pushHead(TASK);
            if (ATTACKED != BROKEN) {
                VarHandle.fullFence();
            }
            return state.isRunning() || chain.popHead() == null;
        }

        private boolean closeAndFind() {
            state.advanceTo(RunState.CLOSING);
            return chain.popTail() != null;
        }

        @Actor
        public void worker(ZZ_Result r) {
            r.r1 = atOnceInModel(this, this::submit);
        }

        @Actor
        public void closer(ZZ_Result r) {
            r.r2 = atOnceInModel(this, this::closeAndFind);
        }
    }

    /** A thief moves the one task that is left, while another thread closes the scheduler and drains both chains. */
    @JCStressTest
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Moved, and found by whoever closes.")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "Not moved, and found.")
    @Outcome(expect = FORBIDDEN, desc = "Nobody finds the task that was in the thief's hand.")
    @State
    public static class TransferOrClose {
        private final RunState state = new RunState();
        private final PoolChain<Runnable> victim = new PoolChain<>();
        private final PoolChain<Runnable> own = new PoolChain<>();
        private final TaskTransfer transfer = new TaskTransfer(own, state);

        public TransferOrClose() {
            victim.pushHead(TASK);
        }

        private boolean closeThenFind() {
            state.advanceTo(RunState.CLOSING);
            if (ATTACKED != BROKEN) {
                transfer.awaitEnd();
            }
            return own.popTail() != null || victim.popTail() != null;
        }

        @Actor
        public void thief(ZZ_Result r) {
            r.r1 = atOnceInModel(this, () -> transfer.take(victim, 1) == 1);
        }

        @Actor
        public void closer(ZZ_Result r) {
            r.r2 = atOnceInModel(this, this::closeThenFind);
        }
    }

    @JCStressTest
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Accepted, and visible when close has returned.")
    @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "Refused.")
    @Outcome(expect = FORBIDDEN, desc = "A task comes in after close has returned, or a refused one is in the queue.")
    @State
    public static class OfferOrClose {
        private final SubmissionQueue submissions = new SubmissionQueue(1);

        /** Set by the broken variant only. */
        private volatile boolean closed;

        private boolean offer() {
            return atOnceInModel(this, () -> !closed && submissions.offer(TASK) == Offer.ACCEPTED);
        }

        private void close() {
            if (ATTACKED == BROKEN) {
                closed = true; // and does not wait for whoever has not seen it
            } else {
                doAtOnceInModel(this, submissions::close);
            }
        }

        @Actor
        public void submitter(ZZ_Result r) {
            r.r1 = offer();
        }

        @Actor
        public void closer(ZZ_Result r) {
            close();
            r.r2 = !submissions.isEmpty();
        }
    }

    @JCStressTest
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Accepted, and seen by the last look.")
    @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "Unattended: the submitter makes a thread.")
    @Outcome(expect = FORBIDDEN, desc = "Accepted after the last look of the last thread.")
    @State
    public static class OfferOrLastThreadLeaves {
        private final SubmissionQueue submissions = new SubmissionQueue(1);

        private boolean offer() {
            return atOnceInModel(this, () -> submissions.offer(TASK) == Offer.ACCEPTED);
        }

        private void leave() {
            doAtOnceInModel(this, () -> submissions.setAttended(false));
            if (ATTACKED != BROKEN) {
                submissions.awaitOffersUnderWay();
            }
        }

        @Actor
        public void submitter(ZZ_Result r) {
            r.r1 = offer();
        }

        @Actor
        public void lastThread(ZZ_Result r) {
            leave();
            r.r2 = !submissions.isEmpty();
        }
    }

    @JCStressTest
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "Woken in time.")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "Timed out: the claim is withdrawn.")
    @Outcome(expect = FORBIDDEN, desc = "Woken and gone: a searcher that never searches; or asleep for ever.")
    @State
    public static class WakeOrTimeOut {
        private final Sleeper sleeper = new Sleeper();

        private boolean wake() {
            return ATTACKED == BROKEN ? lookThenWake() : atOnceInModel(this, sleeper::unpark);
        }

        private boolean lookThenWake() {
            if (!sleeper.isParked()) {
                return false;
            }
            sleeper.hire(); // awake, without a compare-and-set
            return true;
        }

        @Actor
        public void claimer(ZZ_Result r) {
            r.r1 = wake();
        }

        @Actor
        public void sleeper(ZZ_Result r) {
            r.r2 = atOnceInModel(this, sleeper::timeOut);
        }

        private static final class Sleeper extends WorkerStatus {
            Sleeper() {
                hire();
                setParked();
            }
        }
    }
}
