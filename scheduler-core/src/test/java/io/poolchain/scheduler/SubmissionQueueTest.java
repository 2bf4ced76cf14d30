// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolchain.scheduler.SubmissionQueue.Offer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SubmissionQueueTest {
    private record Numbered(int submitter, int number) implements Runnable {
        @Override
        public void run() {}
    }

    @Test
    void theTasksOfEachSubmitterStayInOrder() throws Exception {
        SubmissionQueue queue = new SubmissionQueue(2); // so some share a stripe
        int submitters = 4;
        int tasks = 50_000;
        CyclicBarrier start = new CyclicBarrier(submitters + 1);
        for (int s = 0; s < submitters; s++) {
            int submitter = s;
            new Thread(() -> {
                        TestPools.await(start);
                        for (int i = 0; i < tasks; i++) {
                            assertThat(queue.offer(new Numbered(submitter, i))).isEqualTo(Offer.ACCEPTED);
                        }
                    })
                    .start();
        }
        TestPools.await(start);
        int[] next = new int[submitters];
        long polls = 0;
        for (int taken = 0; taken < submitters * tasks; ) {
            if (queue.poll(polls++) instanceof Numbered task) {
                assertThat(task.number()).isEqualTo(next[task.submitter()]++);
                taken++;
            } else {
                Thread.onSpinWait();
            }
        }
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.accepted()).isEqualTo((long) submitters * tasks);
    }

    @Test
    void threadsThatWereMadeInARowDoNotShareAStripe() throws Exception {
        List<Thread> threads = new ArrayList<>();
        SubmissionQueue queue = new SubmissionQueue(4);
        do {
            threads.clear();
            for (int s = 0; s < 4; s++) {
                int submitter = s;
                threads.add(new Thread(() -> {
                    queue.offer(new Numbered(submitter, 0));
                    queue.offer(new Numbered(submitter, 1));
                }));
            }
        } while (threads.get(3).getId() - threads.get(0).getId() != 3); // others made one in between
        for (Thread thread : threads) {
            thread.start();
            thread.join();
        }
        Set<Integer> submitters = new HashSet<>();
        for (int stripe = 0; stripe < 4; stripe++) {
            submitters.add(((Numbered) queue.poll(stripe)).submitter()); // of the next stripe that has any
        }
        assertThat(submitters).hasSize(4);
    }

    @Test
    void whatWasAcceptedBeforeTheCloseIsThereAndNothingAfterIt() throws Exception {
        for (int round = 0; round < 200; round++) {
            SubmissionQueue queue = new SubmissionQueue(2);
            AtomicInteger accepted = new AtomicInteger();
            CyclicBarrier start = new CyclicBarrier(4);
            List<Thread> submitters = new ArrayList<>();
            for (int s = 0; s < 3; s++) {
                Thread submitter = new Thread(() -> {
                    TestPools.await(start);
                    for (int i = 0; i < 100_000 && queue.offer(() -> {}) == Offer.ACCEPTED; i++) {
                        accepted.incrementAndGet();
                    }
                });
                submitters.add(submitter);
                submitter.start();
            }
            TestPools.await(start);
            queue.close();
            long closedWith = queue.size();
            for (Thread submitter : submitters) {
                submitter.join();
            }
            assertThat(closedWith).isEqualTo(accepted.get());
            List<Runnable> drained = new ArrayList<>();
            queue.drainTo(drained);
            assertThat(drained).hasSize(accepted.get());
        }
    }

    @Test
    void aBurstIsGivenBackByTrim() {
        SubmissionQueue queue = new SubmissionQueue(1);
        for (int i = 0; i < 100_000; i++) {
            queue.offer(() -> {});
        }
        queue.trim();
        assertThat(queue.capacity()).as("not while tasks are in it").isGreaterThanOrEqualTo(100_000);
        queue.drainTo(new ArrayList<>());
        queue.trim();
        assertThat(queue.capacity()).isEqualTo(8);
        assertThat(queue.growths()).isEqualTo(13);
        assertThat(queue.drops()).isEqualTo(14);
    }

    @Test
    void aWorkerTakesSomeTasksInARowFromAStripeAndThenFromTheNext() throws Exception {
        SubmissionQueue queue = new SubmissionQueue(2);
        int submitters = 64; // of which each stripe gets some
        for (int s = 0; s < submitters; s++) {
            int submitter = s;
            Thread thread = new Thread(() -> {
                for (int i = 0; i < 32; i++) {
                    queue.offer(new Numbered(submitter, i));
                }
            });
            thread.start();
            thread.join();
        }
        SubmissionQueue.Consumer first = queue.consumer(0, () -> true);
        SubmissionQueue.Consumer second = queue.consumer(1, () -> true);
        Set<Integer> ofFirst = submittersOf(first, 16);
        assertThat(submittersOf(second, 16)).as("another stripe").doesNotContainAnyElementsOf(ofFirst);
        assertThat(submittersOf(first, 16)).as("the next stripe").doesNotContainAnyElementsOf(ofFirst);
        while (first.poll() != null) {}
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void aWorkerLeavesAStripeFromWhichAnotherTakesAsFast() {
        TwoWorkers two = new TwoWorkers(1, true);
        two.takeByTurns(SubmissionQueue.ROW);

        assertThat(two.first.poll()).isNull();
        assertThat(two.first.hasLeft()).isTrue();
        assertThat(two.second.poll()).isNotNull();
    }

    @Test
    void aWorkerLeavesNoStripeToNobody() {
        TwoWorkers two = new TwoWorkers(1, true);
        IntStream.range(0, 10 * SubmissionQueue.ROW)
                .forEach(i -> assertThat(two.first.poll()).isNotNull());
    }

    @Test
    void aWorkerLeavesNoStripeIfItMayNot() {
        TwoWorkers two = new TwoWorkers(1, false);
        two.takeByTurns(SubmissionQueue.ROW);

        assertThat(two.first.poll()).isNotNull();
    }

    @Test
    void aWorkerDoesNotLeaveAStripeFromWhichItTakesInFairnessToo() {
        TwoWorkers two = new TwoWorkers(1, true);
        for (int i = 0; i < 10 * SubmissionQueue.ROW; i++) {
            assertThat(two.first.poll()).isNotNull();
            two.first.takesInFairness();
            assertThat(two.queue.poll(0)).isNotNull();
        }
    }

    @Test
    void aWorkerComesBackToAStripeFromWhichOthersTakeNoLongerManyTasks() {
        TwoWorkers two = new TwoWorkers(1, true);
        two.takeByTurns(SubmissionQueue.ROW);
        two.first.poll();

        two.takeBySecond(CrowdedStripe.MANY_IN_A_REST);
        two.first.lookAgain();
        assertThat(two.first.poll()).as("they take many").isNull();
        two.takeBySecond(CrowdedStripe.MANY_IN_A_REST - 1);
        two.first.lookAgain();
        assertThat(two.first.poll()).as("they take one less").isNotNull();
    }

    @Test
    void aWorkerThatIsToComeBackDoesSo() {
        TwoWorkers two = new TwoWorkers(1, true);
        two.takeByTurns(SubmissionQueue.ROW);
        two.first.poll();

        two.takeBySecond(CrowdedStripe.MANY_IN_A_REST);
        two.first.comeBack();
        assertThat(two.first.hasLeft()).isFalse();
        assertThat(two.first.poll()).isNotNull();
    }

    @Test
    void aWorkerThatHasFoundAnotherStripeDoesNotPassOverTheOneThatItLeft() {
        TwoWorkers two = new TwoWorkers(2, true);
        two.takeByTurns(SubmissionQueue.ROW);

        assertThat(two.first.poll()).as("of the other stripe").isEqualTo(two.other);
        assertThat(two.first.hasLeft()).isFalse();
        assertThat(two.first.poll()).isNotNull();
    }

    /** Who take from the same stripe, which has many tasks in a ring; if there are two, the other has one task. */
    private static final class TwoWorkers {
        final Runnable other = () -> {};
        final SubmissionQueue queue;
        final SubmissionQueue.Consumer first;
        final SubmissionQueue.Consumer second;

        TwoWorkers(int stripes, boolean mayLeave) {
            queue = new SubmissionQueue(stripes);
            for (int i = 0; i < 2_000; i++) {
                queue.offer(() -> {});
            }
            int stripe = (int) Thread.currentThread().getId();
            first = queue.consumer(stripe, () -> mayLeave);
            second = queue.consumer(stripe, () -> false);
            while (queue.size() > 900) {
                queue.poll(stripe); // the last ring of the chain has 1,024 slots
            }
            if (stripes > 1) {
                offerToNextStripe(stripe, stripes);
            }
        }

        private void offerToNextStripe(int stripe, int stripes) {
            Thread submitter;
            do {
                submitter = new Thread(() -> queue.offer(other));
            } while (submitter.getId() % stripes == stripe % stripes);
            submitter.start();
            try {
                submitter.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        void takeByTurns(int tasks) {
            for (int i = 0; i < tasks; i++) {
                assertThat(first.poll()).isNotNull();
                assertThat(second.poll()).isNotNull();
            }
        }

        void takeBySecond(int tasks) {
            for (int i = 0; i < tasks; i++) {
                assertThat(second.poll()).isNotNull();
            }
        }
    }

    private static Set<Integer> submittersOf(SubmissionQueue.Consumer consumer, int tasks) {
        Set<Integer> submitters = new HashSet<>();
        for (int i = 0; i < tasks; i++) {
            submitters.add(((Numbered) consumer.poll()).submitter());
        }
        return submitters;
    }
}
