// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.workloads;

import java.util.Arrays;
import java.util.Random;

/** The same random numbers again and again, to be sorted. */
final class Numbers {
    /** As few as these are sorted without a further task. */
    static final int FEW = 100;

    final int[] values;
    private final int[] unsorted;
    private final int[] scratch;

    Numbers(int size) {
        unsorted = new Random(42).ints(size).toArray();
        values = unsorted.clone();
        scratch = new int[size];
    }

    void shuffle() {
        System.arraycopy(unsorted, 0, values, 0, values.length);
    }

    void requireSorted() {
        for (int i = 1; i < values.length; i++) {
            if (values[i - 1] > values[i]) {
                throw new IllegalStateException("not sorted");
            }
        }
    }

    void sort(int from, int to) {
        Arrays.sort(values, from, to);
    }

    /** Makes one sorted range out of two. */
    void merge(int from, int middle, int to) {
        System.arraycopy(values, from, scratch, from, middle - from);
        int left = from;
        int right = middle;
        for (int i = from; left < middle; i++) {
            values[i] = right < to && values[right] < scratch[left] ? values[right++] : scratch[left++];
        }
    }

    /** {@return where the range is divided: nothing before is larger than what follows, and neither part is empty} */
    int partition(int from, int to) {
        int pivot = values[(from + to) >>> 1];
        int low = from - 1;
        int high = to;
        while (true) {
            do {
                low++;
            } while (values[low] < pivot);
            do {
                high--;
            } while (values[high] > pivot);
            if (low >= high) {
                return Math.max(high + 1, from + 1) < to ? Math.max(high + 1, from + 1) : to - 1;
            }
            int swapped = values[low];
            values[low] = values[high];
            values[high] = swapped;
        }
    }
}
