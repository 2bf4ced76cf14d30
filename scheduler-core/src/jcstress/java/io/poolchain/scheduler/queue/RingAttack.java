// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import static io.poolchain.scheduler.queue.AttackedQueue.ring;
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

/** The owner of a ring against thieves. -1 stands for nothing; indexes start just below their wrap-around. */
public final class RingAttack {
    private static final long BELOW_WRAP = -1;

    private RingAttack() {}

    @JCStressTest
    @Outcome(id = "1, -1", expect = ACCEPTABLE, desc = "The owner takes it.")
    @Outcome(id = "-1, 1", expect = ACCEPTABLE, desc = "The thief takes it.")
    @Outcome(expect = FORBIDDEN, desc = "Both take it, or nobody.")
    @State
    public static class LastElement {
        private final AttackedQueue queue =
                ring(2, BELOW_WRAP, RingFault.POP_WITHOUT_COMPETING).holding(1);

        @Actor
        public void owner(II_Result r) {
            r.r1 = queue.pop();
        }

        @Actor
        public void thief(II_Result r) {
            r.r2 = queue.steal();
        }
    }

    @JCStressTest
    @Outcome(id = "1, -1", expect = ACCEPTABLE, desc = "The first takes it.")
    @Outcome(id = "-1, 1", expect = ACCEPTABLE, desc = "The second takes it.")
    @Outcome(expect = FORBIDDEN, desc = "Both take it, or nobody.")
    @State
    public static class TwoThieves {
        private final AttackedQueue queue =
                ring(2, BELOW_WRAP, RingFault.STEAL_WITHOUT_COMPETING).holding(1);

        @Actor
        public void first(II_Result r) {
            r.r1 = queue.steal();
        }

        @Actor
        public void second(II_Result r) {
            r.r2 = queue.steal();
        }
    }

    @JCStressTest
    @Outcome(id = "2, 1, -1", expect = ACCEPTABLE, desc = "The first thief takes the oldest.")
    @Outcome(id = "2, -1, 1", expect = ACCEPTABLE, desc = "The second thief takes the oldest.")
    @Outcome(
            id = {"-1, 1, 2", "-1, 2, 1"},
            expect = ACCEPTABLE,
            desc = "The thieves take both.")
    @Outcome(expect = FORBIDDEN, desc = "An element is taken twice, or lost.")
    @State
    public static class OwnerAndTwoThieves {
        private final AttackedQueue queue =
                ring(2, BELOW_WRAP, RingFault.STEAL_WITHOUT_COMPETING).holding(1, 2);

        @Actor
        public void owner(III_Result r) {
            r.r1 = queue.pop();
        }

        @Actor
        public void first(III_Result r) {
            r.r2 = queue.steal();
        }

        @Actor
        public void second(III_Result r) {
            r.r3 = queue.steal();
        }
    }

    /**
     * Two elements, as many as the owner may hope to have one of without competing. In a ring of two the thief goes by the
     * bound, in one of four by the head.
     */
    abstract static class TwoElements {
        private final AttackedQueue queue;

        TwoElements(int capacity, RingFault fault) {
            queue = ring(capacity, BELOW_WRAP, fault).holding(1, 2);
        }

        final void pop(III_Result r) {
            r.r1 = queue.pop();
        }

        final void steal(III_Result r) {
            r.r2 = queue.steal();
            r.r3 = queue.steal();
        }
    }

    @JCStressTest
    @Outcome(id = "2, 1, -1", expect = ACCEPTABLE, desc = "Each takes one.")
    @Outcome(id = "-1, 1, 2", expect = ACCEPTABLE, desc = "The thief takes both.")
    @Outcome(expect = FORBIDDEN, desc = "The newest is taken twice, or lost.")
    @State
    public static class NewestOfTwo extends TwoElements {
        public NewestOfTwo() {
            super(4, RingFault.POP_WITHOUT_SECOND_LOOK);
        }

        @Actor
        public void owner(III_Result r) {
            pop(r);
        }

        @Actor
        public void thief(III_Result r) {
            steal(r);
        }
    }

    @JCStressTest
    @Outcome(id = "2, 1, -1", expect = ACCEPTABLE, desc = "Each takes one.")
    @Outcome(id = "-1, 1, 2", expect = ACCEPTABLE, desc = "The thief takes both.")
    @Outcome(expect = FORBIDDEN, desc = "The thief does not see in time that the owner has lowered the head.")
    @State
    public static class LoweredHead extends TwoElements {
        public LoweredHead() {
            super(4, RingFault.POP_WITHOUT_FENCE);
        }

        @Actor
        public void owner(III_Result r) {
            pop(r);
        }

        @Actor
        public void thief(III_Result r) {
            steal(r);
        }
    }

    @JCStressTest
    @Outcome(id = "2, 1, -1", expect = ACCEPTABLE, desc = "Each takes one.")
    @Outcome(id = "-1, 1, 2", expect = ACCEPTABLE, desc = "The thief takes both.")
    @Outcome(expect = FORBIDDEN, desc = "The thief relies on a bound that is above what the owner takes.")
    @State
    public static class LoweredBound extends TwoElements {
        public LoweredBound() {
            super(2, RingFault.POP_LEAVES_BOUND);
        }

        @Actor
        public void owner(III_Result r) {
            pop(r);
        }

        @Actor
        public void thief(III_Result r) {
            steal(r);
        }
    }

