// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import io.poolchain.scheduler.queue.Lincheck;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link IdleWorkers} is linearizable: a stack of sleepers and a count of searchers, changed at one moment. */
@Lincheck.Test
class IdleWorkersLincheckTest {
    private static final int WORKERS = 5;

    /**
     * Threads that act for workers as they may: each for one of its own, and for those that it has claimed, until they
     * sleep. An operation that its thread may not do now does nothing.
     */
    public abstract static class Threads {
        /** By thread, 1 to 3, 0 before and 4 after them, the workers that it acts for, the last claimed first. */
        private final List<Deque<Worker>> awake = IntStream.range(0, WORKERS)
                .mapToObj(index -> (Deque<Worker>) new ArrayDeque<>(List.of(new Worker(index, false))))
                .toList();

        abstract int takeAny();

        abstract int takeUnlessSearching(int enough);

        abstract void start();

        abstract boolean stop();

        abstract boolean sleep(int index);

        @Operation
        public final int claim(@Param(gen = ThreadIdGen.class) int thread) {
            return act(thread, takeAny());
        }

        @Operation
        public final int claimUnlessOneSearches(@Param(gen = ThreadIdGen.class) int thread) {
            return act(thread, takeUnlessSearching(1));
        }

        @Operation
        public final int claimUnlessTwoSearch(@Param(gen = ThreadIdGen.class) int thread) {
            return act(thread, takeUnlessSearching(2));
        }

        private int act(int thread, int claimed) {
            if (claimed >= 0) {
                awake.get(thread).push(new Worker(claimed, true));
            }
            return claimed;
        }

        @Operation
        public final String startSearching(@Param(gen = ThreadIdGen.class) int thread) {
            Worker worker = awake.get(thread).peek();
            if (worker == null || worker.searching) {
                return "may not";
            }
            worker.searching = true;
            start();
            return "searches";
        }

        @Operation
        public final String stopSearching(@Param(gen = ThreadIdGen.class) int thread) {
            Worker worker = awake.get(thread).peek();
            if (worker == null || !worker.searching) {
                return "may not";
            }
            worker.searching = false;
            return stop() ? "was the last" : "was not the last";
        }

        @Operation
        public final String fallAsleep(@Param(gen = ThreadIdGen.class) int thread) {
            Worker worker = awake.get(thread).peek();
            if (worker == null || !worker.searching) {
                return "may not";
            }
            awake.get(thread).pop();
            return sleep(worker.index) ? "was the last" : "was not the last";
        }
    }

    private static final class Worker {
        private final int index;
        private boolean searching;

        Worker(int index, boolean searching) {
            this.index = index;
            this.searching = searching;
        }
    }

    /** The version overflows with the second who falls asleep. */
    public static final class Idle extends Threads {
        private final IdleWorkers idle = new IdleWorkers(WORKERS, -2);

        @Override
        int takeAny() {
            return idle.claim();
        }

        @Override
        int takeUnlessSearching(int enough) {
            return idle.claimUnlessSearching(enough);
        }

        @Override
        void start() {
            idle.startSearching();
        }

        @Override
        boolean stop() {
            return idle.stopSearching();
        }

        @Override
        boolean sleep(int index) {
            return idle.fallAsleep(index);
        }
    }

    public static final class SequentialIdle extends Threads {
        private final Deque<Integer> sleepers = new ArrayDeque<>();
        private int searching;

        @Override
        int takeAny() {
            if (sleepers.isEmpty()) {
                return IdleWorkers.NOBODY_SLEEPS;
            }
            searching++;
            return sleepers.pop();
        }

        @Override
        int takeUnlessSearching(int enough) {
            return searching >= enough || (searching > 0 && sleepers.isEmpty())
                    ? IdleWorkers.SOMEBODY_SEARCHES
                    : takeAny();
        }

        @Override
        void start() {
            searching++;
        }

        @Override
        boolean stop() {
            searching--;
            return searching == 0;
        }

        @Override
        boolean sleep(int index) {
            sleepers.push(index);
            return stop();
        }
    }

    @ParameterizedTest
    @EnumSource
    void sleepersAndSearchers(Lincheck.Mode mode) {
        new Lincheck(Idle.class, SequentialIdle.class)
                .with("startSearching:1 startSearching:2", "stopSearching:1 | stopSearching:2", "")
                .with("startSearching:1 startSearching:2", "fallAsleep:1 | fallAsleep:2", "claim:1 claim:1 claim:1")
                .with( // the stack changes and its top changes back
                        "startSearching:1 fallAsleep:1 startSearching:2 fallAsleep:2",
                        "claim:1 | claim:2 fallAsleep:2 | claim:3 stopSearching:3",
                        "claim:1 claim:1 claim:1")
                .with(
                        "startSearching:1 fallAsleep:1",
                        "claimUnlessOneSearches:1 | startSearching:2 fallAsleep:2 | claimUnlessTwoSearch:3",
                        "claim:1 claim:1")
                .check(mode);
    }
}
