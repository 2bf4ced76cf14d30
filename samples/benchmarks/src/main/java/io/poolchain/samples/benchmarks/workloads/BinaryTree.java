// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.workloads;

import java.util.concurrent.Executor;

/** Each task submits two, down to the leaves. */
final class BinaryTree extends Workload {
    private final int depth;

    BinaryTree(int depth) {
        super((2 << depth) - 1, 1 << depth);
        this.depth = depth;
    }

    @Override
    void start(Executor executor, Tally tally) {
        executor.execute(new Node(executor, tally, depth, 0));
    }

    /** The root of the subtree whose leaves begin with this one. */
    private record Node(Executor executor, Tally tally, int depth, int leaf) implements Runnable {
        @Override
        public void run() {
            if (depth == 0) {
                tally.ran(leaf);
            } else {
                executor.execute(new Node(executor, tally, depth - 1, leaf));
                executor.execute(new Node(executor, tally, depth - 1, leaf + (1 << (depth - 1))));
            }
        }
    }
}
