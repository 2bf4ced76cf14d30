// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.await;
import static io.poolchain.scheduler.TestPools.awaitTermination;
import static io.poolchain.scheduler.TestPools.awaitTrue;
import static io.poolchain.scheduler.TestPools.shutdownAndAwait;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolchain.scheduler.TestPools.Blocker;
import io.poolchain.scheduler.TestPools.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What client code of {@code Executors.newFixedThreadPool} relies on: each test runs on the JDK's pool and on ours. */
abstract class FixedPoolContract extends PoolTest {
    private ExecutorService make(Kind kind, int n) {
        return closedLater(kind.make(n));
    }

    private ExecutorService make(Kind kind, int n, ThreadFactory factory) {
        return closedLater(kind.make(n, factory));
    }

    // ---- order and number

    @ParameterizedTest
    @EnumSource
    void oneWorkerRunsTheTasksOfOneSubmitterInOrder(Kind kind) {
        ExecutorService pool = make(kind, 1);
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 10_000; i++) {
            int number = i;
            pool.execute(() -> order.add(number));
        }
        shutdownAndAwait(pool);
        assertThat(order)
                .containsExactlyElementsOf(IntStream.range(0, 10_000).boxed().toList());
    }

    @ParameterizedTest
    @EnumSource
    @Provokes(Fault.MORE_OR_FEWER_TASKS_THAN_WORKERS_ARE_IN_FLIGHT)
    void neverMoreThanNTasksAreInFlightAndThatManyAre(Kind kind) {
        int n = 5;
        ExecutorService pool = make(kind, n);
        AtomicInteger inFlight = new AtomicInteger();
        AtomicInteger highWater = new AtomicInteger();
        CyclicBarrier all = new CyclicBarrier(n);
        for (int i = 0; i < 20 * n; i++) {
            pool.execute(() -> {
                highWater.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
                await(all);
                inFlight.decrementAndGet();
            });
        }
        shutdownAndAwait(pool);
        assertThat(highWater).hasValue(n);
    }

    @ParameterizedTest
    @EnumSource
    @Provokes(Fault.MORE_OR_FEWER_TASKS_THAN_WORKERS_ARE_IN_FLIGHT)
    void twoHundredTasksSubmittedByOneWorkerMeetAtOneBarrier(Kind kind) {
        ExecutorService pool = make(kind, 200);
        CyclicBarrier barrier = new CyclicBarrier(200);
        CountDownLatch met = new CountDownLatch(200);
        pool.execute(() -> {
            for (int i = 0; i < 200; i++) {
                pool.execute(() -> {
                    await(barrier);
                    met.countDown();
                });
            }
        });
        await(met, pool);
    }

    @ParameterizedTest
    @EnumSource
    void twoHundredTasksSubmittedFromOutsideMeetAtOneBarrier(Kind kind) {
        ExecutorService pool = make(kind, 200);
        CyclicBarrier barrier = new CyclicBarrier(200);
        for (int i = 0; i < 200; i++) {
            pool.execute(() -> await(barrier));
        }
        shutdownAndAwait(pool);
    }

    // ---- threads

    @ParameterizedTest
    @EnumSource
    void threadsAreMadeOnDemandAndNoMoreThanN(Kind kind) {
        AtomicInteger threads = new AtomicInteger();
        ExecutorService pool = make(kind, 3, work -> {
            threads.incrementAndGet();
            return new Thread(work);
        });
        assertThat(threads).hasValue(0);
        CyclicBarrier all = new CyclicBarrier(3);
        for (int i = 0; i < 30; i++) {
            pool.execute(() -> await(all));
        }
        shutdownAndAwait(pool);
        assertThat(threads).hasValue(3);
    }

    @ParameterizedTest
    @EnumSource
    void defaultThreadsKeepTheJvmAlive(Kind kind) throws Exception {
        ExecutorService pool =
                closedLater(kind == Kind.POOLCHAIN ? WorkStealingScheduler.newFixedThreadPool(1) : kind.make(1));
        Thread worker = pool.submit(Thread::currentThread).get();
        assertThat(worker.isDaemon()).isFalse();
        assertThat(worker.getPriority()).isEqualTo(Thread.NORM_PRIORITY);
    }

    @ParameterizedTest
    @EnumSource
    void aWorkersThreadComesFromTheFactoryAndKeepsItsThreadLocals(Kind kind) throws Exception {
        ThreadLocal<String> local = new ThreadLocal<>();
        ExecutorService pool = make(kind, 1, work -> new Thread(work, "made here"));
        pool.submit(() -> local.set("kept")).get();
        assertThat(pool.submit(() -> Thread.currentThread().getName() + ", " + local.get())
                        .get())
                .isEqualTo("made here, kept");
    }

    @ParameterizedTest
    @EnumSource
    void theContextClassLoaderIsThatOfTheThreadThatMadeTheWorker(Kind kind) throws Exception {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        ClassLoader mine = new ClassLoader(before) {};
        ExecutorService pool = make(kind, 1);
        Thread.currentThread().setContextClassLoader(mine);
        try {
            assertThat(pool.submit(() -> Thread.currentThread().getContextClassLoader())
                            .get())
                    .isSameAs(mine);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    // ---- failures

    @ParameterizedTest
    @EnumSource
    @Provokes(Fault.A_THROWING_TASK_COSTS_A_WORKER_OR_ITS_QUEUED_TASKS)
    void aThrowingTaskGoesToTheHandlerAndCostsNothingElse(Kind kind) {
        List<Throwable> thrown = List.of(
                new RuntimeException("runtime"),
                new Error("error"),
                new StackOverflowError("overflow"),
                new OutOfMemoryError("memory"),
                new AssertionError("assertion"),
                new LinkageError("linkage"),
                new InterruptedException("checked, and no interrupt"),
                new Exception("checked"),
                new Throwable("neither error nor exception"),
                new CancellationException("cancelled"));
        ConcurrentLinkedQueue<Throwable> handled = new ConcurrentLinkedQueue<>();
        ExecutorService pool = make(kind, 2, work -> {
            Thread thread = new Thread(work);
            thread.setUncaughtExceptionHandler((where, failure) -> {
                handled.add(failure);
                throw new IllegalStateException("a handler that throws");
            });
            return thread;
        });
        CountDownLatch others = new CountDownLatch(100);
        for (int i = 0; i < 100; i++) {
            Throwable failure = thrown.get(i % thrown.size());
            pool.execute(() -> TestPools.<RuntimeException>sneak(failure));
            pool.execute(others::countDown);
        }
        await(others, pool);
        awaitTrue(() -> handled.size() == 100, "all failures handled");
        assertThat(handled).allMatch(thrown::contains);
        CyclicBarrier stillTwo = new CyclicBarrier(2);
        pool.execute(() -> await(stillTwo));
        pool.execute(() -> await(stillTwo));
        shutdownAndAwait(pool);
    }

    @ParameterizedTest
    @EnumSource
    void aRealStackOverflowCostsNothingElse(Kind kind) throws Exception {
        AtomicReference<Throwable> handled = new AtomicReference<>();
        ExecutorService pool = make(kind, 1, work -> {
            Thread thread = new Thread(work);
            thread.setUncaughtExceptionHandler((where, failure) -> handled.set(failure));
            return thread;
        });
        pool.execute(new Runnable() {
            @Override
            @SuppressWarnings("InfiniteRecursion")
            public void run() {
                run();
            }
        });
        assertThat(pool.submit(() -> "next").get()).isEqualTo("next");
        awaitTrue(() -> handled.get() instanceof StackOverflowError, "the overflow is handled");
    }

    @ParameterizedTest
    @EnumSource
    void aThrowingSubmittedTaskIsKeptInItsFuture(Kind kind) {
        ExecutorService pool = make(kind, 1);
        Future<?> future = pool.submit(() -> {
            throw new IllegalStateException("kept");
        });
        assertThatThrownBy(future::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @EnumSource
    void nullIsRefused(Kind kind) {
        ExecutorService pool = make(kind, 1);
        assertThatThrownBy(() -> pool.execute(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> pool.submit((Runnable) null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> pool.invokeAll(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> pool.awaitTermination(1, null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> kind.make(1, null)).isInstanceOf(NullPointerException.class);
    }

    @ParameterizedTest
    @EnumSource
    void badSizesAreRefused(Kind kind) {
        for (int size : new int[] {0, -1, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> kind.make(size)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    // ---- cancellation and interrupts

    @ParameterizedTest
    @EnumSource
    void aCancelledQueuedTaskNeverRuns(Kind kind) {
        ExecutorService pool = make(kind, 1);
        CountDownLatch release = new CountDownLatch(1);
        pool.execute(() -> await(release, pool));
        AtomicBoolean ran = new AtomicBoolean();
        Future<?> queued = pool.submit(() -> ran.set(true));
        assertThat(queued.cancel(true)).isTrue();
        release.countDown();
        shutdownAndAwait(pool);
        assertThat(ran).isFalse();
        assertThatThrownBy(queued::get).isInstanceOf(CancellationException.class);
    }

    @ParameterizedTest
    @EnumSource
    void cancelInterruptsTheRunningTask(Kind kind) {
        ExecutorService pool = make(kind, 1);
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        Future<?> running = pool.submit(() -> {
            started.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        await(started, pool);
        running.cancel(true);
        await(interrupted, pool);
    }

    @ParameterizedTest
    @EnumSource
    @Provokes(Fault.AN_INTERRUPT_LEAKS_INTO_THE_NEXT_TASK)
    void noTaskStartsInterruptedByAnEarlierOne(Kind kind) {
        ExecutorService pool = make(kind, 2);
        AtomicInteger startedInterrupted = new AtomicInteger();
        int rounds = 10_000;
        CountDownLatch done = new CountDownLatch(2 * rounds);
        for (int i = 0; i < rounds; i++) {
            pool.execute(() -> {
                if (Thread.currentThread().isInterrupted()) {
                    startedInterrupted.incrementAndGet();
                }
                Thread.currentThread().interrupt();
                done.countDown();
            });
            Future<?> cancelled =
                    pool.submit(() -> {}); // its own interrupt may come at once: only the other task looks
            cancelled.cancel(true); // races with its start and its end
            done.countDown();
        }
        await(done, pool);
        shutdownAndAwait(pool);
        assertThat(startedInterrupted).hasValue(0);
    }

    // ---- futures

    @ParameterizedTest
    @EnumSource
    void submitReturnsARunnableFuture(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 1);
        assertThat(pool).isInstanceOf(AbstractExecutorService.class);
        Future<String> future = pool.submit(() -> "result");
        assertThat(future).isInstanceOf(RunnableFuture.class);
        assertThat(future.get()).isEqualTo("result");
    }

    @ParameterizedTest
    @EnumSource
    void invokeAllAndInvokeAnyAnswer(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 2);
        List<java.util.concurrent.Callable<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            int number = i;
            calls.add(() -> number);
        }
        int sum = 0;
        for (Future<Integer> future : pool.invokeAll(calls)) {
            assertThat(future.isDone()).isTrue();
            sum += future.get();
        }
        assertThat(sum).isEqualTo(499_500);
        assertThat(pool.invokeAny(calls)).isBetween(0, 999);
    }

    @ParameterizedTest
    @EnumSource
    @Provokes(Fault.PLAIN_WRITES_ARE_NOT_SEEN_BY_THE_TASK_OR_ITS_WAITER)
    void plainWritesAreSeenByTheTaskAndTheTasksByGet(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 2);
        int[] plain = new int[1];
        for (int i = 0; i < 20_000; i++) {
            plain[0] = 2 * i;
            Future<Integer> seen = pool.submit(() -> plain[0]++);
            assertThat(seen.get()).isEqualTo(2 * i);
            assertThat(plain[0]).isEqualTo(2 * i + 1);
        }
    }

    // ---- end of life

    @ParameterizedTest
    @EnumSource
    @Provokes(Fault.A_TASK_IS_ACCEPTED_AFTER_SHUTDOWN_OR_REJECTED_AND_RUN)
    void shutdownRunsWhatWasAcceptedAndRejectsTheRestFromWorkersToo(Kind kind) {
        ExecutorService pool = make(kind, 2);
        CountDownLatch shutDown = new CountDownLatch(1);
        AtomicInteger ran = new AtomicInteger();
        AtomicInteger rejectedInside = new AtomicInteger();
        for (int i = 0; i < 50; i++) {
            pool.execute(() -> {
                await(shutDown, pool);
                ran.incrementAndGet();
                try {
                    pool.execute(() -> ran.addAndGet(1_000_000));
                } catch (RejectedExecutionException e) {
                    rejectedInside.incrementAndGet();
                }
            });
        }
        pool.shutdown();
        pool.shutdown();
        shutDown.countDown();
        assertThat(pool.isShutdown()).isTrue();
        assertThatThrownBy(() -> pool.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        awaitTermination(pool);
        assertThat(pool.isTerminated()).isTrue();
        assertThat(ran).hasValue(50);
        assertThat(rejectedInside).hasValue(50);
    }

    @ParameterizedTest
    @EnumSource
    void aPoolIsTerminatingFromShutdownToTheEndOfItsTasks(Kind kind) {
        ExecutorService pool = make(kind, 1);
        Blocker running = Blocker.startOn(pool);
        assertThat(isTerminating(pool)).isFalse();
        pool.shutdown();
        assertThat(isTerminating(pool)).isTrue();
        assertThat(pool.isTerminated()).isFalse();
        running.release();
        awaitTermination(pool);
        assertThat(isTerminating(pool)).isFalse();
        assertThat(pool.isTerminated()).isTrue();
    }

    private static boolean isTerminating(ExecutorService pool) {
        return pool instanceof WorkStealingScheduler scheduler
                ? scheduler.isTerminating()
                : ((ThreadPoolExecutor) pool).isTerminating();
    }

    @ParameterizedTest
    @EnumSource
    void shutdownNowInterruptsTheRunningAndReturnsTheRest(Kind kind) {
        ExecutorService pool = make(kind, 2);
        CountDownLatch running = new CountDownLatch(2);
        CountDownLatch interrupted = new CountDownLatch(2);
        for (int i = 0; i < 2; i++) {
            pool.execute(() -> {
                running.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.countDown();
                }
            });
        }
        await(running, pool);
        List<Runnable> queued = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Runnable task = () -> {
                throw new AssertionError("returned and run");
            };
            queued.add(task);
            pool.execute(task);
        }
        assertThat(pool.shutdownNow()).containsExactlyElementsOf(queued);
        assertThat(pool.shutdownNow()).isEmpty();
        await(interrupted, pool);
        awaitTermination(pool);
    }

    @ParameterizedTest
    @EnumSource
    void whatShutdownNowReturnsCanBeGivenToAnotherPoolAndBeReturnedAgain(Kind kind) throws Exception {
        Future<String> future = null;
        Runnable task = null;
        for (int round = 0; round < 3; round++) {
            ExecutorService pool = make(kind, 1);
            pool.execute(() -> {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    // By shutdownNow; the task ends.
                }
            });
            if (task == null) {
                future = pool.submit(() -> "done");
            } else {
                pool.execute(task);
            }
            List<Runnable> returned = new ArrayList<>(pool.shutdownNow());
            assertThat(returned).isNotEmpty();
            task = returned.get(returned.size() - 1);
            assertThat(task).isSameAs(future);
        }
        task.run();
        assertThat(future.get()).isEqualTo("done");
    }

    @ParameterizedTest
    @EnumSource
    @Provokes(Fault.AN_UNUSED_OR_IDLE_POOL_DOES_NOT_TERMINATE)
    void aPoolThatWasNeverUsedTerminates(Kind kind) {
        for (int i = 0; i < 1_000; i++) {
            shutdownAndAwait(kind.make(1 + i % 8));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Provokes(Fault.AN_UNUSED_OR_IDLE_POOL_DOES_NOT_TERMINATE)
    void anIdlePoolTerminates(Kind kind) throws Exception {
        for (int i = 0; i < 500; i++) {
            ExecutorService pool = kind.make(1 + i % 4);
            pool.submit(() -> {}).get();
            shutdownAndAwait(pool);
        }
    }

    @ParameterizedTest
    @EnumSource
    void awaitTerminationTimesOutWhileATaskRuns(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 1);
        CountDownLatch release = new CountDownLatch(1);
        pool.execute(() -> await(release, pool));
        pool.shutdown();
        assertThat(pool.awaitTermination(1, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(pool.isTerminated()).isFalse();
        release.countDown();
        awaitTermination(pool);
    }

    @ParameterizedTest
    @EnumSource
    @Provokes(Fault.PLAIN_WRITES_ARE_NOT_SEEN_BY_THE_TASK_OR_ITS_WAITER)
    void theTasksWritesAreSeenAfterAwaitTermination(Kind kind) {
        for (int round = 0; round < 200; round++) {
            ExecutorService pool = kind.make(4);
            int[] plain = new int[100];
            for (int i = 0; i < plain.length; i++) {
                int slot = i;
                pool.execute(() -> plain[slot] = slot + 1);
            }
            shutdownAndAwait(pool);
            assertThat(plain).containsExactly(IntStream.rangeClosed(1, 100).toArray());
        }
    }

    @ParameterizedTest
    @EnumSource
    void toStringTellsStateAndFigures(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 1);
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        pool.submit(() -> {}).get();
        pool.execute(() -> {
            running.countDown();
            await(release, pool);
        });
        pool.execute(() -> {});
        await(running, pool);
        assertThat(pool.toString())
                .startsWith(pool.getClass().getName() + "@")
                .endsWith("[Running, pool size = 1, active threads = 1, queued tasks = 1, completed tasks = 1]");
        pool.shutdown();
        assertThat(pool.toString()).contains("[Shutting down, pool size = 1,");
        release.countDown();
        awaitTermination(pool);
        assertThat(pool.toString())
                .endsWith("[Terminated, pool size = 0, active threads = 0, queued tasks = 0, completed tasks = 3]");
    }

    // ---- from inside

    @ParameterizedTest
    @EnumSource
    void aTaskMayShutItsPoolDown(Kind kind) throws Exception {
        for (boolean now : new boolean[] {false, true}) {
            ExecutorService pool = kind.make(2);
            AtomicInteger ran = new AtomicInteger();
            AtomicInteger returned = new AtomicInteger();
            AtomicBoolean interrupted = new AtomicBoolean();
            CountDownLatch allQueued = new CountDownLatch(1);
            Future<?> inside = pool.submit(() -> {
                await(allQueued, pool);
                if (now) {
                    returned.set(pool.shutdownNow().size());
                    interrupted.set(Thread.interrupted());
                } else {
                    pool.shutdown();
                }
                assertThatThrownBy(() -> pool.execute(ran::incrementAndGet))
                        .isInstanceOf(RejectedExecutionException.class);
            });
            for (int i = 0; i < 100; i++) {
                pool.execute(ran::incrementAndGet);
            }
            allQueued.countDown();
            inside.get();
            awaitTermination(pool);
            assertThat(ran.get() + returned.get()).isEqualTo(100);
            assertThat(interrupted.get())
                    .as("shutdownNow interrupts its caller too")
                    .isEqualTo(now);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTaskThatAwaitsTheEndOfItsPoolWaitsInVain(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 1);
        Future<Boolean> ended = pool.submit(() -> {
            pool.shutdown();
            return pool.awaitTermination(1, TimeUnit.MILLISECONDS);
        });
        assertThat(ended.get()).isFalse();
        awaitTermination(pool);
    }

    // ---- threads of other kinds

    @ParameterizedTest
    @EnumSource
    void daemonThreadsStayDaemons(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 1, work -> {
            Thread thread = new Thread(work);
            thread.setDaemon(true);
            return thread;
        });
        assertThat(pool.submit(() -> Thread.currentThread().isDaemon()).get()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void inheritableThreadLocalsComeFromTheThreadThatMakesTheWorker(Kind kind) throws Exception {
        InheritableThreadLocal<String> inherited = new InheritableThreadLocal<>();
        ExecutorService pool = make(kind, 1);
        inherited.set("the submitter's");
        Future<String> seen = pool.submit(inherited::get);
        inherited.set("changed later");
        assertThat(seen.get()).isEqualTo("the submitter's");
        assertThat(pool.submit(inherited::get).get()).isEqualTo("the submitter's");
    }

    @ParameterizedTest
    @EnumSource
    @EnabledForJreRange(min = JRE.JAVA_21)
    void virtualThreadsMayBeTheWorkers(Kind kind) throws Exception {
        Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
        ThreadFactory virtual = (ThreadFactory)
                Class.forName("java.lang.Thread$Builder").getMethod("factory").invoke(builder);
        ExecutorService pool = make(kind, 20, virtual);
        CyclicBarrier all = new CyclicBarrier(20);
        Thread submitter = Thread.currentThread();
        List<Future<Boolean>> inVirtualThreads = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            inVirtualThreads.add(pool.submit(() -> {
                await(all);
                Thread current = Thread.currentThread();
                return current != submitter
                        && (Boolean) Thread.class.getMethod("isVirtual").invoke(current);
            }));
        }
        for (Future<Boolean> each : inVirtualThreads) {
            assertThat(each.get()).isTrue();
        }
        AtomicInteger children = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(10_000);
        pool.execute(() -> {
            for (int i = 0; i < 10_000; i++) {
                pool.execute(() -> {
                    children.incrementAndGet();
                    done.countDown();
                });
            }
        });
        await(done, pool);
        pool.execute(() -> TestPools.<RuntimeException>sneak(new Exception("goes to the handler")));
        shutdownAndAwait(pool);
        assertThat(children).hasValue(10_000);
    }
}
