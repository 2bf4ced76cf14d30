// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import io.poolchain.scheduler.Fault;
import io.poolchain.scheduler.Provokes;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Owner and thieves compete for the last elements of a queue: each goes to exactly one of them.
 *
 * <p>The system property {@code poolchain.stress.factor} (default 1) multiplies the number of rounds.
 */
@Provokes(Fault.THE_LAST_ELEMENT_IS_TAKEN_BY_BOTH_OR_BY_NOBODY)
final class LastElementTest {
    /** Queues per meeting of the threads: a meeting costs far more than a round. */
    private static final int BATCH = 64;

    private static final int ELEMENTS = Race.times(1_000_000);
    private static final int ROUNDS = Race.times(80_000);

    /** Faults: the last element is taken by both or by nobody; the owner's withdrawal is not seen in time. */
    @ParameterizedTest(name = "{0} element(s), {1} thief or thieves")
    @CsvSource({"1, 1", "2, 1", "3, 1", "1, 3", "2, 3", "3, 3"})
    void theLastElementsGoToExactlyOneThreadEach(int elements, int thieves) throws InterruptedException {
        for (QueueKind kind : QueueKind.tiny().toList()) {
            new Contest(kind, elements, thieves).run();
        }
    }

    /** The same without a meeting: the queue always has a few elements or none, and the threads are always at it. */
    @ParameterizedTest(name = "{0} thief or thieves")
    @ValueSource(ints = {1, 2, 3})
    void aQueueThatIsAlwaysNearlyEmptyDeliversEachElementOnce(int thieves) throws InterruptedException {
        for (QueueKind kind : QueueKind.tiny().toList()) {
            Stampede stampede = new Stampede(kind.make(), ELEMENTS, thieves);
            stampede.run(() -> {
                SplittableRandom random = new SplittableRandom(7);
                while (stampede.pushed < ELEMENTS) {
                    for (int i = random.nextInt(3); i >= 0 && stampede.pushed < ELEMENTS; i--) {
                        stampede.push();
                    }
                    if (stampede.pushed < ELEMENTS) {
                        stampede.popHeads(Integer.MAX_VALUE);
                    }
                }
            });
        }
    }

    private static final class Contest {
        private final QueueKind kind;
        private final int elements;
        private final int thieves;
        private final Race race = new Race();
        private final List<TestQueue<Integer>> queues = new ArrayList<>();

        /** By thread, the owner first, and element: the batch in which it was last taken. */
        private final int[][] takenIn;

        Contest(QueueKind kind, int elements, int thieves) {
            this.kind = kind;
            this.elements = elements;
            this.thieves = thieves;
            for (int i = 0; i < BATCH; i++) {
                queues.add(kind.make());
            }
            takenIn = new int[1 + thieves][BATCH * elements];
        }

        void run() throws InterruptedException {
            race.with("owner", this::own);
            for (int thief = 1; thief <= thieves; thief++) {
                int[] taken = takenIn[thief];
                race.with("thief " + thief, () -> steal(taken));
            }
            race.run();
        }

        private void own() {
            SplittableRandom random = new SplittableRandom(3);
            for (int batch = 1; batch <= ROUNDS / BATCH; batch++) {
                for (int element = 0; element < BATCH * elements; element++) {
                    queues.get(element / elements).pushHead(element);
                }
                race.barrier();
                for (int i = random.nextInt(64); i > 0; i--) {
                    Thread.onSpinWait(); // neither side always comes first
                }
                for (TestQueue<Integer> queue : queues) {
                    for (Integer got = queue.popHead(); got != null; got = queue.popHead()) {
                        take(takenIn[0], got, batch);
                    }
                }
                race.barrier();
                verify(batch);
            }
        }

        private void steal(int[] taken) {
            for (int batch = 1; batch <= ROUNDS / BATCH; batch++) {
                race.barrier();
                for (TestQueue<Integer> queue : queues) {
                    for (Integer got = queue.popTail(); got != null; got = queue.popTail()) {
                        take(taken, got, batch);
                    }
                }
                race.barrier();
            }
        }

        private static void take(int[] taken, int element, int batch) {
            if (taken[element] == batch) {
                throw new AssertionError("element " + element + " was taken twice by one thread");
            }
            taken[element] = batch;
        }

        private void verify(int batch) {
            for (int element = 0; element < BATCH * elements; element++) {
                int takers = 0;
                for (int[] taken : takenIn) {
                    takers += taken[element] == batch ? 1 : 0;
                }
                if (takers != 1) {
                    throw new AssertionError(kind + ", batch " + batch + ": " + takers + " threads took element "
                            + element % elements + " of " + elements);
                }
            }
        }
    }
}
