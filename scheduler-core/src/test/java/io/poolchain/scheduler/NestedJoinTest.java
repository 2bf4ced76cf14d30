// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.await;
import static io.poolchain.scheduler.TestPools.get;
import static io.poolchain.scheduler.TestPools.withScheduler;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tasks that wait for tasks they have submitted: a fixed pool deadlocks once all its threads do. */
class NestedJoinTest {
    @Test
    void futuresThatWereRunByTheirWaiterDoNotPileUp() throws Exception {
        withScheduler(1, scheduler -> {
            Future<Long> left = scheduler.submit(() -> {
                for (int i = 0; i < 10_000; i++) {
                    scheduler.submit(() -> {}).get();
                }
                return scheduler.stats().queued();
            });
            assertThat(get(left, scheduler)).isZero();
        });
    }

    @Test
    void futuresThatWereRunByTheirWaiterGiveTheirRoomBack() throws Exception {
        WorkStealingScheduler bounded =
                WorkStealingScheduler.builder().parallelism(1).capacity(2).build();
        withScheduler(bounded, scheduler -> {
            Future<Integer> joined = scheduler.submit(() -> {
                int sum = 0;
                for (int i = 0; i < 100; i++) {
                    sum += scheduler.submit(() -> 1).get();
                }
                return sum;
            });
            assertThat(get(joined, scheduler)).isEqualTo(100);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    @Provokes(Fault.NESTED_JOINS_DEADLOCK_OR_RUN_FOREIGN_WORK)
    void aThousandDeep(int n) throws Exception {
        withScheduler(n, scheduler -> {
            assertThat(get(scheduler.submit(() -> depth(scheduler, 1_000)), scheduler))
                    .isEqualTo(1_000);
        });
    }

    private static int depth(WorkStealingScheduler scheduler, int left) throws Exception {
        return left == 0
                ? 0
                : 1 + scheduler.submit(() -> depth(scheduler, left - 1)).get();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    @Provokes(Fault.NESTED_JOINS_DEADLOCK_OR_RUN_FOREIGN_WORK)
    void aThousandWide(int n) throws Exception {
        withScheduler(n, scheduler -> {
            Future<Integer> sum = scheduler.submit(() -> {
                List<Future<Integer>> parts = new ArrayList<>();
                for (int i = 0; i < 1_000; i++) {
                    int part = i;
                    parts.add(scheduler.submit(() -> part));
                }
                int total = 0;
                for (Future<Integer> part : parts) {
                    total += part.get(1, TimeUnit.HOURS);
                }
                return total;
            });
            assertThat(get(sum, scheduler)).isEqualTo(499_500);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void invokeAllAndInvokeAnyInsideATask(int n) throws Exception {
        withScheduler(n, scheduler -> {
            List<Callable<Integer>> calls = Collections.nCopies(1_000, () -> 1);
            Future<Integer> all = scheduler.submit(() -> {
                int total = 0;
                for (Future<Integer> one : scheduler.invokeAll(calls)) {
                    total += one.get();
                }
                return total;
            });
            assertThat(get(all, scheduler)).isEqualTo(1_000);
            Callable<Integer> failing = () -> {
                throw new IllegalStateException("not me");
            };
            assertThat(get(scheduler.submit(() -> scheduler.invokeAny(List.of(failing, () -> 7, failing))), scheduler))
                    .isEqualTo(7);
            assertThat(get(
                            scheduler.submit(() -> scheduler.invokeAny(List.of(failing, () -> 7), 1, TimeUnit.HOURS)),
                            scheduler))
                    .isEqualTo(7);
            Future<Integer> none = scheduler.submit(() -> scheduler.invokeAny(List.of(failing, failing)));
            assertThatThrownBy(() -> get(none, scheduler)).hasRootCauseMessage("not me");
        });
    }

    @Test
    void theFirstSuccessEndsACandidateThatTheWaitingWorkerRunsItself() throws Exception {
        withScheduler(2, scheduler -> {
            CountDownLatch waits = new CountDownLatch(1);
            Callable<String> forever = () -> {
                waits.countDown();
                new CountDownLatch(1).await();
                return "never";
            };
            Callable<String> quick = () -> {
                await(waits, scheduler);
                return "quick";
            };
            Future<Boolean> interruptedAfterwards = scheduler.submit(() -> {
                assertThat(scheduler.invokeAny(List.of(forever, quick))).isEqualTo("quick");
                return Thread.currentThread().isInterrupted();
            });
            assertThat(get(interruptedAfterwards, scheduler)).isFalse();
        });
    }

    @Test
    @Provokes(Fault.NESTED_JOINS_DEADLOCK_OR_RUN_FOREIGN_WORK)
    void onlyTheAwaitedTaskRunsInTheWaitingThread() throws Exception {
        withScheduler(1, scheduler -> {
            List<String> order = new ArrayList<>();
            ThreadLocal<String> local = new ThreadLocal<>();
            CountDownLatch allQueued = new CountDownLatch(1);
            Future<?> outer = scheduler.submit(() -> {
                await(allQueued, scheduler);
                local.set("outer's");
                order.add("outer begins");
                Future<?> inner = scheduler.submit(() -> order.add("inner"));
                scheduler.execute(() -> order.add("unrelated, newer"));
                inner.get();
                order.add("outer ends with " + local.get());
                return null;
            });
            scheduler.execute(() -> order.add("unrelated, from outside"));
            allQueued.countDown();
            get(outer, scheduler);
            TestPools.awaitQuiescence(scheduler);
            assertThat(order)
                    .containsExactly(
                            "outer begins",
                            "inner",
                            "outer ends with outer's",
                            "unrelated, newer",
                            "unrelated, from outside");
        });
    }

    @Test
    void aCancelledInnerTaskDoesNotInterruptTheOneThatWaits() throws Exception {
        withScheduler(1, scheduler -> {
            AtomicReference<Future<?>> inner = new AtomicReference<>();
            CountDownLatch innerRuns = new CountDownLatch(1);
            Future<Boolean> outer = scheduler.submit(() -> {
                inner.set(scheduler.submit(() -> {
                    innerRuns.countDown();
                    new CountDownLatch(1).await();
                    return null;
                }));
                assertThatThrownBy(inner.get()::get).isInstanceOf(java.util.concurrent.CancellationException.class);
                return Thread.currentThread().isInterrupted();
            });
            await(innerRuns, scheduler);
            inner.get().cancel(true);
            assertThat(get(outer, scheduler)).isFalse();
        });
    }

    @Test
    void aCancelledWaitingTaskIsInterruptedAfterTheOneThatItRuns() throws Exception {
        withScheduler(1, scheduler -> {
            CountDownLatch innerRuns = new CountDownLatch(1);
            CountDownLatch cancelled = new CountDownLatch(1);
            AtomicBoolean innerInterrupted = new AtomicBoolean();
            AtomicBoolean outerInterrupted = new AtomicBoolean();
            Future<?> outer = scheduler.submit(() -> {
                Future<?> inner = scheduler.submit(() -> {
                    innerRuns.countDown();
                    await(cancelled, scheduler);
                    innerInterrupted.set(Thread.currentThread().isInterrupted());
                });
                inner.get();
                outerInterrupted.set(Thread.currentThread().isInterrupted());
                return null;
            });
            await(innerRuns, scheduler);
            assertThat(outer.cancel(true)).isTrue();
            cancelled.countDown();
            TestPools.awaitQuiescence(scheduler);
            assertThat(innerInterrupted).isFalse();
            assertThat(outerInterrupted).isTrue();
        });
    }

    @Test
    void anInterruptedTaskDoesNotBeginToWait() throws Exception {
        withScheduler(1, scheduler -> {
            AtomicInteger ran = new AtomicInteger();
            Future<Boolean> outer = scheduler.submit(() -> {
                Future<?> inner = scheduler.submit(ran::incrementAndGet);
                Thread.currentThread().interrupt();
                assertThatThrownBy(inner::get).isInstanceOf(InterruptedException.class);
                return Thread.currentThread().isInterrupted();
            });
            assertThat(get(outer, scheduler)).isFalse();
            TestPools.awaitQuiescence(scheduler);
            assertThat(ran).as("the inner task runs all the same, once").hasValue(1);
        });
    }

    @Test
    void aTaskThatWaitsForItselfIsToldSo() throws Exception {
        withScheduler(1, scheduler -> {
            AtomicReference<Future<?>> self = new AtomicReference<>();
            CountDownLatch known = new CountDownLatch(1);
            self.set(scheduler.submit(() -> {
                await(known, scheduler);
                Future<?> between = scheduler.submit(() -> self.get().get());
                return between.get();
            }));
            known.countDown();
            assertThatThrownBy(() -> get(self.get(), scheduler))
                    .isInstanceOf(ExecutionException.class)
                    .hasRootCauseInstanceOf(IllegalStateException.class)
                    .rootCause()
                    .hasMessageStartingWith("A task waits for itself");
        });
    }

    @Test
    void aTaskThatSomebodyElseRunsIsWaitedForInTime() throws Exception {
        withScheduler(2, scheduler -> {
            CountDownLatch release = new CountDownLatch(1);
            CountDownLatch started = new CountDownLatch(1);
            Future<?> slow = scheduler.submit(() -> {
                started.countDown();
                await(release, scheduler);
            });
            await(started, scheduler);
            Future<?> outer = scheduler.submit(() -> slow.get(1, TimeUnit.MILLISECONDS));
            assertThatThrownBy(() -> get(outer, scheduler)).hasCauseInstanceOf(TimeoutException.class);
            release.countDown();
        });
    }

    @Test
    @Provokes(Fault.THE_STACK_OVERFLOWS_BY_HELPING)
    void anErrorOfTheAwaitedTaskIsKeptInItsFuture() throws Exception {
        withScheduler(1, scheduler -> {
            StackOverflowError error = new StackOverflowError("of the child");
            Future<Throwable> parent = scheduler.submit(() -> {
                Future<?> child = scheduler.submit(() -> {
                    throw error;
                });
                try {
                    child.get();
                    return null;
                } catch (ExecutionException e) {
                    return e.getCause();
                }
            });
            assertThat(TestPools.get(parent, scheduler)).isSameAs(error);
        });
    }

    /** As deep as no stack is: an answer or a clear error, and the scheduler goes on. */
    @Test
    @Provokes(Fault.THE_STACK_OVERFLOWS_BY_HELPING)
    void thirtyThousandDeep() throws Exception {
        withScheduler(1, scheduler -> {
            Future<Integer> deep = scheduler.submit(() -> depth(scheduler, 30_000));
            try {
                assertThat(get(deep, scheduler)).isEqualTo(30_000);
            } catch (ExecutionException e) {
                assertThat(e).hasRootCauseInstanceOf(StackOverflowError.class);
            }
            assertThat(get(scheduler.submit(() -> depth(scheduler, 100)), scheduler))
                    .isEqualTo(100);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void mergeSortOfTenMillion(int n) throws Exception {
        int[] numbers = new SplittableRandom(1).ints(10_000_000).toArray();
        int[] expected = numbers.clone();
        Arrays.sort(expected);
        withScheduler(n, scheduler -> {
            get(
                    scheduler.submit(() -> sort(scheduler, numbers, 0, numbers.length, new int[numbers.length])),
                    scheduler);
        });
        assertThat(numbers).isEqualTo(expected);
    }

    private static Void sort(WorkStealingScheduler scheduler, int[] numbers, int from, int to, int[] spare)
            throws Exception {
        if (to - from < 64) {
            Arrays.sort(numbers, from, to);
            return null;
        }
        int middle = (from + to) >>> 1;
        Future<Void> right = scheduler.submit(() -> sort(scheduler, numbers, middle, to, spare));
        sort(scheduler, numbers, from, middle, spare);
        right.get();
        System.arraycopy(numbers, from, spare, from, to - from);
        for (int at = from, left = from, other = middle; at < to; at++) {
            boolean takeLeft = other == to || (left < middle && spare[left] <= spare[other]);
            numbers[at] = takeLeft ? spare[left++] : spare[other++];
        }
        return null;
    }

    /** Each folder waits for the folders in it, by submit and by invokeAll in turns. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void directoryWalk(int n, @TempDir Path root) throws Exception {
        long expected = makeFiles(root, 5);
        withScheduler(n, scheduler -> {
            assertThat(scheduler.submit(() -> size(scheduler, root, true)).get())
                    .isEqualTo(expected);
        });
    }

    private static long makeFiles(Path folder, int depth) throws IOException {
        long size = 0;
        for (int i = 0; i < 4; i++) {
            byte[] content = new byte[10 * depth + i];
            Files.write(folder.resolve("file" + i), content);
            size += content.length;
            if (depth > 1) {
                size += makeFiles(Files.createDirectory(folder.resolve("folder" + i)), depth - 1);
            }
        }
        return size;
    }

    private static long size(WorkStealingScheduler scheduler, Path folder, boolean oneByOne) throws Exception {
        long size = 0;
        List<Callable<Long>> inner = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                if (Files.isDirectory(entry)) {
                    inner.add(() -> size(scheduler, entry, !oneByOne));
                } else {
                    size += Files.size(entry);
                }
            }
        }
        List<Future<Long>> sizes =
                oneByOne ? inner.stream().map(scheduler::submit).toList() : scheduler.invokeAll(inner);
        for (Future<Long> each : sizes) {
            size += each.get();
        }
        return size;
    }

    /** Who holds a lock while it waits must not be given work that wants it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    @Provokes(Fault.NESTED_JOINS_DEADLOCK_OR_RUN_FOREIGN_WORK)
    void aLockHeldWhileWaitingIsNotWantedByTheSameThread(int n) throws Exception {
        withScheduler(n, scheduler -> {
            Semaphore lock = new Semaphore(1); // not reentrant: taking it twice in one thread hangs
            List<Future<Integer>> holders = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                holders.add(scheduler.submit(() -> {
                    lock.acquire();
                    try {
                        return scheduler.submit(() -> 1).get()
                                + scheduler
                                        .invokeAll(Collections.nCopies(3, () -> 1))
                                        .size();
                    } finally {
                        lock.release();
                    }
                }));
            }
            for (Future<Integer> holder : holders) {
                assertThat(holder.get(TestPools.HANG_SECONDS, TimeUnit.SECONDS)).isEqualTo(4);
            }
        });
    }

    @Test
    void aFutureTellsItsStateAsAFutureTaskDoes() throws Exception {
        withScheduler(1, scheduler -> {
            TestPools.Blocker blocker = TestPools.Blocker.startOn(scheduler);
            Callable<String> task = new Callable<>() {
                @Override
                public String call() {
                    throw new IllegalStateException("failed");
                }

                @Override
                public String toString() {
                    return "the task";
                }
            };
            Future<String> future = scheduler.submit(task);
            assertThat(future.toString()).endsWith("[Not completed, task = the task]");
            blocker.release();
            assertThatThrownBy(future::get).hasRootCauseMessage("failed");
            assertThat(future.toString())
                    .endsWith("[Completed exceptionally: java.lang.IllegalStateException: failed]");
        });
    }

    @Test
    void shutdownNowDoesNotReturnWhatAWaitingWorkerRuns() throws Exception {
        WorkStealingScheduler scheduler = WorkStealingScheduler.newFixedThreadPool(1);
        CountDownLatch innerRuns = new CountDownLatch(1);
        AtomicInteger interrupts = new AtomicInteger();
        Future<?> outer = scheduler.submit(() -> {
            Future<?> inner = scheduler.submit(() -> {
                innerRuns.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupts.incrementAndGet();
                }
            });
            inner.get();
            return Thread.currentThread().isInterrupted();
        });
        await(innerRuns, scheduler);
        Future<?> queued = scheduler.submit(() -> {});
        assertThat(scheduler.shutdownNow()).isEqualTo(List.of(queued));
        assertThat(get(outer, scheduler))
                .as("one interrupt, for whoever sees it")
                .isEqualTo(false);
        assertThat(interrupts).hasValue(1);
        TestPools.awaitTermination(scheduler);
    }

    /** With FutureTask's messages, each longer than the one within it, those of 10,000 levels fill gigabytes. */
    @Test
    void theMessageOfAFailureDoesNotGrowWithTheDepthOfTheJoins() throws Exception {
        withScheduler(1, scheduler -> {
            Future<Integer> deep = scheduler.submit(() -> failingDepth(scheduler, 500));
            assertThatThrownBy(() -> get(deep, scheduler))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessage("java.lang.IllegalStateException: at the bottom")
                    .hasRootCauseInstanceOf(IllegalStateException.class);
        });
    }

    private static int failingDepth(WorkStealingScheduler scheduler, int left) throws Exception {
        if (left == 0) {
            throw new IllegalStateException("at the bottom");
        }
        return scheduler.submit(() -> failingDepth(scheduler, left - 1)).get();
    }

    @Test
    void aTaskThatRunsItsOwnFutureOnceMoreIsIgnored() throws Exception {
        withScheduler(1, scheduler -> {
            AtomicReference<Runnable> self = new AtomicReference<>();
            CountDownLatch known = new CountDownLatch(1);
            Future<String> future = scheduler.submit(() -> {
                await(known, scheduler);
                self.get().run();
                return "once";
            });
            self.set((Runnable) future);
            known.countDown();
            assertThat(get(future, scheduler)).isEqualTo("once");
        });
    }

    @Test
    void whenTimeIsOverNoFurtherTaskIsBegun() throws Exception {
        withScheduler(1, scheduler -> {
            AtomicInteger ran = new AtomicInteger();
            Callable<Integer> task = () -> {
                long begun = System.nanoTime();
                while (System.nanoTime() - begun < 2_000_000) {
                    Thread.onSpinWait();
                }
                return ran.incrementAndGet();
            };
            List<Future<Integer>> all = get(
                    scheduler.submit(
                            () -> scheduler.invokeAll(Collections.nCopies(10, task), 1, TimeUnit.MILLISECONDS)),
                    scheduler);
            assertThat(all).allMatch(Future::isDone);
            assertThat(all.stream().filter(Future::isCancelled).count()).isGreaterThanOrEqualTo(9);
            assertThat(ran.get()).isLessThanOrEqualTo(1);
            Future<Integer> polled = scheduler.submit(() -> {
                Future<Integer> inner = scheduler.submit(task);
                assertThatThrownBy(() -> inner.get(0, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
                return inner.get();
            });
            assertThat(get(polled, scheduler)).isPositive();
        });
    }
}
