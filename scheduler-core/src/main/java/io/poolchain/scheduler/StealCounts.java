// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * How many tasks one worker has stolen from each other worker: a hash table of those from whom it has stolen at all, so
 * that a thousand workers do not cost a million counts. Written by the worker's thread; read by any.
 */
final class StealCounts {
    private static final VarHandle VICTIM = MethodHandles.arrayElementVarHandle(int[].class);
    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int FREE = 0;

    /** What {@link #last} returns before the first steal. */
    static final int NOBODY = -1;

    /** Replaced by a larger copy before more than half of its places are taken. */
    private volatile Table table = new Table(4);

    /** Owned by the worker's thread. */
    private int taken;

    /** The last victim. Written plainly: whoever reads it wants a hint. */
    private int last = NOBODY;

    /** The victims, each plus one, and at the same place the tasks stolen from it. A power of two of places. */
    private static final class Table {
        final int[] victims;
        final long[] counts;

        Table(int places) {
            victims = new int[places];
            counts = new long[places];
        }

        /** Where a victim stands, or could. */
        int placeOf(int victim) {
            int mask = victims.length - 1;
            int place = victim & mask;
            while (victims[place] != FREE && victims[place] != victim + 1) {
                place = (place + 1) & mask;
            }
            return place;
        }

        /** The count first: who sees the victim sees the count. */
        void put(int place, int victim, long count) {
            COUNT.setRelease(counts, place, count);
            VICTIM.setRelease(victims, place, victim + 1);
        }
    }

    /** Counts one more task stolen from that worker; not if there is no memory for it, for the task must not be lost. */
    void count(int victim) {
        last = victim;
        try {
            Table current = table;
            int place = current.placeOf(victim);
            if (current.victims[place] != FREE) {
                COUNT.setRelease(current.counts, place, current.counts[place] + 1);
            } else {
                countFirst(victim);
            }
        } catch (OutOfMemoryError e) {
            // The sum in WorkerCounters has it.
        }
    }

    private void countFirst(int victim) {
        Table current = table;
        if (2 * (taken + 1) > current.victims.length) {
            Table larger = new Table(2 * current.victims.length);
            for (int place = 0; place < current.victims.length; place++) {
                if (current.victims[place] != FREE) {
                    int other = current.victims[place] - 1;
                    larger.put(larger.placeOf(other), other, current.counts[place]);
                }
            }
            table = larger;
            current = larger;
        }
        current.put(current.placeOf(victim), victim, 1);
        taken++;
    }

    /** What is told of each victim. */
    interface Visitor {
        void stolen(int victim, long tasks);
    }

    /** In no particular order. */
    void forEach(Visitor visitor) {
        Table current = table;
        for (int place = 0; place < current.victims.length; place++) {
            int victim = (int) VICTIM.getAcquire(current.victims, place);
            if (victim != FREE) {
                visitor.stolen(victim - 1, (long) COUNT.getAcquire(current.counts, place));
            }
        }
    }

    int last() {
        return last;
    }

    /** For any thread, though it may just miss a victim of whom nothing was stolen before. */
    long from(int victim) {
        Table current = table;
        int mask = current.victims.length - 1;
        int place = victim & mask;
        while (true) {
            int found = (int) VICTIM.getAcquire(current.victims, place);
            if (found == FREE) {
                return 0;
            }
            if (found == victim + 1) {
                return (long) COUNT.getAcquire(current.counts, place);
            }
            place = (place + 1) & mask;
        }
    }
}
