// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.await;
import static io.poolchain.scheduler.TestPools.awaitQuiescence;
import static io.poolchain.scheduler.TestPools.withScheduler;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who has stolen from whom. */
class StealMatrixTest {
    @Test
    void oneStealIsAtTheThiefAndItsVictim() throws Exception {
        withScheduler(2, scheduler -> {
            CountDownLatch stolen = new CountDownLatch(1);
            scheduler.execute(() -> {
                scheduler.execute(stolen::countDown);
                await(stolen, scheduler); // only the other worker can do it
            });
            awaitQuiescence(scheduler);
            SchedulerStats stats = scheduler.stats();
            int victim = stats.workers().get(0).submitted() == 1 ? 0 : 1;
            int thief = 1 - victim;
            assertThat(stats.stealMatrix().victimsOf(thief)).isEqualTo(Map.of(victim, 1L));
            assertThat(stats.stealMatrix().victimsOf(victim)).isEmpty();
            assertThat(stats.stealMatrix().steals(thief, victim)).isEqualTo(1);
            assertThat(stats.stealMatrix().steals(victim, thief)).isZero();
            assertThat(stats.stealMatrix()).hasToString("{" + thief + "={" + victim + "=1}}");
            assertThat(stats.workers().get(victim).stolen()).isEqualTo(1);
            assertThat(stats.workers().get(thief).stolen()).isZero();
            assertThat(stats.stealMatrix()).isEqualTo(scheduler.stats().stealMatrix());
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 8, 1_000})
    void rowsAndColumnsAddUp(int n) throws Exception {
        withScheduler(n, scheduler -> {
            for (int round = 0; round < 20; round++) {
                scheduler
                        .submit(() -> {
                            List<Future<?>> children = new ArrayList<>();
                            for (int i = 0; i < 500; i++) {
                                children.add(scheduler.submit(Thread::yield));
                            }
                            children.forEach(TestPools::getUnchecked);
                        })
                        .get();
                if (round == 10) {
                    scheduler.setParallelism(n + 3);
                }
            }
            awaitQuiescence(scheduler);
            SchedulerStats stats = scheduler.stats();
            StealMatrix matrix = stats.stealMatrix();
            assertThat(matrix.workers()).isEqualTo(n + 3);
            long[] stolen = new long[n + 3];
            for (WorkerStats thief : stats.workers()) {
                long row = 0;
                for (Map.Entry<Integer, Long> entry :
                        matrix.victimsOf(thief.index()).entrySet()) {
                    row += entry.getValue();
                    stolen[entry.getKey()] += entry.getValue();
                }
                assertThat(row).isEqualTo(thief.steals());
                assertThat(matrix.victimsOf(thief.index())).doesNotContainKey(thief.index());
            }
            for (WorkerStats victim : stats.workers()) {
                assertThat(victim.stolen()).isEqualTo(stolen[victim.index()]);
                assertThat(scheduler.stats(victim.index()).stolen()).isEqualTo(stolen[victim.index()]);
            }
        });
    }

    @Test
    void aWorkerThatThereIsNotIsRefused() throws Exception {
        withScheduler(2, scheduler -> {
            StealMatrix matrix = scheduler.stats().stealMatrix();
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> matrix.steals(2, 0));
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> matrix.steals(0, 2));
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> matrix.victimsOf(-1));
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> scheduler.stats(2));
        });
    }

    @Test
    void countsAreThoseOfAMapWhateverTheOrderOfVictims() {
        for (int seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int victims = 1 + random.nextInt(2_000);
            StealCounts counts = new StealCounts();
            Map<Integer, Long> expected = new TreeMap<>();
            for (int i = 0; i < 1_000; i++) {
                int victim = random.nextInt(victims);
                counts.count(victim);
                expected.merge(victim, 1L, Long::sum);
            }
            Map<Integer, Long> found = new TreeMap<>();
            counts.forEach(
                    (victim, tasks) -> assertThat(found.put(victim, tasks)).isNull());
            assertThat(found).isEqualTo(expected);
            assertThat(expected)
                    .allSatisfy(
                            (victim, tasks) -> assertThat(counts.from(victim)).isEqualTo(tasks));
            assertThat(counts.from(victims)).isZero();
        }
    }

    @Test
    void noCountRunsBackwardsWhileTheThiefGoesOn() throws Exception {
        StealCounts counts = new StealCounts();
        AtomicBoolean stop = new AtomicBoolean();
        Thread thief = new Thread(() -> {
            for (int i = 0; !stop.get(); i++) {
                counts.count(i / 64 * 31 % 5_000 * 13 % 4_999);
            }
        });
        thief.start();
        try {
            Map<Integer, Long> before = new TreeMap<>();
            for (int look = 0; look < 500; look++) {
                counts.forEach((victim, tasks) -> {
                    Long old = before.put(victim, tasks);
                    assertThat(tasks).isPositive().isGreaterThanOrEqualTo(old == null ? 1 : old);
                });
            }
        } finally {
            stop.set(true);
            thief.join();
        }
    }
}
