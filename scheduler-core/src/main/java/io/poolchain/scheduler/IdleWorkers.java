// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Who sleeps, how many search, and whom to wake: the protocol of docs/idle-protocol.md. It deals in worker indexes only;
 * how a thread is put to sleep and woken is its users' matter.
 *
 * <p>A worker is <em>asleep</em> (on the stack), <em>searching</em> (counted), or neither: it runs tasks or has no thread.
 * Who fell asleep last is woken first.
 */
final class IdleWorkers extends IdleWorkersWord {
    /** What the claim methods return if nobody sleeps. */
    static final int NOBODY_SLEEPS = IdleCounters.NONE;

    /** What {@link #claimUnlessSearching} returns if enough search, or somebody does and nobody sleeps. */
    static final int SOMEBODY_SEARCHES = -2;

    /**
     * For each sleeping worker, the index of the one below it in the stack, or NONE. Written by the worker before the
     * compare-and-set that puts it on top; a claimer that read a stale value is refused by the version. The array is
     * replaced by a longer one with the same elements when there are to be more workers.
     */
    private volatile AtomicInteger[] below;

    IdleWorkers(int workers) {
        this(workers, 0);
    }

    /** Tests start the version just below its overflow. */
    IdleWorkers(int workers, int version) {
        super(IdleCounters.of(version, 0, IdleCounters.NONE));
        below = new AtomicInteger[0];
        growTo(workers);
    }

    /** Makes places for more workers, before the first of them begins. One caller at a time. */
    void growTo(int workers) {
        int before = below.length;
        if (workers <= before) {
            return;
        }
        AtomicInteger[] more = Arrays.copyOf(below, workers);
        for (int worker = before; worker < workers; worker++) {
            more[worker] = new AtomicInteger();
        }
        below = more;
    }

    /** Step <b>check</b>: what {@link #claimUnlessSearching} would return now. */
    int check(int enough) {
        return check(wordVolatile(), enough);
    }

    private static int check(long word, int enough) {
        int searching = IdleCounters.searching(word);
        int top = IdleCounters.top(word);
        return searching >= enough || (searching > 0 && top == NOBODY_SLEEPS) ? SOMEBODY_SEARCHES : top;
    }

    /**
     * Steps <b>check</b> and <b>claim</b>: if fewer than {@code enough} search and somebody sleeps, takes a worker off the
     * stack and counts it as searching; else returns what {@link #check} does. The caller must wake it, and do nothing
     * before that which can fail; or, if its thread has left, call {@link #stopSearching} for it and check again.
     */
    int claimUnlessSearching(int enough) {
        while (true) {
            long word = wordVolatile();
            int top = check(word, enough);
            if (top < 0 || casWord(word, IdleCounters.wakeTop(word, below[top].getOpaque()))) {
                return top;
            }
        }
    }

    /** Step <b>claim</b>, whether somebody searches or not. */
    int claim() {
        while (true) {
            long word = wordVolatile();
            int top = IdleCounters.top(word);
            if (top == NOBODY_SLEEPS || casWord(word, IdleCounters.wakeTop(word, below[top].getOpaque()))) {
                return top;
            }
        }
    }

    /** Step <b>search</b>: one more searches. A full fence: what was pushed before is seen by the search. */
    void startSearching() {
        addToWord(IdleCounters.startSearching(0));
    }

    /**
     * Step <b>found</b>: one less searches.
     *
     * @return whether this was the last searcher, who has to look whether there is more work and wake another if so
     */
    boolean stopSearching() {
        while (true) {
            long word = wordVolatile();
            long stopped = IdleCounters.stopSearching(word);
            boolean last = IdleCounters.searching(stopped) == 0;
            if (casWord(word, stopped)) { // after which no call may run out of stack
                return last;
            }
        }
    }

    /**
     * Step <b>announce</b>: a searcher is asleep from now on.
     *
     * @return whether this was the last searcher, who has to look for work once more and wake somebody if there is any
     */
    boolean fallAsleep(int worker) {
        while (true) {
            long word = wordVolatile();
            below[worker].setOpaque(IdleCounters.top(word));
            long asleep = IdleCounters.fallAsleep(word, worker);
            boolean last = IdleCounters.searching(asleep) == 0;
            if (casWord(word, asleep)) {
                return last;
            }
        }
    }

    /** How many workers search now. */
    int searching() {
        return IdleCounters.searching(wordVolatile());
    }
}

abstract class IdleWorkersPadBefore {
    @SuppressWarnings("unused")
    private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;
}

abstract class IdleWorkersField extends IdleWorkersPadBefore {
    /** See {@link IdleCounters}. Read at each submission, written when a worker falls asleep, wakes or finds a task. */
    private volatile long word;

    private static final VarHandle WORD = ConstantBootstraps.fieldVarHandle(
            MethodHandles.lookup(), "word", VarHandle.class, IdleWorkersField.class, long.class);

    IdleWorkersField(long word) {
        this.word = word;
    }

    final long wordVolatile() {
        return word;
    }

    final boolean casWord(long expected, long update) {
        return WORD.compareAndSet(this, expected, update);
    }

    final void addToWord(long delta) {
        WORD.getAndAdd(this, delta);
    }
}

abstract class IdleWorkersWord extends IdleWorkersField {
    @SuppressWarnings("unused")
    private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;

    IdleWorkersWord(long word) {
        super(word);
    }
}
