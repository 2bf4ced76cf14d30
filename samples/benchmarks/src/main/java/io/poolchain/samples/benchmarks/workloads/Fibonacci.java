// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.workloads;

import java.util.concurrent.Executor;

/** A Fibonacci number, one task for each addend; no task waits. */
final class Fibonacci extends Workload {
    private final int n;

    Fibonacci(int n) {
        super(2 * fibonacci(n + 1) - 1, 1);
        this.n = n;
    }

    private static int fibonacci(int n) {
        int previous = 0;
        int current = 1;
        for (int i = 0; i < n; i++) {
            int next = previous + current;
            previous = current;
            current = next;
        }
        return previous;
    }

    @Override
    void start(Executor executor, Tally tally) {
        executor.execute(new Addend(executor, tally, n));
    }

    @Override
    void verify(long result) {
        requireEqual("Fibonacci number", result, fibonacci(n));
    }

    private static final class Addend extends Split {
        private static final long serialVersionUID = 1;

        private final transient Executor executor;
        private final int n;

        Addend(Executor executor, Tally tally, int n) {
            super(tally);
            this.executor = executor;
            this.n = n;
        }

        Addend(Addend whole, int n) {
            super(whole);
            this.executor = whole.executor;
            this.n = n;
        }

        @Override
        public void run() {
            if (n < 2) {
                end(n);
            } else {
                splitInto(2, 0);
                executor.execute(new Addend(this, n - 1));
                executor.execute(new Addend(this, n - 2));
            }
        }
    }
}
