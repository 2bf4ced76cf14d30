// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.await;
import static io.poolchain.scheduler.TestPools.awaitTrue;
import static io.poolchain.scheduler.TestPools.figure;
import static io.poolchain.scheduler.TestPools.shutdownAndAwait;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolchain.scheduler.TestPools.Blocker;
import io.poolchain.scheduler.TestPools.Kind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How many threads there are, and what the pool says of them: each test runs on the JDK's pool and on ours. */
abstract class PoolSizeContract extends PoolTest {
    @ParameterizedTest
    @EnumSource
    void theFiguresTellOfRunningAndQueuedTasks(Kind kind) {
        ExecutorService pool = closedLater(kind.make(3));
        assertFigures(pool, 3, 0, 0, 0, 0, 0);
        Blocker first = Blocker.startOn(pool);
        assertFigures(pool, 3, 1, 1, 1, 1, 0);
        List<Blocker> others =
                Stream.generate(() -> Blocker.startOn(pool)).limit(2).toList();
        pool.execute(() -> {});
        pool.execute(() -> {});
        assertFigures(pool, 3, 3, 3, 3, 5, 0);
        first.release();
        awaitTrue(() -> figure(pool, "getCompletedTaskCount") == 3, "three tasks done");
        others.forEach(Blocker::release);
        awaitTrue(() -> figure(pool, "getActiveCount") == 0, "nobody active");
        assertFigures(pool, 3, 3, 3, 0, 5, 5);
        shutdownAndAwait(pool);
        assertFigures(pool, 3, 0, 3, 0, 5, 5);
    }

    private static void assertFigures(
            ExecutorService pool, int n, int size, int largest, int active, int tasks, int completed) {
        assertThat(Stream.of(
                                "getCorePoolSize",
                                "getMaximumPoolSize",
                                "getPoolSize",
                                "getLargestPoolSize",
                                "getActiveCount",
                                "getTaskCount",
                                "getCompletedTaskCount")
                        .map(method -> figure(pool, method)))
                .containsExactly(
                        (long) n, (long) n, (long) size, (long) largest, (long) active, (long) tasks, (long) completed);
    }

    @ParameterizedTest
    @EnumSource
    void allThreadsStartOnRequest(Kind kind) {
        ExecutorService pool = closedLater(kind.make(5));
        assertThat(figure(pool, "prestartAllCoreThreads")).isEqualTo(5);
        assertThat(figure(pool, "getPoolSize")).isEqualTo(5);
        assertThat(figure(pool, "prestartAllCoreThreads")).isZero();
    }

    // ---- keep-alive

    @ParameterizedTest
    @EnumSource
    void idleThreadsEndAndOthersAreMadeWhenThereIsWork(Kind kind) {
        ExecutorService pool = closedLater(kind.makeWithKeepAlive(4, Duration.ofMillis(20)));
        for (int round = 0; round < 3; round++) {
            CyclicBarrier all = new CyclicBarrier(4);
            CountDownLatch met = new CountDownLatch(4);
            for (int i = 0; i < 4; i++) {
                pool.execute(() -> {
                    await(all);
                    met.countDown();
                });
            }
            await(met, pool);
            awaitTrue(() -> figure(pool, "getPoolSize") == 0, "all threads end");
        }
        assertThat(figure(pool, "getLargestPoolSize")).isEqualTo(4);
        assertThat(figure(pool, "getCompletedTaskCount")).isEqualTo(12);
    }

    @ParameterizedTest
    @EnumSource
    void aThreadThatRunsATaskDoesNotTimeOut(Kind kind) throws Exception {
        ExecutorService pool = closedLater(kind.makeWithKeepAlive(2, Duration.ofNanos(1)));
        Blocker blocker = Blocker.startOn(pool);
        pool.submit(() -> {}).get();
        awaitTrue(() -> figure(pool, "getPoolSize") == 1, "the idle thread ends");
        assertThat(figure(pool, "getActiveCount")).isEqualTo(1);
        blocker.release();
        awaitTrue(() -> figure(pool, "getPoolSize") == 0, "the other ends too");
    }

    @ParameterizedTest
    @EnumSource
    void aPoolWhoseThreadsHaveTimedOutTerminates(Kind kind) throws Exception {
        for (int round = 0; round < 200; round++) {
            ExecutorService pool = kind.makeWithKeepAlive(2, Duration.ofNanos(1 + round * 1_000));
            pool.submit(() -> {}).get();
            shutdownAndAwait(pool);
        }
    }

