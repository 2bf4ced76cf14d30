// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import io.poolchain.scheduler.queue.PoolChain;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tasks from threads that are not workers: a few stripes, each a {@link PoolChain} whose owner is whoever holds the
 * stripe's lock. A submitter always uses the same stripe, so its tasks stay in order; workers take from the tails without
 * a lock. Nothing is allocated per task but the amortised space in the rings.
 */
final class SubmissionQueue {
    /** So that two submitters at work seldom share one (docs/decisions/0009). */
    private static final int STRIPES_PER_PROCESSOR = 4;

    /** More make an idle worker's look too long. */
    private static final int MAX_STRIPES = 16;

    /** How many tasks a worker takes from one stripe before it looks into the next. */
    static final int ROW = 16;

    private final Stripe[] stripes;

    /** The stripes' chains once more: workers need not touch the cache lines that submitters write. */
    private final PoolChain<Runnable>[] chains;

    /** See {@link #setAttended}. Read by submitters under their stripe's lock. */
    private volatile boolean attended = true;

    /** Without samples, for tests. */
    SubmissionQueue(int stripes) {
        this(stripes, TaskSampling.none());
    }

    /** The number of stripes is a power of two. */
    SubmissionQueue(int count, TaskSampling sampling) {
        stripes = new Stripe[count];
        @SuppressWarnings({"unchecked", "rawtypes"})
        PoolChain<Runnable>[] made = new PoolChain[count];
        chains = made;
        for (int i = 0; i < count; i++) {
            stripes[i] = new Stripe(sampling);
            chains[i] = stripes[i].chain;
        }
    }

    static int stripesFor(int processors) {
        return Math.min(MAX_STRIPES, Integer.highestOneBit(STRIPES_PER_PROCESSOR * processors));
    }

    /** What becomes of an offer. */
    enum Offer {
        ACCEPTED,
        /** There is no worker that would find the task. */
        UNATTENDED,
        CLOSED
    }

    /**
     * Adds a task of the calling thread behind its earlier ones, unless nobody attends, or the queue is closed. Ends with the
     * volatile write that releases the stripe's lock: step <b>fence</b> of docs/idle-protocol.md.
     */
    Offer offer(Runnable task) {
        return ownStripe().offer(task, false);
    }

    /** As {@link #offer}, though nobody attends yet. */
    Offer offerUnattended(Runnable task) {
        return ownStripe().offer(task, true);
    }

    /** By the thread's number: threads that were made one after the other have a stripe each; by a hash some would share one. */
    private Stripe ownStripe() {
        return stripes[(int) Thread.currentThread().getId() & (stripes.length - 1)];
    }

    /** Whether there is a worker that will look here. One caller at a time. */
    void setAttended(boolean attended) {
        this.attended = attended;
    }

    /** Waits for those who found that somebody attends, and have not yet added their task. */
    void awaitOffersUnderWay() {
        for (Stripe stripe : stripes) {
            stripe.awaitHolder();
        }
    }

    /** Takes the oldest task of some stripe, the one that {@code first} selects if it has any; null if there was none. */
    @Nullable
    Runnable poll(long first) {
        int mask = chains.length - 1;
        for (int i = 0; i < chains.length; i++) {
            Runnable task = UncheckedTask.of(chains[(int) (first + i) & mask].popTail());
            if (task != null) {
                return task;
            }
        }
        return null;
    }

    /** The side of one worker, whose index it has; to be told whether it may leave a stripe to others. */
    Consumer consumer(int index, BooleanSupplier mayLeave) {
        return new Consumer(index, mayLeave);
    }

    /**
     * Takes some tasks in a row from one stripe before it goes on to the next, and begins elsewhere than its neighbours:
     * two that share a stripe take the cache lines from each other at every task. One that others take from as fast it may leave
     * to them for a while. Owned by the worker's thread.
     */
    final class Consumer extends ConsumerPadAfter {
        private final BooleanSupplier mayLeave;
        private final CrowdedStripe crowded = new CrowdedStripe();

        private Consumer(int index, BooleanSupplier mayLeave) {
            this.mayLeave = mayLeave;
            stripe = index;
        }

        /** As {@link SubmissionQueue#poll}, from the stripe on whose turn it is, and none from a stripe that was left. */
        @Nullable
        Runnable poll() {
            if (taken == 1) {
                crowded.startRow(chains[turn()].oldestIndex());
            } else if (taken >= ROW) {
                endRow();
            }
            for (int i = 0; i < chains.length; i++) {
                int turn = turn();
                Runnable task = crowded.isLeft(turn) ? null : UncheckedTask.of(chains[turn].popTail());
                if (task != null) {
                    crowded.comeBack(); // to one that was left: it has found another
                    taken++;
                    return task;
                }
                nextStripe();
            }
            return null;
        }

