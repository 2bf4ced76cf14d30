// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import io.poolchain.scheduler.queue.PoolChain;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Where a worker's next task comes from: its own chain first, then the submission queue, then other workers' chains; and
 * from time to time in another order, so that nobody waits for ever. Owned by the worker's thread.
 */
final class TaskSource extends TaskSourcePadAfter {
    /** How much rarer than its own tail a worker looks at the tail of another's chain, for that touches its cache lines. A power of two. */
    private static final int RESCUE_FACTOR = 8;

    private static final int NOBODY = -1;

    /** The most tasks that a thief takes along. Eight were a little worse; more were not tried (docs/decisions/0010). */
    private static final int MOST_AT_ONCE = 32;

    /** So a backlog from outside is worked off while most tasks are local ones (docs/decisions/0003). */
    private static final int MOST_IN_A_ROW = 8;

    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    private final int index;
    private final TaskQueues queues;
    private final PoolChain<Runnable> chain;
    private final SubmissionQueue submissions;
    private final SubmissionQueue.Consumer consumer;
    private final WorkerCounters counters;
    private final StealCounts steals;
    private final SchedulerEvents events;
    private final WorkerThreads threads;
    private final boolean oldestFirst;

    /** To the own chain. */
    final TaskTransfer transfer;

    /**
     * Every so many tasks a worker takes one from the submission queue, and as often one from the tail of its own chain,
     * if there is any: so neither outside tasks nor old local ones wait for ever. And {@link #RESCUE_FACTOR} times rarer
     * one from the tail of another's chain that was there the last time too, the others in rotation: so tasks behind a
     * worker that blocks are reached though nobody is idle. A power of two from 4 on.
     */
    private final int fairInterval;

    /** The logarithm of the interval. */
    private final int fairShift;

    /** How many turns in a row the submission queue has, if it has so many tasks: at most {@link #MOST_IN_A_ROW}, and an eighth. */
    private final int outsideRow;

    /** For as many workers as there were at the last search. */
    private Victims victims;

    /** The worker from which the last search stole, or NOBODY once that has failed. */
    private int lastVictim = NOBODY;

    private final LoneTask loneTask = new LoneTask();
    private final StuckTask stuckTask = new StuckTask();

    TaskSource(
            int index,
            TaskQueues queues,
            RunState runState,
            WorkerThreads threads,
            WorkerCounters counters,
            StealCounts steals) {
        this.index = index;
        this.threads = threads;
        this.queues = queues;
        this.chain = queues.chain(index);
        this.submissions = queues.submissions;
        this.consumer = submissions.consumer(index, this::mayLeaveStripe);
        this.counters = counters;
        this.steals = steals;
        this.events = threads.sampling.events;
        this.oldestFirst = threads.options.localOrder() == LocalOrder.FIFO;
        this.transfer = new TaskTransfer(chain, runState);
        this.fairInterval = threads.options.fairnessInterval();
        this.fairShift = Integer.numberOfTrailingZeros(fairInterval);
        this.outsideRow = Math.max(1, Math.min(MOST_IN_A_ROW, fairInterval / 8));
        this.fairTurn = fairInterval / 2;
        this.victims = new Victims(index, queues.workers(), seed());
    }

    private int seed() {
        return (index + 1) * 0x9E3779B9;
    }

    /** The next task without a search: from the own chain, the submission queue, the last victim; fairly from time to time. */
    @Nullable
    Runnable next() {
        turn++;
        Runnable task = turn >= fairTurn ? nextInFairness() : nextOwn();
        return task != null ? task : nextOfOthers();
    }

    private @Nullable Runnable nextOwn() {
        return UncheckedTask.of(oldestFirst ? chain.popTail() : chain.popHead());
    }

    private @Nullable Runnable nextOfOthers() {
        Runnable task = consumer.poll();
        return task != null ? task : stealAgain();
    }

    /** Where one task was stolen there are often more: they are had without the cost of a search. */
    private @Nullable Runnable stealAgain() {
        if (lastVictim == NOBODY) {
            return null;
        }
        Runnable task = stealFrom(lastVictim);
        if (task == null) {
            lastVictim = NOBODY;
        } else {
            stealMoreFrom(lastVictim);
        }
        return task;
    }

    private @Nullable Runnable nextInFairness() {
        Runnable task = takeFairTurn();
        return task != null ? task : nextOwn();
    }

