// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolchain.scheduler.Fault;
import io.poolchain.scheduler.Provokes;
import io.poolchain.scheduler.queue.QueueKind.Start;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One owner and nine thieves: each element is taken exactly once, by the owner in the reverse order of the pushes and by
 * each thief in the order of the pushes. This is the test of the algorithm's source, Go's {@code sync.Pool}, plus the
 * order, indexes that wrap around, and bursts that make a chain grow and shrink.
 *
 * <p>The system property {@code poolchain.stress.factor} (default 1) multiplies the number of elements.
 */
final class QueueStressTest {
    private static final int THIEVES = 9;
    private static final int ELEMENTS = Race.times(1 << 21);

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.poolchain.scheduler.queue.QueueKind#typical")
    void everyElementIsTakenExactlyOnce(QueueKind kind) throws InterruptedException {
        Stampede stampede = new Stampede(kind.make(), ELEMENTS, THIEVES);
        stampede.run(() -> {
            SplittableRandom random = new SplittableRandom(1);
            while (stampede.pushed < ELEMENTS) {
                stampede.push();
                if (random.nextInt(8) == 0) {
                    stampede.popHeads(1 + random.nextInt(4));
                }
            }
        });
    }

    @ParameterizedTest(name = "from {0}")
    @EnumSource(names = {"ZERO", "BELOW_LONG_WRAP", "BELOW_UNSIGNED_LONG_WRAP"})
    @Provokes({Fault.ELEMENTS_ARE_LOST_WHILE_A_RING_IS_LINKED, Fault.A_PACKED_COUNTER_WRAPS_AFTER_MONTHS})
    void everyElementOfAChainThatGrowsAndShrinksIsTakenExactlyOnce(Start start) throws InterruptedException {
        PoolChain<Stampede.Element> chain =
                new PoolChain<>(PoolChain.FIRST_RING_CAPACITY, PoolChain.MAX_RING_CAPACITY, start.index);
        Stampede stampede = new Stampede(new TestQueue.OfChain<>(chain), ELEMENTS, THIEVES);
        stampede.watch(new FigureWatch(chain));
        int[] trims = {0};
        stampede.run(() -> {
            SplittableRandom random = new SplittableRandom(2);
            while (stampede.pushed < ELEMENTS) {
                burst(stampede, random);
                if (stampede.pushed < ELEMENTS && chain.trim()) {
                    assertThat(chain.isOversized()).isFalse();
                    trims[0]++;
                }
            }
        });
        assertThat(chain.growths()).isPositive();
        assertThat(chain.drops()).isPositive();
        assertThat(trims[0]).as("times the chain shrank").isPositive();
    }

    @ParameterizedTest(name = "from {0}")
    @EnumSource(names = {"ZERO", "BELOW_LONG_WRAP", "BELOW_UNSIGNED_LONG_WRAP"})
    void everyElementOfAFifoChainIsTakenExactlyOnce(Start start) throws InterruptedException {
        PoolChain<Stampede.Element> chain = new PoolChain<>(2, 64, start.index, true);
        Stampede stampede = new Stampede(new TestQueue.OfChain<>(chain, true), ELEMENTS, THIEVES);
        stampede.run(() -> {
            SplittableRandom random = new SplittableRandom(3);
            while (stampede.pushed < ELEMENTS) {
                stampede.push();
                if (random.nextInt(64) == 0) {
                    stampede.awaitEmpty(); // lest one long queue hides the races for the last element
                }
            }
        });
        assertThat(chain.drops()).isEqualTo(chain.growths()).isPositive();
    }

    /** About as many elements as the first rings of a chain hold together, then one of several ways to get rid of them. */
    private static void burst(Stampede stampede, SplittableRandom random) {
        stampede.holdThieves = random.nextBoolean(); // else they run while rings are linked
        int size = Math.max(1, (8 << random.nextInt(11)) + random.nextInt(-3, 4));
        for (int i = 0; i < size && stampede.pushed < ELEMENTS; i++) {
            stampede.push();
        }
        stampede.holdThieves = false;
        if (stampede.pushed < ELEMENTS) {
            switch (random.nextInt(4)) {
                case 0 -> stampede.popHeads(Integer.MAX_VALUE);
                case 1 -> stampede.awaitEmpty();
                case 2 -> stampede.popHeads(size / 2);
                default -> {} // the next burst comes on top
            }
        }
    }

    /** The figures of a chain, read by a thread that has no part in it. */
    private static final class FigureWatch implements Runnable {
        private final PoolChain<?> chain;
        private long growths;
        private long drops;

        FigureWatch(PoolChain<?> chain) {
            this.chain = chain;
        }

        @Override
        public void run() {
            long newGrowths = chain.growths();
            long newDrops = chain.drops();
            if (newGrowths < growths || newDrops < drops) {
                throw new AssertionError(
                        "growths from " + growths + " to " + newGrowths + ", drops from " + drops + " to " + newDrops);
            }
            growths = newGrowths;
            drops = newDrops;
            if (chain.size() < 0 || chain.capacity() < PoolChain.FIRST_RING_CAPACITY) {
                throw new AssertionError("size " + chain.size() + ", capacity " + chain.capacity());
            }
        }
    }
}
