// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.workloads;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A task that submits its parts and does not wait for them: the last part to end ends the whole, with the sum of what all
 * have to say. Holds the number of parts that have not ended in the upper 16 bits, the sum so far in the others.
 */
abstract class Split extends AtomicLong implements Runnable {
    private static final long serialVersionUID = 1;
    private static final long ONE_PART = 1L << 48;

    final transient Tally tally;
    private final transient @Nullable Split whole;

    /** Part of a whole. */
    Split(Split whole) {
        this.tally = whole.tally;
        this.whole = whole;
    }

    /** The root. */
    Split(Tally tally) {
        this.tally = tally;
        this.whole = null;
    }

    /** To be called before the first part is submitted. */
    final void splitInto(int parts, long sum) {
        setPlain(parts * ONE_PART + sum);
    }

    /** To be called in place of that if there are no parts. */
    final void end(long sum) {
        if (whole == null) {
            tally.result(sum);
        } else {
            whole.partEnded(sum);
        }
    }

    private void partEnded(long sum) {
        long now = addAndGet(sum - ONE_PART);
        if (now < 0) {
            tally.fail("a part ended twice");
        } else if (now < ONE_PART) {
            allEnded();
            end(now);
        }
    }

    /** All parts have ended, and the task is about to. */
    void allEnded() {}

    /** {@return the sum of a root whose parts are run at once by who submits them} */
    static long sumOf(Function<Tally, Runnable> root) {
        Tally tally = new Tally(1);
        root.apply(tally).run();
        return tally.result();
    }
}