    /**
     * Gives other sources than the head of the own chain their turn: at each multiple of the interval, some more after it
     * if there are tasks, in the middle of the interval, and sometimes after that. The clock is never reset.
     */
    private @Nullable Runnable takeFairTurn() {
        int half = fairInterval / 2;
        fairTurn = (turn | (half - 1)) + 1; // before all that may run out of stack
        int phase = (int) turn & (fairInterval - 1);
        if (phase < outsideRow) {
            consumer.takesInFairness();
            Runnable task = submissions.poll(turn >>> fairShift);
            if (task != null && phase + 1 < outsideRow) {
                fairTurn = turn + 1;
            }
            return task;
        }
        if (phase == half) {
            if ((turn >>> fairShift & (RESCUE_FACTOR - 1)) == 0) {
                fairTurn = turn + 1;
            }
            return chain.popTail();
        }
        return rescue();
    }

    /** Another worker's oldest task, if it was that already at the last such turn: its owner is blocked, or busy for long. */
    private @Nullable Runnable rescue() {
        if (victims().others() == 0) {
            return null;
        }
        int watched = stuckTask.victim();
        Runnable task = stuckTask.isStillThere(queues.chain(watched).oldestIndex()) ? stealFrom(watched) : null;
        int next = victims().nextInTurn();
        stuckTask.watch(next, queues.chain(next).oldestIndex());
        return task;
    }

    private Victims victims() {
        if (victims.workers() != queues.workers()) {
            victims = new Victims(index, queues.workers(), seed());
        }
        return victims;
    }

    /**
     * If there is one other worker, a processor for each, and the other has no tasks of its own, beside which it would take
     * those from outside in turns only. More than two workers would all leave at once.
     */
    private boolean mayLeaveStripe() {
        return queues.workers() == 2
                && PROCESSORS >= 2
                && queues.chain(1 - index).isEmpty();
    }

    /** Whether the last look of a search has left tasks to workers that seemed about to take them. */
    boolean leftSome() {
        return loneTask.wasLeft() || hasLeftStripe();
    }

    /** Whether it has left a stripe of the submission queue to workers that take many tasks from it. */
    boolean hasLeftStripe() {
        return consumer.hasLeft();
    }

    /** A search looks again, after a rest. */
    void lookAgain(boolean lastLook) {
        if (lastLook) {
            consumer.comeBack();
        } else {
            consumer.lookAgain();
        }
    }

    /** Visits each other worker's chain once. Takes any task at the last look; before, it may leave one that is alone. */
    @Nullable
    Runnable steal(boolean lastLook) {
        loneTask.startLook();
        for (victims().shuffle(); victims.hasNext(); ) {
            int victim = victims.next();
            if (!lastLook && loneTask.leave(victim, queues.chain(victim).loneIndex())) {
                continue;
            }
            Runnable task = stealFrom(victim);
            if (task != null) {
                lastVictim = victim;
                stealMoreFrom(victim);
                return task;
            }
        }
        return null;
    }

    private @Nullable Runnable stealFrom(int victim) {
        Runnable task = UncheckedTask.of(queues.chain(victim).popTail());
        if (task == null) {
            counters.countFailedSteal();
        } else {
            countSteal(victim);
            consumer.comeBack(); // a stripe that was left must not wait for the end of these
        }
        return task;
    }

    /**
     * Up to half of what the victim still has: then its owner is left alone for a while. Not if the oldest is to be first,
     * since the owner would overtake what waits here.
     */
    private void stealMoreFrom(int victim) {
        PoolChain<Runnable> from = queues.chain(victim);
        long more = oldestFirst ? 0 : Math.min(from.size() / 2, MOST_AT_ONCE);
        if (more > 0) {
            int moved = transfer.take(from, more);
            for (int i = 0; i < moved; i++) {
                countSteal(victim);
            }
            if (moved > 0) {
                VarHandle.fullFence(); // step fence
                threads.signal(); // step check, which a worker that is searching passes at once
            }
        }
    }

    private void countSteal(int victim) {
        counters.countSteal();
        steals.count(victim);
        events.stolen(index, victim);
    }
}

abstract class TaskSourcePadBefore {
    @SuppressWarnings("unused")
    private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;
}

/** What is written for each task. Owned by the worker's thread. */
abstract class TaskSourceClock extends TaskSourcePadBefore {
    /**
     * How often {@link TaskSource#next} was called, which gives one task at the most: the clock of fairness. Tasks that are
     * counted elsewhere, within a task, do not move it: they could make it jump over a turn again and again.
     */
    long turn;

    /** The next turn at which another source than the own head may come first. */
    long fairTurn;
}

abstract class TaskSourcePadAfter extends TaskSourceClock {
    @SuppressWarnings("unused")
    private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;
}
