// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks;

import io.poolchain.scheduler.queue.PoolChain;
import io.poolchain.scheduler.queue.PoolDequeue;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.GroupThreads;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The queue alone: what the owner pays for a push and a pop, alone and beside a thief; and a push and a steal by one
 * thread. One operation is sixteen elements pushed and as many taken, reported per element; of a thief beside an owner,
 * sixteen attempts, reported per attempt.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(5)
@OperationsPerInvocation(QueueBenchmark.ELEMENTS)
public class QueueBenchmark {
    static final int ELEMENTS = 16;
    private static final Integer ELEMENT = 42;

    /** The queues, fresh per iteration. */
    @State(Scope.Group)
    public static class Queues {
        PoolDequeue<Object> ring;
        PoolChain<Object> chain;
        PackedDequeue<Object> packed;
        ArrayDeque<Object> floor;
        AtomicLong word;

        /** Makes the queues anew: a thief may have left elements. */
        @Setup(Level.Iteration)
        public void make() {
            ring = new PoolDequeue<>(1 << 10);
            chain = new PoolChain<>();
            packed = new PackedDequeue<>(1 << 10);
            floor = new ArrayDeque<>(1 << 10);
            word = new AtomicLong();
        }
    }

    /** Separate words. */
    @Benchmark
    @Group("ring")
    public int ring(Queues queues) {
        int pushed = 0;
        for (int i = 0; i < ELEMENTS; i++) {
            pushed += queues.ring.pushHead(ELEMENT) ? 1 : 0;
        }
        int popped = 0;
        while (queues.ring.popHead() != null) {
            popped++;
        }
        return pushed + popped;
    }

    /** A chain of such rings. */
    @Benchmark
    @Group("chain")
    public int chain(Queues queues) {
        for (int i = 0; i < ELEMENTS; i++) {
            queues.chain.pushHead(ELEMENT);
        }
        int popped = 0;
        while (queues.chain.popHead() != null) {
            popped++;
        }
        return popped;
    }

    /** One packed word. */
    @Benchmark
    @Group("packed")
    public int packed(Queues queues) {
        int pushed = 0;
        for (int i = 0; i < ELEMENTS; i++) {
            pushed += queues.packed.pushHead(ELEMENT) ? 1 : 0;
        }
        int popped = 0;
        while (queues.packed.popHead() != null) {
            popped++;
        }
        return pushed + popped;
    }

    /** One locked instruction for each element, and nothing else. Of volatile writes in a row the compiler would leave one. */
    @Benchmark
    @Group("locked")
    public long locked(Queues queues) {
        long last = 0;
        for (int i = 0; i < ELEMENTS; i++) {
            last = queues.word.getAndIncrement();
        }
        return last;
    }

    /** No concurrency at all. */
    @Benchmark
    @Group("floor")
    public int floor(Queues queues) {
        for (int i = 0; i < ELEMENTS; i++) {
            queues.floor.push(ELEMENT);
        }
        int popped = 0;
        while (queues.floor.poll() != null) {
            popped++;
        }
        return popped;
    }

    /** The owner beside a thief: separate words. */
    @Benchmark
    @Group("ringAndThief")
    public int ringOwner(Queues queues) {
        return ring(queues);
    }

    /** The thief beside the owner: separate words. */
    @Benchmark
    @Group("ringAndThief")
    @GroupThreads(1)
    public int ringThief(Queues queues) {
        int stolen = 0;
        for (int i = 0; i < ELEMENTS; i++) {
            stolen += queues.ring.popTail() != null ? 1 : 0;
        }
        return stolen;
    }

    /** The owner beside a thief: one packed word. */
    @Benchmark
    @Group("packedAndThief")
    public int packedOwner(Queues queues) {
        return packed(queues);
    }

    /** The thief beside the owner: one packed word. */
    @Benchmark
    @Group("packedAndThief")
    @GroupThreads(1)
    public int packedThief(Queues queues) {
        int stolen = 0;
        for (int i = 0; i < ELEMENTS; i++) {
            stolen += queues.packed.popTail() != null ? 1 : 0;
        }
        return stolen;
    }

    /** What a thief pays, with nobody beside it: separate words. */
    @Benchmark
    @Group("ringSteals")
    public int ringSteals(Queues queues) {
        int pushed = 0;
        for (int i = 0; i < ELEMENTS; i++) {
            pushed += queues.ring.pushHead(ELEMENT) ? 1 : 0;
        }
        int stolen = 0;
        while (queues.ring.popTail() != null) {
            stolen++;
        }
        return pushed + stolen;
    }

    /** What a thief pays, with nobody beside it: a chain of such rings. */
    @Benchmark
    @Group("chainSteals")
    public int chainSteals(Queues queues) {
        for (int i = 0; i < ELEMENTS; i++) {
            queues.chain.pushHead(ELEMENT);
        }
        int stolen = 0;
        while (queues.chain.popTail() != null) {
            stolen++;
        }
        return stolen;
    }

    /** What a thief pays, with nobody beside it: one packed word. */
    @Benchmark
    @Group("packedSteals")
    public int packedSteals(Queues queues) {
        int pushed = 0;
        for (int i = 0; i < ELEMENTS; i++) {
            pushed += queues.packed.pushHead(ELEMENT) ? 1 : 0;
        }
        int stolen = 0;
        while (queues.packed.popTail() != null) {
            stolen++;
        }
        return pushed + stolen;
    }

    /** The owner beside a thief: a chain of rings. */
    @Benchmark
    @Group("chainAndThief")
    public int chainOwner(Queues queues) {
        return chain(queues);
    }

    /** The thief beside the owner: a chain of rings. */
    @Benchmark
    @Group("chainAndThief")
    @GroupThreads(1)
    public int chainThief(Queues queues) {
        int stolen = 0;
        for (int i = 0; i < ELEMENTS; i++) {
            stolen += queues.chain.popTail() != null ? 1 : 0;
        }
        return stolen;
    }
}
