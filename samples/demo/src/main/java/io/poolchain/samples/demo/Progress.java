// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.demo;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.atomic.LongAdder;

/** How far a search has come. Thread-safe; no figure decreases. */
final class Progress implements MeterBinder {
    private final LongAdder found = new LongAdder();
    private final LongAdder visited = new LongAdder();
    private final LongAdder files = new LongAdder();
    private final LongAdder bytes = new LongAdder();

    void pathFound() {
        found.increment();
    }

    void pathVisited() {
        visited.increment();
    }

    void fileHashed(long size) {
        files.increment();
        bytes.add(size);
    }

    /** Folders, files and links that there are to visit, as far as known. */
    long found() {
        return found.sum();
    }

    long visited() {
        return visited.sum();
    }

    long bytes() {
        return bytes.sum();
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        FunctionCounter.builder("demo.files", files, LongAdder::sum)
                .baseUnit("files")
                .description("Files read and hashed")
                .register(registry);
        FunctionCounter.builder("demo.bytes", bytes, LongAdder::sum)
                .baseUnit("bytes")
                .description("Bytes in the files read and hashed")
                .register(registry);
    }
}
