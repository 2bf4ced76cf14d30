// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ring and chain are linearizable, with one exception: see {@link RingProgram#pushHead(Integer)}. */
@Lincheck.Test
class QueueLincheckTest {
    public static final class RingOfTwo extends RingProgram {
        public RingOfTwo() {
            super(2, Long.MAX_VALUE);
        }
    }

    public static final class ChainOfOnes extends ChainProgram {
        public ChainOfOnes() {
            super(1, 1, -1);
        }
    }

    public static final class ChainFromTwo extends ChainProgram {
        public ChainFromTwo() {
            super(2, 4, Long.MAX_VALUE);
        }
    }

    /** The owner only pushes: what would be its pops are further thieves'. */
    public static final class FifoFromTwo extends ChainProgram {
        public FifoFromTwo() {
            super(new PoolChain<>(2, 4, Long.MAX_VALUE, true));
        }

        @Override
        public Integer popHead() {
            return popTail();
        }
    }

    public static final class Fifo extends SequentialQueue {
        public Fifo() {
            super(Integer.MAX_VALUE);
        }

        @Override
        public Integer popHead() {
            return popTail();
        }
    }

    public static final class RoomForTwo extends SequentialQueue {
        public RoomForTwo() {
            super(2);
        }
    }

    public static final class RoomForAll extends SequentialQueue {
        public RoomForAll() {
            super(Integer.MAX_VALUE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRing(Lincheck.Mode mode) {
        new Lincheck(RingOfTwo.class, RoomForTwo.class)
                .with("pushHead", "popHead | popTail", "isEmpty") // the last element
                .with("pushHead pushHead", "popHead | popTail popTail", "") // the last but one
                .with("pushHead pushHead", "popHead | popTail popTail popTail", "")
                .with("pushHead pushHead", "pushHead pushHead | popTail | popTail", "popTail popTail") // full
                .with("pushHead", "popHead pushHead popHead | popTail isEmpty", "pushHead popHead")
                .check(mode);
    }

    @ParameterizedTest
    @EnumSource
    void aChainOfRingsOfOne(Lincheck.Mode mode) {
        new Lincheck(ChainOfOnes.class, RoomForAll.class)
                .with("", "pushHead pushHead | popTail", "popTail popTail") // growth under a thief that looks for it
                .with("pushHead", "pushHead popTail | popTail", "")
                .with("pushHead", "pushHead popTail | isEmpty", "")
                .with("pushHead pushHead", "popHead popHead | popTail", "isEmpty") // a ring dropped under the owner
                .with("pushHead pushHead pushHead", "popHead popHead | popTail popTail", "popHead popTail")
                .with("pushHead pushHead pushHead", "pushHead | popTail popTail | popTail popTail", "popHead popTail")
                .check(mode);
    }

    @ParameterizedTest
    @EnumSource
    void aChainThatGrows(Lincheck.Mode mode) {
        new Lincheck(ChainFromTwo.class, RoomForAll.class)
                .with("pushHead pushHead", "pushHead popHead popHead | popTail popTail", "popHead popTail")
                .with("pushHead pushHead pushHead", "popHead popHead | popTail popTail", "pushHead popTail popTail")
                .with("pushHead", "pushHead pushHead pushHead | popTail popTail popTail", "popHead popTail")
                .check(mode);
    }

    @ParameterizedTest
    @EnumSource
    void aFifoChain(Lincheck.Mode mode) {
        new Lincheck(FifoFromTwo.class, Fifo.class)
                .with("pushHead", "pushHead pushHead | popTail popTail | popTail", "popTail popTail")
                .with("pushHead pushHead", "pushHead isEmpty | popTail popTail | popTail popTail", "popTail isEmpty")
                .check(mode);
    }
}
