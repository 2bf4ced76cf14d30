// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import io.poolchain.scheduler.Fault;
import io.poolchain.scheduler.Provokes;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * "Empty" means empty: a thread that gets null from {@code popTail} did not miss anything.
 *
 * <p>The system property {@code poolchain.stress.factor} (default 1) multiplies the number of rounds.
 */
@Provokes(Fault.A_THIEF_SEES_A_QUEUE_EMPTY_THAT_NEVER_WAS)
final class FalseEmptyTest {
    /** Queues per meeting of the threads: a meeting costs far more than a round. */
    private static final int BATCH = 64;

    private static final int ROUNDS = Race.times(500_000);

    /** Rounds of the rarest race: with a third of them, the fault went unseen in two runs of three. */
    private static final int LINKS = Race.times(1_500_000);

    /** Rounds with a meeting each. */
    private static final int MEETINGS = Race.times(30_000);

    /** Fault: a thief is told of an element that was pushed before, and finds nothing, though the owner left it alone. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("io.poolchain.scheduler.queue.QueueKind#tiny")
    void anElementPushedBeforeAThiefIsToldIsFoundUnlessTheOwnerTookIt(QueueKind kind) throws InterruptedException {
        TestQueue<Integer> queue = kind.make();
        Race race = new Race();
        AtomicInteger told = new AtomicInteger();
        AtomicInteger answered = new AtomicInteger();
        Integer[] found = new Integer[1];
        race.with("owner", () -> {
            SplittableRandom random = new SplittableRandom(4);
            for (int round = 1; round <= MEETINGS; round++) {
                queue.pushHead(round);
                told.setRelease(round);
                Integer mine = random.nextInt(3) == 0 ? queue.popHead() : null;
                int now = round;
                race.await("the thief's answer", () -> answered.getAcquire() == now);
                if ((mine == null) == (found[0] == null)) {
                    throw new AssertionError("owner got " + mine + ", thief " + found[0] + ", in round " + round);
                }
            }
        });
        race.with("thief", () -> {
            for (int round = 1; round <= MEETINGS; round++) {
                int now = round;
                race.await("the owner's word", () -> told.getAcquire() == now);
                found[0] = queue.popTail();
                answered.setRelease(round);
            }
        });
        race.run();
    }

    /**
     * There is one element for the thief, and the owner pushes another before it takes one from the tail, so each finds
     * one at whatever moment it looks. Fault: the next ring is linked and the thief's ring drained after the thief has
     * seen that there is no next ring and before it looks into its own.
     */
    @ParameterizedTest(name = "{0}")
    @MethodSource("io.poolchain.scheduler.queue.QueueKind#tiny")
    void aThiefForWhomThereIsAlwaysAnElementFindsOne(QueueKind kind) throws InterruptedException {
        List<TestQueue<Integer>> queues = batch(kind);
        AtomicInteger at = new AtomicInteger(); // the round at which the owner is: the thief comes at the same moment
        Race race = new Race();
        race.with("owner", () -> {
            SplittableRandom random = new SplittableRandom(5);
            for (int batch = 0; batch < LINKS / BATCH; batch++) {
                queues.forEach(queue -> queue.pushHead(0));
                race.barrier();
                for (int i = 0; i < BATCH; i++) {
                    at.setRelease(batch * BATCH + i);
                    spin(random.nextInt(16));
                    queues.get(i).pushHead(1);
                    mustFind(queues.get(i).popTail());
                }
                race.barrier();
            }
        });
        race.with("thief", () -> {
            for (int batch = 0; batch < LINKS / BATCH; batch++) {
                race.barrier();
                for (int i = 0; i < BATCH; i++) {
                    int round = batch * BATCH + i;
                    race.await("the owner", () -> at.getAcquire() >= round);
                    mustFind(queues.get(i).popTail());
                }
                race.barrier();
            }
        });
        race.run();
    }

    private static void mustFind(Integer element) {
        if (element == null) {
            throw new AssertionError("found nothing though there was an element at each moment");
        }
    }

    /** Fault: as above, for a look without a pop. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("io.poolchain.scheduler.queue.QueueKind#tiny")
    void aQueueThatIsNeverEmptyIsNeverSeenEmpty(QueueKind kind) throws InterruptedException {
        TestQueue<Integer> queue = kind.make();
        queue.pushHead(0);
        AtomicBoolean done = new AtomicBoolean();
        Race race = new Race();
        race.with("owner", () -> {
            for (int i = 1; i <= ROUNDS; i++) {
                queue.pushHead(i);
                mustFind(queue.popTail());
            }
            done.setRelease(true);
        });
        race.with("looker", () -> {
            while (!done.getAcquire()) {
                if (queue.isEmpty()) {
                    throw new AssertionError("seen empty");
                }
            }
        });
        race.run();
    }

    /**
     * While nobody pushes, a queue that was empty stays empty. Fault: the owner hides an element while it decides whether
     * it may have it, and shows it again before that is decided.
     */
    @ParameterizedTest(name = "{0}")
    @MethodSource("io.poolchain.scheduler.queue.QueueKind#tiny")
    void aQueueThatWasEmptyStaysEmptyUntilTheNextPush(QueueKind kind) throws InterruptedException {
        List<TestQueue<Integer>> queues = batch(kind);
        AtomicInteger at = new AtomicInteger(); // the round at which the owner is: the thief comes at the same moment
        Race race = new Race();
        race.with("owner", () -> {
            SplittableRandom random = new SplittableRandom(6);
            for (int batch = 0; batch < ROUNDS / BATCH; batch++) {
                for (TestQueue<Integer> queue : queues) {
                    queue.pushHead(0);
                    queue.pushHead(1);
                }
                race.barrier();
                for (int i = 0; i < BATCH; i++) {
                    at.setRelease(batch * BATCH + i);
                    spin(random.nextInt(16));
                    while (queues.get(i).popHead() != null) {}
                }
                race.barrier();
            }
        });
        race.with("thief", () -> {
            for (int batch = 0; batch < ROUNDS / BATCH; batch++) {
                race.barrier();
                for (int i = 0; i < BATCH; i++) {
                    int round = batch * BATCH + i;
                    race.await("the owner", () -> at.getAcquire() >= round);
                    TestQueue<Integer> queue = queues.get(i);
                    while (queue.popTail() != null) {}
                    for (int again = 0; again < 2; again++) {
                        if (queue.popTail() != null) {
                            throw new AssertionError("found something after it was empty");
                        }
                    }
                }
                race.barrier();
            }
        });
        race.run();
    }

    private static List<TestQueue<Integer>> batch(QueueKind kind) {
        List<TestQueue<Integer>> queues = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            queues.add(kind.make());
        }
        return queues;
    }

    private static void spin(int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }
}
