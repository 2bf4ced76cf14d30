// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One thread, random calls: a queue must do what a {@link Deque} does. The seed stands in the failure's message. */
final class QueueModelTest {
    private static final int SEEDS = Race.times(20);
    private static final int PHASES = 12;

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.poolchain.scheduler.queue.QueueKind#all")
    void doesWhatADequeDoes(QueueKind kind) {
        for (int seed = 1; seed <= SEEDS; seed++) {
            try {
                new Run(kind, seed).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(kind + ", seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    private static final class Run {
        private final QueueKind kind;
        private final TestQueue<Integer> queue;
        private final Deque<Integer> model = new ArrayDeque<>();
        private final SplittableRandom random;
        private int pushed;

        Run(QueueKind kind, long seed) {
            this.kind = kind;
            queue = kind.make();
            random = new SplittableRandom(seed);
        }

        /** In phases: some mostly push, some mostly pop, most are short and some long enough for large rings. */
        void run() {
            for (int phase = 0; phase < PHASES; phase++) {
                int pushesOfTen = random.nextInt(11);
                int steps = random.nextInt(random.nextInt(8) == 0 ? 5_000 : 100);
                for (int step = 0; step < steps; step++) {
                    if (random.nextInt(10) < pushesOfTen) {
                        push();
                    } else {
                        pop();
                    }
                    expect("isEmpty", model.isEmpty(), queue.isEmpty());
                    if (steps < 100 || step % 64 == 0) { // it visits all rings
                        expect("size", (long) model.size(), queue.size());
                    }
                }
                queue.trim();
            }
            while (!model.isEmpty()) {
                pop();
            }
            expect("popTail at the end", null, queue.popTail());
            expect("popHead at the end", null, queue.popHead());
            for (Object[] slots : queue.slots()) {
                for (Object slot : slots) {
                    expect("slot at the end", null, slot);
                }
            }
        }

        private void push() {
            boolean room = model.size() < kind.room(Integer.MAX_VALUE);
            expect("pushHead", room, queue.pushHead(pushed));
            if (room) {
                model.addFirst(pushed);
            }
            pushed++;
        }

        private void pop() {
            if (random.nextBoolean()) {
                expect("popHead", model.pollFirst(), queue.popHead());
            } else {
                expect("popTail", model.pollLast(), queue.popTail());
            }
        }

        private void expect(String what, Object expected, Object actual) {
            if (!Objects.equals(expected, actual)) {
                throw new AssertionError(
                        what + " gave " + actual + " instead of " + expected + " after " + pushed + " pushes");
            }
        }
    }
}
