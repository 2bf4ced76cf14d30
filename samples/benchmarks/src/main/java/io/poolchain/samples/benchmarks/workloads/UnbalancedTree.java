// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.workloads;

import java.util.concurrent.Executor;

/**
 * The search of a tree whose shape nobody knows before: below the root each node has, by chance, four children or none,
 * so that one subtree is a leaf and the next has thousands of nodes. The chance is the same each time. After the
 * Unbalanced Tree Search benchmark, its binomial trees.
 */
final class UnbalancedTree extends Workload {
    private static final int CHILDREN = 4;
    private static final double CHANCE = 0.2375; // times four: 0.95 of a node per node

    private final int childrenOfRoot;

    UnbalancedTree(int childrenOfRoot) {
        super((int) Split.sumOf(tally -> new Node(Runnable::run, tally, childrenOfRoot)), 1);
        this.childrenOfRoot = childrenOfRoot;
    }

    @Override
    void start(Executor executor, Tally tally) {
        executor.execute(new Node(executor, tally, childrenOfRoot));
    }

    @Override
    void verify(long result) {
        requireEqual("nodes", result, tasks());
    }

    private static final class Node extends Split {
        private static final long serialVersionUID = 1;

        private final transient Executor executor;
        private final long random;
        private final int children;

        Node(Executor executor, Tally tally, int children) {
            super(tally);
            this.executor = executor;
            this.random = 42;
            this.children = children;
        }

        Node(Node parent, int index) {
            super(parent);
            executor = parent.executor;
            random = mix(parent.random + index + 1);
            children = (random >>> 11) * 0x1p-53 < CHANCE ? CHILDREN : 0;
        }

        @Override
        public void run() {
            if (children == 0) {
                end(1);
                return;
            }
            splitInto(children, 1);
            for (int i = 0; i < children; i++) {
                executor.execute(new Node(this, i));
            }
        }

        /** As in {@link java.util.SplittableRandom}. */
        private static long mix(long seed) {
            long z = seed * 0x9E3779B97F4A7C15L;
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            return z ^ (z >>> 31);
        }
    }
}
