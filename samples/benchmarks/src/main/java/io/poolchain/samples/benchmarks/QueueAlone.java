// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks;

import io.poolchain.samples.benchmarks.peers.Peers;
import io.poolchain.samples.benchmarks.report.Sample;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * The groups of {@link QueueBenchmark} that the comparison shows, and where. Ours is the chain of rings; the floor, one
 * locked instruction for each element.
 */
enum QueueAlone {
    CHAIN("chain", Row.ALONE, Peers.OURS),
    RING("ring", Row.ALONE, Column.RING),
    PACKED("packed", Row.ALONE, Column.PACKED),
    LOCKED("locked", Row.ALONE, Peers.FLOOR),
    CHAIN_AND_THIEF("chainAndThief", Row.BESIDE_A_THIEF, Peers.OURS),
    RING_AND_THIEF("ringAndThief", Row.BESIDE_A_THIEF, Column.RING),
    PACKED_AND_THIEF("packedAndThief", Row.BESIDE_A_THIEF, Column.PACKED),
    CHAIN_STEALS("chainSteals", Row.STEALS, Peers.OURS),
    RING_STEALS("ringSteals", Row.STEALS, Column.RING),
    PACKED_STEALS("packedSteals", Row.STEALS, Column.PACKED);

    static final String TABLE = "The queue alone, ns per element";

    private final String group;
    private final String row;
    private final String column;

    QueueAlone(String group, String row, String column) {
        this.group = group;
        this.row = row;
        this.column = column;
    }

    /** What selects this group for JMH. */
    String include() {
        return QueueBenchmark.class.getName() + '.' + group + '$';
    }

    /** Of an owner and a thief, what the owner paid. */
    Sample sample(int round, RunResult result) {
        Result<?> owner = result.getSecondaryResults().values().stream()
                .filter(part -> part.getLabel().endsWith("Owner"))
                .findAny()
                .orElse(result.getPrimaryResult());
        return new Sample(TABLE, row, column, round, owner.getScore());
    }

    @Override
    public String toString() {
        return "queue: " + group;
    }

    private static final class Row {
        static final String ALONE = "push and pop by the owner";
        static final String BESIDE_A_THIEF = "push and pop by the owner, beside a thief";
        static final String STEALS = "push and steal by one thread";
    }

    private static final class Column {
        static final String RING = "one ring";
        static final String PACKED = "one packed word";
    }
}
