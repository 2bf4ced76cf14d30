// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.workloads;

import java.util.concurrent.Executor;

/** Quicksort or merge sort, one task for each part; no task waits. */
final class Sort extends Workload {
    /** When the work is done: before the parts or after them. */
    enum Kind {
        QUICK,
        MERGE
    }

    private final Kind kind;
    private final Numbers numbers;

    Sort(Kind kind, int size) {
        super((int) Split.sumOf(tally -> new Range(kind, new Numbers(size), Runnable::run, tally)), 1);
        this.kind = kind;
        numbers = new Numbers(size);
    }

    @Override
    void start(Executor executor, Tally tally) {
        numbers.shuffle();
        executor.execute(new Range(kind, numbers, executor, tally));
    }

    @Override
    void verify(long result) {
        requireEqual("ranges", result, tasks());
        numbers.requireSorted();
    }

    private static final class Range extends Split {
        private static final long serialVersionUID = 1;

        private final Kind kind;
        private final transient Numbers numbers;
        private final transient Executor executor;
        private final int from;
        private final int to;
        private int middle;

        Range(Kind kind, Numbers numbers, Executor executor, Tally tally) {
            super(tally);
            this.kind = kind;
            this.numbers = numbers;
            this.executor = executor;
            from = 0;
            to = numbers.values.length;
        }

        Range(Range whole, int from, int to) {
            super(whole);
            kind = whole.kind;
            numbers = whole.numbers;
            executor = whole.executor;
            this.from = from;
            this.to = to;
        }

        @Override
        public void run() {
            if (to - from <= Numbers.FEW) {
                numbers.sort(from, to);
                end(1);
                return;
            }
            middle = kind == Kind.QUICK ? numbers.partition(from, to) : (from + to) >>> 1;
            splitInto(2, 1);
            executor.execute(new Range(this, from, middle));
            executor.execute(new Range(this, middle, to));
        }

        @Override
        void allEnded() {
            if (kind == Kind.MERGE) {
                numbers.merge(from, middle, to);
            }
        }
    }
}
