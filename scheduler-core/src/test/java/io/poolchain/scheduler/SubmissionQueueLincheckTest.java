// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import io.poolchain.scheduler.SubmissionQueue.Offer;
import io.poolchain.scheduler.queue.Lincheck;
import java.util.ArrayDeque;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One stripe is linearizable: a first-in-first-out queue that can be closed, and left by those who attend it. Several are
 * not: {@code poll} and {@code isEmpty} look at one after the other, and each was empty at some moment of its own.
 */
@Lincheck.Test
class SubmissionQueueLincheckTest {
    private static final int SUBMITTERS = 5; // 1 to 3, 0 before and 4 after them

    public static final class OneStripe {
        private final SubmissionQueue queue = new SubmissionQueue(1);
        private final int[] offers = new int[SUBMITTERS];

        @Operation
        public Offer offer(@Param(gen = ThreadIdGen.class) int submitter) {
            return queue.offer(new Task(submitter, ++offers[submitter]));
        }

        @Operation
        public Offer offerUnattended(@Param(gen = ThreadIdGen.class) int submitter) {
            return queue.offerUnattended(new Task(submitter, ++offers[submitter]));
        }

        @Operation
        public String poll() {
            Runnable task = queue.poll(0);
            return task == null ? null : task.toString();
        }

        @Operation
        public boolean isEmpty() {
            return queue.isEmpty();
        }

        @Operation(nonParallelGroup = "attendance")
        public void attend() {
            queue.setAttended(true);
        }

        @Operation(nonParallelGroup = "attendance")
        public void leave() {
            queue.setAttended(false);
            queue.awaitOffersUnderWay();
        }

        @Operation(runOnce = true)
        public void close() {
            queue.close();
        }
    }

    public static final class SequentialStripe {
        private final ArrayDeque<String> tasks = new ArrayDeque<>();
        private final int[] offers = new int[SUBMITTERS];
        private boolean attended = true;
        private boolean closed;

        public Offer offer(int submitter) {
            return add(new Task(submitter, ++offers[submitter]), attended);
        }

        public Offer offerUnattended(int submitter) {
            return add(new Task(submitter, ++offers[submitter]), true);
        }

        private Offer add(Task task, boolean mayAdd) {
            if (closed) {
                return Offer.CLOSED;
            }
            if (!mayAdd) {
                return Offer.UNATTENDED;
            }
            tasks.add(task.toString());
            return Offer.ACCEPTED;
        }

        public String poll() {
            return tasks.poll();
        }

        public boolean isEmpty() {
            return tasks.isEmpty();
        }

        public void attend() {
            attended = true;
        }

        public void leave() {
            attended = false;
        }

        public void close() {
            closed = true;
        }
    }

    private static final class Task implements Runnable {
        private final int submitter;
        private final int number;

        Task(int submitter, int number) {
            this.submitter = submitter;
            this.number = number;
        }

        @Override
        public void run() {}

        @Override
        public String toString() {
            return submitter + "." + number;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStripeWithSeveralSubmitters(Lincheck.Mode mode) {
        new Lincheck(OneStripe.class, SequentialStripe.class)
                .with("", "offer:1 | leave isEmpty", "poll")
                .with("", "offer:1 | close isEmpty", "poll")
                .with("", "offer:1 offer:1 | offer:2 | poll poll", "poll poll")
                .check(mode);
    }

    /** The first ring has eight slots. */
    @ParameterizedTest
    @EnumSource
    void aStripeThatGrows(Lincheck.Mode mode) {
        new Lincheck(OneStripe.class, SequentialStripe.class)
                .with(
                        "offer:1 offer:1 offer:1 offer:1 offer:1 offer:1 offer:1",
                        "offer:1 offer:1 offer:1 | offer:2 offer:2 poll | poll poll",
                        "poll poll poll")
                .check(mode);
    }
}
