// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.workloads;

import io.poolchain.samples.benchmarks.peers.Peers;
import java.util.Locale;

/** All workloads, in the order of the tables. */
public enum Workloads {
    // Tokio's
    WORKER_SPAWNS((size, threads) -> new WorkerSpawns(size.of(10_000, 200))),
    OUTSIDE_SPAWNS((size, threads) -> new OutsideSpawns(size.of(10_000, 200))),
    OUTSIDE_TO_BUSY((size, threads) -> new OutsideToBusy(threads, size.of(1_000, 50))),
    YIELDS((size, threads) -> new Yields(size.of(200, 10), size.of(1_000, 20))),
    PING_PONG((size, threads) -> new PingPong(size.of(1_000, 50))),
    CHAIN_1000((size, threads) -> new Chain(size.of(1_000, 50))),
    CHAIN_10000((size, threads) -> new Chain(size.of(10_000, 200))),

    // fork and join
    BINARY_TREE((size, threads) -> new BinaryTree(size.of(18, 7))),
    FIBONACCI((size, threads) -> new Fibonacci(size.of(25, 10))),
    UNBALANCED_TREE((size, threads) -> new UnbalancedTree(size.of(2_000, 10))),
    QUICKSORT((size, threads) -> new Sort(Sort.Kind.QUICK, size.of(100_000, 2_000))),
    MERGE_SORT((size, threads) -> new Sort(Sort.Kind.MERGE, size.of(100_000, 2_000))),
    QUICKSORT_BY_GET((size, threads) -> new NestedSort(Sort.Kind.QUICK, size.of(100_000, 2_000))),
    MERGE_SORT_BY_GET((size, threads) -> new NestedSort(Sort.Kind.MERGE, size.of(100_000, 2_000))),

    // services
    INVOKE_ALL((size, threads) -> new InvokeAll(size.of(1_000, 50))),
    PRODUCERS_1_EMPTY((size, threads) -> new Producers(1, 0, size.of(8_000, 100))),
    PRODUCERS_2_EMPTY((size, threads) -> new Producers(2, 0, size.of(4_000, 100))),
    PRODUCERS_4_EMPTY((size, threads) -> new Producers(4, 0, size.of(2_000, 100))),
    PRODUCERS_1_MICRO_1((size, threads) -> new Producers(1, 1, size.of(8_000, 100))),
    PRODUCERS_2_MICRO_1((size, threads) -> new Producers(2, 1, size.of(4_000, 100))),
    PRODUCERS_4_MICRO_1((size, threads) -> new Producers(4, 1, size.of(2_000, 100))),
    PRODUCERS_1_MICRO_10((size, threads) -> new Producers(1, 10, size.of(8_000, 100))),
    PRODUCERS_2_MICRO_10((size, threads) -> new Producers(2, 10, size.of(4_000, 100))),
    PRODUCERS_4_MICRO_10((size, threads) -> new Producers(4, 10, size.of(2_000, 100)));

    /** How much of it. */
    public enum Size {
        /** As compared. */
        FULL,
        /** For tests, and to warm an executor up. */
        SMALL;

        int of(int full, int small) {
            return this == FULL ? full : small;
        }
    }

    private interface Factory {
        Workload make(Size size, int threads);
    }

    @SuppressWarnings("ImmutableEnumChecker") // the factories capture nothing
    private final Factory factory;

    Workloads(Factory factory) {
        this.factory = factory;
    }

    /** {@return a new one, for an executor with so many threads} */
    public Workload make(Size size, int threads) {
        return factory.make(size, threads);
    }

    /** {@return whether this executor ends it} */
    public boolean runsOn(String executor) {
        return (this != QUICKSORT_BY_GET && this != MERGE_SORT_BY_GET) || Peers.allowsNestedGet(executor);
    }

    /** As it is written in tables and on the command line: {@code ping-pong}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
