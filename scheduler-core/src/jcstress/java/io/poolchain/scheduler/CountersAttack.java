// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.jcstress.Variant.ATTACKED;
import static io.poolchain.scheduler.jcstress.Variant.BROKEN;
import static io.poolchain.scheduler.jcstress.Variant.atOnceInModel;
import static io.poolchain.scheduler.jcstress.Variant.doAtOnceInModel;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** What others see of a worker's counts. */
public final class CountersAttack {
    private CountersAttack() {}

    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "Nothing yet.")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "Started.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Started and completed.")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "Completed and not started.")
    @Outcome(expect = FORBIDDEN, desc = "A count that never was.")
    @State
    public static class StartedBeforeCompleted {
        private final WorkerCounters counters = new WorkerCounters();

        @Actor
        public void worker() {
            if (ATTACKED == BROKEN) {
                counters.countCompleted();
                counters.countStarted();
            } else {
                doAtOnceInModel(this, counters::countStarted);
                doAtOnceInModel(this, counters::countCompleted);
            }
        }

        @Actor
        public void reader(JJ_Result r) {
            r.r1 = atOnceInModel(this, counters::completed);
            r.r2 = atOnceInModel(this, counters::started);
        }
    }

    /** The count is about to carry from its lower to its upper half. */
    @JCStressTest
    @Outcome(
            id = {"4294967295, 4294967295", "4294967295, 4294967296", "4294967296, 4294967296"},
            expect = ACCEPTABLE,
            desc = "The count before or after, and never back.")
    @Outcome(expect = FORBIDDEN, desc = "The count runs backwards, or one half of it is seen before the other.")
    @State
    public static class NeverBackwards {
        private final WorkerCounters counters = new WorkerCounters();

        /** The broken count is written as two words, as the memory model permits for a plain field. */
        private volatile int low = -1;

        private volatile int high;

        public NeverBackwards() {
            counters.started = 0xFFFF_FFFFL;
        }

        @Actor
        public void worker() {
            if (ATTACKED == BROKEN) {
                low = 0;
                high = 1;
            } else {
                doAtOnceInModel(this, counters::countStarted);
            }
        }

        private long started() {
            return ATTACKED == BROKEN
                    ? ((long) high << 32) | Integer.toUnsignedLong(low)
                    : atOnceInModel(this, counters::started);
        }

        @Actor
        public void reader(JJ_Result r) {
            r.r1 = started();
            r.r2 = started();
        }
    }
}
