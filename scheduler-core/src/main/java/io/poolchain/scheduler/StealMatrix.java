// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who has stolen how many tasks from whom, up to some recent moment. Immutable. Holds only the pairs between which a task
 * was stolen.
 */
public final class StealMatrix {
    /** By thief, the victims and the tasks stolen from each of them. */
    private final int[][] victims;

    private final long[][] tasks;

    private StealMatrix(int workers) {
        victims = new int[workers][];
        tasks = new long[workers][];
    }

    /** What each worker has counted, by index. */
    static StealMatrix of(List<StealCounts> thieves) {
        StealMatrix matrix = new StealMatrix(thieves.size());
        for (int thief = 0; thief < thieves.size(); thief++) {
            matrix.fillRow(thief, thieves.get(thief));
        }
        return matrix;
    }

    private void fillRow(int thief, StealCounts counts) {
        Row row = new Row();
        counts.forEach(row);
        victims[thief] = Arrays.copyOf(row.victims, row.size);
        tasks[thief] = Arrays.copyOf(row.tasks, row.size);
    }

    private static final class Row implements StealCounts.Visitor {
        private int[] victims = {};
        private long[] tasks = {};
        private int size;

        @Override
        public void stolen(int victim, long count) {
            if (size == victims.length) {
                victims = Arrays.copyOf(victims, 2 * size + 4);
                tasks = Arrays.copyOf(tasks, victims.length);
            }
            victims[size] = victim;
            tasks[size] = count;
            size++;
        }
    }

    /** {@return how many workers there were} */
    public int workers() {
        return victims.length;
    }

    /**
     * How many tasks one worker has stolen from another.
     *
     * @param thief the index of the worker that took them
     * @param victim the index of the worker from whose chain
     * @return how many, 0 or more
     * @throws IndexOutOfBoundsException if there is no such thief or no such victim
     */
    public long steals(int thief, int victim) {
        Objects.checkIndex(victim, workers());
        return victimsOf(thief).getOrDefault(victim, 0L);
    }

    /**
     * From whom a worker has stolen.
     *
     * @param thief the index of the worker
     * @return how many tasks, by the index of the worker from whose chain they were taken; only those from whom any were
     * @throws IndexOutOfBoundsException if there is no such worker
     */
    public SortedMap<Integer, Long> victimsOf(int thief) {
        Objects.checkIndex(thief, workers());
        SortedMap<Integer, Long> row = new TreeMap<>();
        for (int i = 0; i < victims[thief].length; i++) {
            row.put(victims[thief][i], tasks[thief][i]);
        }
        return Collections.unmodifiableSortedMap(row);
    }

    /** By victim, how many tasks were stolen from it. */
    long[] sumsByVictim() {
        long[] sums = new long[workers()];
        for (int thief = 0; thief < workers(); thief++) {
            for (int i = 0; i < victims[thief].length; i++) {
                if (victims[thief][i] < sums.length) { // else a worker that came while this was read
                    sums[victims[thief][i]] += tasks[thief][i];
                }
            }
        }
        return sums;
    }

    private Map<Integer, Map<Integer, Long>> asMap() {
        Map<Integer, Map<Integer, Long>> rows = new TreeMap<>();
        for (int thief = 0; thief < workers(); thief++) {
            if (victims[thief].length > 0) {
                rows.put(thief, victimsOf(thief));
            }
        }
        return rows;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StealMatrix matrix && workers() == matrix.workers() && asMap().equals(matrix.asMap());
    }

    @Override
    public int hashCode() {
        return asMap().hashCode();
    }

    /** {@return the thieves, each with its victims and the tasks that it has taken from them} */
    @Override
    public String toString() {
        return asMap().toString();
    }
}
