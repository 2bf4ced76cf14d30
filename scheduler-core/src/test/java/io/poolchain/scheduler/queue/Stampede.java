// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One owner and some thieves at one queue, and what they took. Elements are numbered in the order of the pushes. At the
 * end each must have been taken exactly once, by the owner in the reverse order of the pushes and by each thief in the
 * order of the pushes.
 */
final class Stampede {
    private final TestQueue<Element> queue;
    private final int thieves;
    private final Race race = new Race();
    private final TakenLog takenByOwner = new TakenLog();
    private final List<TakenLog> takenByThieves = new ArrayList<>();

    /** Elements that the owner pushed and has not popped, the newest last. For the owner only. */
    private final int[] mine;

    private int mineSize;

    /** How many elements were pushed: the number of the next one. For the owner only. */
    int pushed;

    /** While it is set, thieves take nothing new. */
    volatile boolean holdThieves;

    private volatile boolean done;

    Stampede(TestQueue<Element> queue, int elements, int thieves) {
        this.queue = queue;
        this.thieves = thieves;
        mine = new int[elements];
    }

    /** Runs the owner, who pushes all elements and does not pop after the last one, beside the thieves. */
    void run(Race.Part owner) throws InterruptedException {
        race.with("owner", () -> {
            try {
                owner.run();
            } finally {
                done = true;
            }
        });
        for (int i = 0; i < thieves; i++) {
            TakenLog log = new TakenLog();
            takenByThieves.add(log);
            race.with("thief " + i, () -> steal(log));
        }
        race.run();
        verify();
    }

    /** Adds a thread that looks again and again while the others run. */
    void watch(Runnable look) {
        race.with("watcher", () -> {
            while (!done) {
                look.run();
                Thread.yield();
            }
        });
    }

    private void steal(TakenLog log) {
        for (int waits = 0; ; waits++) {
            boolean last = done; // before the look: after it, nothing is pushed
            Element element = queue.popTail();
            if (element != null) {
                log.add(element.id);
                waits = 0;
            } else if (last) {
                return;
            } else {
                race.pause(waits);
            }
            while (holdThieves) {
                race.pause(waits++);
            }
        }
    }

    void push() {
        Element element = new Element();
        element.id = pushed;
        if (!queue.pushHead(element)) {
            race.await("room in the ring", () -> queue.pushHead(element));
        }
        mine[mineSize++] = pushed++;
    }

    /** The owner must get its newest element, or nothing because thieves took that and so all before it. */
    void popHeads(int count) {
        for (int i = 0; i < count; i++) {
            Element element = queue.popHead();
            if (element == null) {
                mineSize = 0;
                return;
            }
            if (mineSize == 0 || element.id != mine[--mineSize]) {
                throw new AssertionError("popHead gave " + element.id + " which is not the newest");
            }
            takenByOwner.add(element.id);
        }
    }

    void awaitEmpty() {
        race.await("thieves to drain the queue", queue::isEmpty);
        mineSize = 0;
    }

    private void verify() {
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.size()).isZero();
        assertThat(queue.popHead()).isNull();
        assertThat(queue.popTail()).isNull();
        if (queue instanceof TestQueue.OfChain<Element> ofChain) {
            assertThat(Rings.linked(ofChain.chain())).hasSize(1);
            assertThat(Rings.newest(ofChain.chain()).prev)
                    .as("way back to dropped rings")
                    .isNull();
        }

        byte[] counts = new byte[pushed];
        takenByOwner.countInto(counts);
        takenByThieves.forEach(log -> log.countInto(counts));
        int[] lost = IntStream.range(0, pushed).filter(id -> counts[id] == 0).toArray();
        int[] repeated = IntStream.range(0, pushed).filter(id -> counts[id] > 1).toArray();
        assertThat(lost.length + repeated.length)
                .as("of %d elements, lost %s and taken twice %s", pushed, start(lost), start(repeated))
                .isZero();

        takenByThieves.forEach(TakenLog::assertAscending);
        int stolen = takenByThieves.stream().mapToInt(TakenLog::size).sum();
        assertThat(stolen).as("elements taken by thieves").isPositive();
    }

    private static String start(int[] ids) {
        return ids.length + " " + Arrays.toString(Arrays.copyOf(ids, Math.min(ids.length, 5)));
    }

    /** Its number is not final: the queue itself must publish it. */
    static final class Element {
        int id;
    }
}
