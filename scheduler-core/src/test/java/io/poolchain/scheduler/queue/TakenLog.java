// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import java.util.Arrays;

/**
 * What one thread took, in order. Each thread has its own and they are added up at the end: a shared counter per element
 * would be a fence at each pop, and hide a missing one.
 */
final class TakenLog {
    private int[] ids = new int[1 << 10];
    private int size;

    void add(int id) {
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, 2 * size);
        }
        ids[size++] = id;
    }

    int size() {
        return size;
    }

    /** Counts each element of this log. An element that was never pushed is a failure. */
    void countInto(byte[] counts) {
        for (int i = 0; i < size; i++) {
            if (ids[i] < 0 || ids[i] >= counts.length) {
                throw new AssertionError("an element that was never pushed: " + ids[i]);
            }
            counts[ids[i]]++;
        }
    }

    /** Fails if elements did not come in the order in which they were pushed. */
    void assertAscending() {
        for (int i = 1; i < size; i++) {
            if (ids[i] <= ids[i - 1]) {
                throw new AssertionError(ids[i] + " was taken from the tail after " + ids[i - 1]);
            }
        }
    }
}