    @JCStressTest
    @Outcome(id = "1, -1, 2, -1", expect = ACCEPTABLE, desc = "The owner takes the first, the second remains.")
    @Outcome(
            id = {"-1, 1, 2, -1", "1, 2, -1, -1"},
            expect = ACCEPTABLE,
            desc = "The thief takes one.")
    @Outcome(expect = FORBIDDEN, desc = "What the owner pushes after a lost race is lost.")
    @State
    public static class PushAfterPop {
        private final AttackedQueue queue =
                ring(2, BELOW_WRAP, RingFault.POP_LEAVES_HEAD_LOWERED).holding(1);

        @Actor
        public void owner(IIII_Result r) {
            r.r1 = queue.pop();
            queue.push(2);
        }

        @Actor
        public void thief(IIII_Result r) {
            r.r2 = queue.steal();
        }

        @Arbiter
        public void rest(IIII_Result r) {
            r.r3 = queue.steal();
            r.r4 = queue.steal();
        }
    }

    /** An empty ring, the push of an element, and a thief. */
    abstract static class Push {
        private final AttackedQueue queue;

        Push(RingFault fault) {
            queue = ring(2, BELOW_WRAP, fault);
        }

        final void push() {
            queue.push(1);
        }

        final int steal() {
            return queue.steal();
        }
    }

    @JCStressTest
    @Outcome(id = "1, -1", expect = ACCEPTABLE, desc = "The thief finds it.")
    @Outcome(id = "-1, 1", expect = ACCEPTABLE, desc = "The thief comes too early.")
    @Outcome(expect = FORBIDDEN, desc = "The thief claims an element that is not there yet.")
    @State
    public static class PushedElement extends Push {
        public PushedElement() {
            super(RingFault.PUBLISH_BEFORE_FILLING);
        }

        @Actor
        public void owner() {
            push();
        }

        @Actor
        public void thief(II_Result r) {
            r.r1 = steal();
        }

        @Arbiter
        public void rest(II_Result r) {
            r.r2 = steal();
        }
    }

    @JCStressTest
    @Outcome(id = "1, -1", expect = ACCEPTABLE, desc = "The thief finds it with what was written before the push.")
    @Outcome(id = "-1, 1", expect = ACCEPTABLE, desc = "The thief comes too early.")
    @Outcome(expect = FORBIDDEN, desc = "The thief finds it without what was written before the push, or not at all.")
    @State
    public static class PlainWritesBeforePush extends Push {
        public PlainWritesBeforePush() {
            super(RingFault.PUBLISH_WITHOUT_RELEASE);
        }

        @Actor
        public void owner() {
            push();
        }

        @Actor
        public void thief(II_Result r) {
            r.r1 = steal();
        }

        @Arbiter
        public void rest(II_Result r) {
            r.r2 = steal();
        }
    }

    @JCStressTest
    @Outcome(id = "true, 1, 2", expect = ACCEPTABLE, desc = "The thief has cleared the slot, the owner fills it again.")
    @Outcome(id = "false, 1, -1", expect = ACCEPTABLE, desc = "The ring is full, or looks so.")
    @Outcome(expect = FORBIDDEN, desc = "A slot is filled again before its element was taken, or cleared too late.")
    @State
    public static class SlotReuse {
        private final AttackedQueue queue =
                ring(1, BELOW_WRAP, RingFault.PUSH_WITHOUT_LOOKING_AT_SLOT).holding(1);

        @Actor
        public void owner(ZII_Result r) {
            r.r1 = queue.push(2);
        }

        @Actor
        public void thief(ZII_Result r) {
            r.r2 = queue.steal();
        }

        @Arbiter
        public void rest(ZII_Result r) {
            r.r3 = queue.steal();
        }
    }

    /** The thief has claimed the oldest element before the race begins, and is slow to take it. */
    @JCStressTest
    @Outcome(id = "true, 1, 3", expect = ACCEPTABLE, desc = "The thief was in time.")
    @Outcome(id = "false, 1, 2", expect = ACCEPTABLE, desc = "The ring looks full though one element is claimed.")
    @Outcome(expect = FORBIDDEN, desc = "The owner uses the slot before the thief has given it back.")
    @State
    public static class SlowThief {
        private final AttackedQueue queue = ring(2, BELOW_WRAP, RingFault.PUSH_WITHOUT_LOOKING_AT_SLOT)
                .holding(1, 2)
                .withClaim(BELOW_WRAP);

        @Actor
        public void owner(ZII_Result r) {
            r.r1 = queue.push(3);
        }

        @Actor
        public void thief(ZII_Result r) {
            r.r2 = queue.takeClaimed(BELOW_WRAP);
        }

        @Arbiter
        public void newest(ZII_Result r) {
            r.r3 = queue.pop();
        }
    }

    @JCStressTest
    @Outcome(
            id = {"3, 1, 2", "3, 1, -1"},
            expect = ACCEPTABLE,
            desc = "Each takes at its own end.")
    @Outcome(id = "-1, 1, 2", expect = ACCEPTABLE, desc = "The thief takes all that there is.")
    @Outcome(expect = FORBIDDEN, desc = "Indexes beyond the sign change are taken for smaller ones.")
    @State
    public static class SignChange {
        private final AttackedQueue queue =
                ring(4, Long.MAX_VALUE - 1, RingFault.STEAL_COMPARES_INDEXES).holding(1, 2);

        @Actor
        public void owner(III_Result r) {
            queue.push(3);
            r.r1 = queue.pop();
        }

        @Actor
        public void thief(III_Result r) {
            r.r2 = queue.steal();
            r.r3 = queue.steal();
        }
    }
}