    @ParameterizedTest
    @EnumSource
    void allThreadsStartOnRequestThoughSomeHaveTimedOut(Kind kind) throws Exception {
        ExecutorService pool = closedLater(kind.makeWithKeepAlive(2, Duration.ofMillis(500)));
        pool.submit(() -> {}).get();
        awaitTrue(() -> figure(pool, "getPoolSize") == 0, "the thread ends");
        assertThat(figure(pool, "prestartAllCoreThreads")).isEqualTo(2);
    }

    // ---- another size

    @ParameterizedTest
    @EnumSource
    void waitingTasksGetThreadsWhenThePoolGrows(Kind kind) {
        ExecutorService pool = closedLater(kind.make(1));
        CyclicBarrier eight = new CyclicBarrier(8);
        CountDownLatch met = new CountDownLatch(8);
        for (int i = 0; i < 8; i++) {
            pool.execute(() -> {
                await(eight);
                met.countDown();
            });
        }
        kind.resize(pool, 8);
        await(met, pool);
        assertThat(figure(pool, "getCorePoolSize")).isEqualTo(8);
        assertThat(figure(pool, "getPoolSize")).isEqualTo(8);
    }

    @ParameterizedTest
    @EnumSource
    void idleThreadsEndWhenThePoolShrinks(Kind kind) {
        ExecutorService pool = closedLater(kind.make(8));
        figure(pool, "prestartAllCoreThreads");
        kind.resize(pool, 3);
        awaitTrue(() -> figure(pool, "getPoolSize") == 3, "five end");
        CyclicBarrier three = new CyclicBarrier(3);
        CountDownLatch met = new CountDownLatch(30);
        for (int i = 0; i < 30; i++) {
            pool.execute(() -> {
                await(three);
                met.countDown();
            });
        }
        await(met, pool);
        assertThat(figure(pool, "getPoolSize")).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    @Provokes(Fault.MORE_OR_FEWER_TASKS_THAN_WORKERS_ARE_IN_FLIGHT)
    void noMoreTasksThanTheNewSizeAreInFlightOnceTheOldOnesHaveEnded(Kind kind) {
        ExecutorService pool = closedLater(kind.make(6));
        List<Blocker> old =
                Stream.generate(() -> Blocker.startOn(pool)).limit(6).toList();
        AtomicInteger inFlight = new AtomicInteger();
        AtomicInteger highWater = new AtomicInteger();
        CyclicBarrier two = new CyclicBarrier(2);
        CountDownLatch done = new CountDownLatch(100);
        for (int i = 0; i < 100; i++) {
            pool.execute(() -> {
                highWater.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
                await(two);
                inFlight.decrementAndGet();
                done.countDown();
            });
        }
        kind.resize(pool, 2);
        old.forEach(Blocker::release);
        await(done, pool);
        awaitTrue(() -> figure(pool, "getPoolSize") == 2, "four end");
        assertThat(highWater).hasValue(2);
    }

    @ParameterizedTest
    @EnumSource
    void aPoolThatIsResizedUnderLoadRunsEveryTaskOnce(Kind kind) throws Exception {
        int tasks = 100_000;
        ExecutorService pool = closedLater(kind.make(4));
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(2 * tasks);
        Thread submitter = new Thread(() -> {
            for (int i = 0; i < tasks; i++) {
                pool.execute(() -> {
                    pool.execute(() -> {
                        runs.incrementAndGet();
                        done.countDown();
                    });
                    runs.incrementAndGet();
                    done.countDown();
                });
            }
        });
        submitter.start();
        for (int size = 1; done.getCount() > 0; size = size % 16 + 1) {
            kind.resize(pool, size % 2 == 0 ? size : 17 - size);
            Thread.yield();
        }
        submitter.join();
        kind.resize(pool, 2);
        shutdownAndAwait(pool);
        assertThat(runs).hasValue(2 * tasks);
    }

    @ParameterizedTest
    @EnumSource
    void badSizesAreRefused(Kind kind) {
        ExecutorService pool = closedLater(kind.make(2));
        for (int size : new int[] {0, -1, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> kind.resize(pool, size)).isInstanceOf(IllegalArgumentException.class);
        }
        shutdownAndAwait(pool);
    }
}