        private void endRow() {
            int ended = turn();
            long oldest = chains[ended].oldestIndex();
            if (crowded.isCrowded(taken, oldest) && mayLeave.getAsBoolean()) {
                crowded.leave(ended, oldest);
            }
            nextStripe();
        }

        private int turn() {
            return (int) stripe & (chains.length - 1);
        }

        /** The worker takes a task from some stripe by {@link SubmissionQueue#poll}: it is not one that others took. */
        void takesInFairness() {
            crowded.forgetRow();
        }

        /** Whether it has left a stripe to others. */
        boolean hasLeft() {
            return crowded.hasLeft();
        }

        /** After a rest: comes back to the stripe that was left unless others still take many from it. */
        void lookAgain() {
            if (crowded.hasLeft()) {
                crowded.lookAgain(chains[crowded.stripe()].oldestIndex());
            }
        }

        /** To the stripe that was left, whatever others take from it. */
        void comeBack() {
            crowded.comeBack();
        }

        private void nextStripe() {
            stripe++;
            taken = 0;
        }
    }

    /** Refuses all further tasks. When this returns, every task that was accepted is visible to the caller. */
    void close() {
        for (Stripe stripe : stripes) {
            stripe.close();
        }
    }

    void drainTo(List<Runnable> tasks) {
        for (PoolChain<Runnable> chain : chains) {
            for (Runnable task = chain.popTail(); task != null; task = chain.popTail()) {
                tasks.add(SampledTask.unwrap(task));
            }
        }
    }

    /** Gives back the memory of a burst, and has the next task measured sooner, where no submitter is just now at work. */
    void trim() {
        for (Stripe stripe : stripes) {
            stripe.trim();
        }
    }

    /** Whether each stripe was empty at some moment during the call; sees what was added before a release of its lock. */
    boolean isEmpty() {
        for (Stripe stripe : stripes) {
            if (!stripe.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    long size() {
        long size = 0;
        for (PoolChain<Runnable> chain : chains) {
            size += chain.size();
        }
        return size;
    }

    long capacity() {
        long capacity = 0;
        for (PoolChain<Runnable> chain : chains) {
            capacity += chain.capacity();
        }
        return capacity;
    }

    long accepted() {
        long accepted = 0;
        for (Stripe stripe : stripes) {
            accepted += stripe.accepted();
        }
        return accepted;
    }

    long growths() {
        long growths = 0;
        for (PoolChain<Runnable> chain : chains) {
            growths += chain.growths();
        }
        return growths;
    }

    long drops() {
        long drops = 0;
        for (PoolChain<Runnable> chain : chains) {
            drops += chain.drops();
        }
        return drops;
    }

    /** One chain and the lock of its producers. */
    private final class Stripe extends StripeHeader {
        final PoolChain<Runnable> chain;

        private final Sampler sampler;

        /** The count of accepted tasks at which one is measured. Written under the lock. */
        private volatile long nextSample;

        /** Set once. Who holds the lock and does not see it has a submission that {@link #close} waits for. */
        private volatile boolean closed;

        Stripe(TaskSampling sampling) {
            chain = PoolChain.fifo(sampling.events);
            sampler = sampling.sampler(Sampler.OUTSIDE);
            nextSample = sampler.first();
        }

        private Runnable sampled(Runnable task) {
            nextSample = sampler.nextAfter(nextSample);
            return sampler.wrap(task);
        }

        Offer offer(Runnable task, boolean unattended) {
            lock();
            try {
                if (closed) {
                    return Offer.CLOSED;
                }
                if (!attended && !unattended) {
                    return Offer.UNATTENDED;
                }
                chain.pushHead(accepted == nextSample ? sampled(task) : task);
                countAccepted();
                return Offer.ACCEPTED;
            } finally {
                locked = 0;
            }
        }

        /** Reads the lock first: then either the look sees a task, or its submitter's check what the caller did before. */
        boolean isEmpty() {
            acquireLast();
            return chain.isEmpty();
        }

        void close() {
            closed = true; // before the lock: those who compete for it give up
            awaitHolder();
        }

        void awaitHolder() {
            lock();
            locked = 0;
        }

        void trim() {
            if ((chain.isOversized() || sampler.isFarOff(nextSample, accepted())) && tryLock()) {
                try {
                    nextSample = sampler.sooner(nextSample, accepted);
                    chain.trim();
                } finally {
                    locked = 0;
                }
            }
        }
    }

    private abstract static class ConsumerPadBefore {
        @SuppressWarnings("unused")
        private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;
    }

    /** What is written for each task that comes from outside: longs, as {@link StripeLock} says. Owned by the worker's thread. */
    private abstract static class ConsumerPlace extends ConsumerPadBefore {
        long stripe;

        /** How many tasks in a row it has taken from there. */
        long taken;
    }

    private abstract static class ConsumerPadAfter extends ConsumerPlace {
        @SuppressWarnings("unused")
        private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;
    }
}
