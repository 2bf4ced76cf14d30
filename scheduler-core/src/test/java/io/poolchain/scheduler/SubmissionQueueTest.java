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
        SubmissionQueue.Consumer first = queue.consumer(0);
        SubmissionQueue.Consumer second = queue.consumer(1);
        Set<Integer> ofFirst = submittersOf(first, 16);
        assertThat(submittersOf(second, 16)).as("another stripe").doesNotContainAnyElementsOf(ofFirst);
        assertThat(submittersOf(first, 16)).as("the next stripe").doesNotContainAnyElementsOf(ofFirst);
        while (first.poll() != null) {}
        assertThat(queue.isEmpty()).isTrue();
    }

    private static Set<Integer> submittersOf(SubmissionQueue.Consumer consumer, int tasks) {
        Set<Integer> submitters = new HashSet<>();
        for (int i = 0; i < tasks; i++) {
            submitters.add(((Numbered) consumer.poll()).submitter());
        }
        return submitters;
    }
}
