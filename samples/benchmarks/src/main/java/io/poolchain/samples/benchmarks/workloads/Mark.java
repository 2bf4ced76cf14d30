// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.workloads;

/** The smallest task: counts itself. */
record Mark(Tally tally, int task) implements Runnable {
    @Override
    public void run() {
        tally.ran(task);
    }
}
