// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdleWorkersTest {
    @Test
    void nobodySleepsAtFirst() {
        IdleWorkers idle = new IdleWorkers(3);
        assertThat(idle.claim()).isEqualTo(IdleWorkers.NOBODY_SLEEPS);
        assertThat(idle.claimUnlessSearching(1)).isEqualTo(IdleWorkers.NOBODY_SLEEPS);
        assertThat(idle.searching()).isZero();
    }

    @Test
    void whoeverFellAsleepLastIsWokenFirst() {
        IdleWorkers idle = new IdleWorkers(3);
        idle.startSearching();
        idle.startSearching();
        assertThat(idle.fallAsleep(0)).as("worker 1 still searches").isFalse();
        assertThat(idle.fallAsleep(1)).as("the last searcher").isTrue();
        assertThat(List.of(idle.claim(), idle.claim(), idle.claim())).containsExactly(1, 0, IdleWorkers.NOBODY_SLEEPS);
        assertThat(idle.searching()).as("whoever is claimed counts").isEqualTo(2);
    }

    @Test
    void nobodyIsWokenWhileSomebodySearchesIfOneIsEnough() {
        IdleWorkers idle = allAsleep(2, 0);
        assertThat(idle.claimUnlessSearching(1)).isEqualTo(1);
        assertThat(idle.claimUnlessSearching(1)).isEqualTo(IdleWorkers.SOMEBODY_SEARCHES);
        assertThat(idle.stopSearching()).as("the last searcher").isTrue();
        assertThat(idle.claimUnlessSearching(1)).isZero();
        idle.startSearching();
        assertThat(idle.stopSearching()).isFalse();
        assertThat(idle.stopSearching()).isTrue();
        assertThat(idle.claimUnlessSearching(1)).as("all are busy").isEqualTo(IdleWorkers.NOBODY_SLEEPS);
    }

    @Test
    void whileTooFewSearchOnlyThoseWhoSleepAreWoken() {
        IdleWorkers idle = allAsleep(3, 0);
        assertThat(idle.claimUnlessSearching(2)).isEqualTo(2);
        assertThat(idle.check(2)).isEqualTo(1);
        assertThat(idle.claimUnlessSearching(2)).isEqualTo(1);
        assertThat(idle.check(2)).isEqualTo(IdleWorkers.SOMEBODY_SEARCHES);
        assertThat(idle.claimUnlessSearching(2)).isEqualTo(IdleWorkers.SOMEBODY_SEARCHES);
        assertThat(idle.claim()).isZero();
        assertThat(idle.stopSearching()).isFalse();
        assertThat(idle.stopSearching()).isFalse();
        assertThat(idle.check(2)).as("one searches, nobody sleeps").isEqualTo(IdleWorkers.SOMEBODY_SEARCHES);
        assertThat(idle.stopSearching()).isTrue();
        assertThat(idle.check(2)).as("all are busy").isEqualTo(IdleWorkers.NOBODY_SLEEPS);
    }

    private static IdleWorkers allAsleep(int workers, int version) {
        IdleWorkers idle = new IdleWorkers(workers, version);
        for (int worker = 0; worker < workers; worker++) {
            idle.startSearching();
            idle.fallAsleep(worker);
        }
        return idle;
    }

    /** The version may wrap around at any moment. */
    @ParameterizedTest
    @ValueSource(ints = {0, -3, Integer.MAX_VALUE - 1})
    @Provokes({Fault.A_PACKED_WORD_STICKS_AND_WORKERS_SPIN_FOR_EVER, Fault.A_PACKED_COUNTER_WRAPS_AFTER_MONTHS})
    void eachWorkerIsClaimedByOneAtATimeWhateverTheVersion(int version) throws Exception {
        int workers = 4;
        IdleWorkers idle = allAsleep(workers, version);
        AtomicIntegerArray holders = new AtomicIntegerArray(workers);
        AtomicInteger clashes = new AtomicInteger();
        CyclicBarrier start = new CyclicBarrier(4);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            Thread thread = new Thread(() -> {
                TestPools.await(start);
                for (int round = 0; round < 100_000; round++) {
                    int claimed = (round & 1) == 0 ? idle.claim() : idle.claimUnlessSearching(1 + (round >> 1 & 1));
                    if (claimed < 0) {
                        continue;
                    }
                    if (holders.incrementAndGet(claimed) != 1) {
                        clashes.incrementAndGet();
                    }
                    if ((round & 2) == 0) { // found a task, ran it, searches again
                        idle.stopSearching();
                        idle.startSearching();
                    }
                    holders.decrementAndGet(claimed);
                    idle.fallAsleep(claimed);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(clashes).hasValue(0);
        assertThat(idle.searching()).isZero();
        List<Integer> all = new ArrayList<>();
        for (int claimed = idle.claim(); claimed >= 0; claimed = idle.claim()) {
            all.add(claimed);
        }
        assertThat(all).containsExactlyInAnyOrder(0, 1, 2, 3);
    }
}
