// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import static io.poolchain.scheduler.queue.AttackedQueue.chain;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZII_Result;

/** Chains that grow and shrink: each ring has one slot, so each element has its own ring. -1 stands for nothing. */
public final class ChainAttack {
    private ChainAttack() {}

    @JCStressTest
    @Outcome(id = "-1, 1, 2", expect = ACCEPTABLE, desc = "The thief comes before the first push.")
    @Outcome(id = "1, 2, -1", expect = ACCEPTABLE, desc = "The thief takes the first.")
    @Outcome(expect = FORBIDDEN, desc = "A ring is dropped with an element in it, or an element is taken twice.")
    @State
    public static class Growth {
        private final AttackedQueue queue = chain(ChainFault.NEXT_AFTER_POP);

        @Actor
        public void owner() {
            queue.push(1);
            queue.push(2);
        }

        @Actor
        public void thief(III_Result r) {
            r.r1 = queue.steal();
        }

        @Arbiter
        public void rest(III_Result r) {
            r.r2 = queue.steal();
            r.r3 = queue.steal();
        }
    }

    @JCStressTest
    @Outcome(
            id = {"1, 2", "2, 1"},
            expect = ACCEPTABLE,
            desc = "Each finds one.")
    @Outcome(expect = FORBIDDEN, desc = "The thief finds nothing in a chain that was never empty.")
    @State
    public static class FalseEmpty {
        private final AttackedQueue queue =
                chain(ChainFault.NO_SECOND_LOOK_AT_NEXT).holding(1);

        @Actor
        public void owner(II_Result r) {
            queue.push(2);
            r.r1 = queue.steal();
        }

        @Actor
        public void thief(II_Result r) {
            r.r2 = queue.steal();
        }
    }

    @JCStressTest
    @Outcome(
            id = {"2, 3, 4, 5", "3, 2, 4, 5", "4, 2, 3, 5"},
            expect = ACCEPTABLE,
            desc = "Each element once, in order.")
    @Outcome(expect = FORBIDDEN, desc = "The tail goes back to a dropped ring.")
    @State
    public static class RingDrop {
        private final AttackedQueue queue =
                chain(ChainFault.DROP_WITHOUT_COMPETING).holding(1, 2, 3, 4);

        public RingDrop() {
            queue.steal(); // the oldest ring is drained, and not dropped
        }

        @Actor
        public void first(IIII_Result r) {
            r.r1 = queue.steal();
        }

        @Actor
        public void second(IIII_Result r) {
            r.r2 = queue.steal();
            r.r3 = queue.steal();
        }

        @Arbiter
        public void later(IIII_Result r) {
            queue.push(5);
            r.r4 = queue.steal();
        }
    }

    @JCStressTest
    @Outcome(id = "false, 1, 2", expect = ACCEPTABLE, desc = "Not empty.")
    @Outcome(expect = FORBIDDEN, desc = "A look that meets a dropped ring says empty of a chain that was never empty.")
    @State
    public static class LookWhileRingsAreDropped {
        private final AttackedQueue queue =
                chain(ChainFault.LOOK_ENDS_AT_DROPPED_RING).holding(1, 2, 3);

        @Actor
        public void look(ZII_Result r) {
            r.r1 = queue.isEmpty();
        }

        @Actor
        public void thief(ZII_Result r) {
            r.r2 = queue.steal();
            r.r3 = queue.steal();
        }
    }

    @JCStressTest
    @Outcome(
            id = {"3, 1, 2, -1", "3, 2, 1, -1"},
            expect = ACCEPTABLE,
            desc = "Each takes one.")
    @Outcome(
            id = {"3, 1, -1, 2", "3, -1, 1, 2"},
            expect = ACCEPTABLE,
            desc = "One thief comes between two pushes.")
    @Outcome(expect = FORBIDDEN, desc = "An element is taken twice, or lost with its ring.")
    @State
    public static class OwnerAndTwoThieves {
        private final AttackedQueue queue = chain(ChainFault.NEXT_AFTER_POP).holding(1);

        @Actor
        public void owner(IIII_Result r) {
            queue.push(2);
            queue.push(3);
            r.r1 = queue.pop();
        }

        @Actor
        public void first(IIII_Result r) {
            r.r2 = queue.steal();
        }

        @Actor
        public void second(IIII_Result r) {
            r.r3 = queue.steal();
        }

        @Arbiter
        public void rest(IIII_Result r) {
            r.r4 = queue.steal();
        }
    }
}
