// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.peers;

import java.util.concurrent.Executor;

/** Runs what a thread outside has submitted when that thread says that it has no more. */
public interface Batching extends Executor {
    /** Hands over what the calling thread has submitted. */
    void flush();

    /** To be called by each thread outside after its last task: does nothing if the executor has started them already. */
    static void flush(Executor executor) {
        if (executor instanceof Batching batching) {
            batching.flush();
        }
    }
}
