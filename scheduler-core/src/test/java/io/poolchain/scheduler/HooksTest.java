// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.await;
import static io.poolchain.scheduler.TestPools.awaitTrue;
import static io.poolchain.scheduler.TestPools.getUnchecked;
import static io.poolchain.scheduler.TestPools.shutdownAndAwait;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

/** What users have done around their tasks and threads. */
class HooksTest {
    @AfterEach
    void clearContext() {
        MDC.clear();
    }

    // ---- the task decorator

    /** As users write it: the context of the submitter, and afterwards that of the thread. */
    private static Runnable withMdc(Runnable task) {
        Map<String, String> submitters = MDC.getCopyOfContextMap();
        return () -> {
            Map<String, String> before = MDC.getCopyOfContextMap();
            set(submitters);
            try {
                task.run();
            } finally {
                set(before);
            }
        };
    }

    private static void set(Map<String, String> context) {
        if (context == null) {
            MDC.clear();
        } else {
            MDC.setContextMap(context);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void theLoggingContextGoesWithEveryTask(int n) throws Exception {
        try (WorkStealingScheduler scheduler = decorated(n, HooksTest::withMdc)) {
            Callable<String> user = () -> MDC.get("user");
            for (int i = 0; i < 200; i++) {
                String name = "user " + i;
                MDC.put("user", name);
                AtomicReference<String> seen = new AtomicReference<>();
                CountDownLatch ran = new CountDownLatch(1);
                scheduler.execute(() -> {
                    seen.set(MDC.get("user"));
                    ran.countDown();
                });
                await(ran, scheduler);
                assertThat(seen).hasValue(name);
                assertThat(scheduler.submit(user).get()).isEqualTo(name);
                assertThat(scheduler.invokeAll(List.of(user, user)))
                        .extracting(Future::get)
                        .containsOnly(name);
                assertThat(scheduler.invokeAny(List.of(user, user))).isEqualTo(name);
                Future<String> nested = scheduler.submit(() -> {
                    MDC.put("user", "inner");
                    Future<String> inner = scheduler.submit(user);
                    MDC.put("user", "changed");
                    return inner.get(1, TimeUnit.HOURS) + ", "
                            + scheduler.submit(user).get() + ", " + scheduler.invokeAny(List.of(user)) + ", "
                            + MDC.get("user");
                });
                assertThat(nested.get()).isEqualTo("inner, changed, changed, changed");
            }
            MDC.clear();
            assertThat(scheduler.submit(user).get())
                    .as("nothing is left in a thread")
                    .isNull();
        }
    }

    @Test
    void eachTaskIsDecoratedOnceByTheThreadThatSubmitsIt() throws Exception {
        ConcurrentLinkedQueue<Thread> decorators = new ConcurrentLinkedQueue<>();
        try (WorkStealingScheduler scheduler = decorated(1, task -> {
            decorators.add(Thread.currentThread());
            return task;
        })) {
            scheduler.execute(() -> {});
            Thread worker = scheduler
                    .submit(() -> {
                        scheduler.submit(() -> {}).get();
                        return Thread.currentThread();
                    })
                    .get();
            assertThat(decorators).containsExactly(Thread.currentThread(), Thread.currentThread(), worker);
        }
    }

    @Test
    void aDecoratorThatFailsTellsTheSubmitter() {
        try (WorkStealingScheduler scheduler = decorated(1, task -> {
            throw new IllegalStateException("no context");
        })) {
            assertThatThrownBy(() -> scheduler.execute(() -> {})).hasMessage("no context");
            assertThatThrownBy(() -> scheduler.submit(() -> {})).hasMessage("no context");
        }
        try (WorkStealingScheduler scheduler = decorated(1, task -> null)) {
            assertThatThrownBy(() -> scheduler.execute(() -> {}))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("the task decorator returned null");
            assertThat(scheduler.stats().submitted()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDecoratedTaskThatFailsBeforeItsTaskLeavesNoFutureUndone(boolean nested) {
        UnaryOperator<Runnable> decorator = task -> () -> {
            throw new IllegalStateException("context lost");
        };
        try (WorkStealingScheduler outer = WorkStealingScheduler.newFixedThreadPool(1);
                WorkStealingScheduler scheduler = decorated(1, decorator)) {
            Future<?> future =
                    nested ? outer.submit(() -> scheduler.submit(() -> {}).get()) : scheduler.submit(() -> {});
            assertThatThrownBy(future::get).hasRootCauseMessage("context lost");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDecoratedTaskThatForgetsItsTaskLeavesNoFutureUndone(boolean nested) throws Exception {
        try (WorkStealingScheduler scheduler = decorated(1, task -> () -> {})) {
            Future<?> future = scheduler.submit(() -> {});
            if (nested) {
                scheduler.execute(() -> assertThatThrownBy(future::get).isNotNull());
            }
            assertThatThrownBy(future::get)
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .cause()
                    .hasMessageStartingWith("the decorated task did not run its task");
        }
    }

    /** The place in the queue of a task that a waiting worker runs is reached by another meanwhile. */
    @Test
    void theDecoratorsPartRunsOnceForATaskThatIsRunByWhoWaits() throws Exception {
        AtomicInteger bodies = new AtomicInteger();
        try (WorkStealingScheduler scheduler = decorated(2, task -> () -> {
            bodies.incrementAndGet();
            task.run();
        })) {
            CountDownLatch innerRuns = new CountDownLatch(1);
            CountDownLatch release = new CountDownLatch(1);
            Future<String> outer = scheduler.submit(() -> scheduler
                    .submit(() -> {
                        innerRuns.countDown();
                        await(release, "the outer task");
                        return "inner";
                    })
                    .get());
            await(innerRuns, scheduler);
            awaitTrue(() -> scheduler.stats().queued() == 0, "its place has been reached");
            release.countDown();
            assertThat(outer.get()).isEqualTo("inner");
            assertThat(bodies).hasValue(2);
        }
    }

    @Test
    void whatTheDecoratorDoesAfterItsTaskIsDoneBeforeTheFutureIs() throws Exception {
        AtomicReference<String> after = new AtomicReference<>("not yet");
        ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();
        WorkStealingScheduler scheduler = WorkStealingScheduler.builder()
                .parallelism(1)
                .uncaughtExceptionHandler((where, failure) -> told.add(failure.getMessage()))
                .taskDecorator(task -> () -> {
                    task.run();
                    after.set("done");
                    throw new IllegalStateException("after the task");
                })
                .build();
        assertThat(scheduler.submit(() -> "result").get()).isEqualTo("result");
        assertThat(after).hasValue("done");
        assertThat(told).containsExactly("after the task");
        shutdownAndAwait(scheduler);
    }

    private static WorkStealingScheduler decorated(int n, UnaryOperator<Runnable> decorator) {
        return WorkStealingScheduler.builder()
                .parallelism(n)
                .taskDecorator(decorator)
                .build();
    }

    // ---- the uncaught exception handler

    @Test
    void theSchedulersHandlerComesBeforeTheThreads() {
        ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();
        WorkStealingScheduler scheduler = WorkStealingScheduler.builder()
                .parallelism(1)
                .threadFactory(work -> {
                    Thread thread = new Thread(work, "mine");
                    thread.setUncaughtExceptionHandler((where, failure) -> told.add("the thread's"));
                    return thread;
                })
                .uncaughtExceptionHandler((where, failure) -> {
                    told.add(where.getName() + ": " + failure.getMessage());
                    throw new IllegalStateException("a handler that throws");
                })
                .build();
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 3; i++) {
            scheduler.execute(() -> {
                throw new Error("failed");
            });
            scheduler.execute(ran::incrementAndGet);
        }
        shutdownAndAwait(scheduler);
        assertThat(told).containsExactly("mine: failed", "mine: failed", "mine: failed");
        assertThat(ran).hasValue(3);
    }

    // ---- the thread hooks

    @Test
    void eachThreadStartsBeforeItsFirstTaskAndStopsBeforeTermination() {
        ThreadLocal<String> local = new ThreadLocal<>();
        AtomicInteger started = new AtomicInteger();
        List<String> stopped = Collections.synchronizedList(new ArrayList<>());
        WorkStealingScheduler scheduler = WorkStealingScheduler.builder()
                .parallelism(4)
                .onThreadStart(() -> local.set("connection " + started.incrementAndGet()))
                .onThreadStop(() -> stopped.add(local.get()))
                .build();
        CyclicBarrier all = new CyclicBarrier(4);
        ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < 4; i++) {
            scheduler.execute(() -> {
                await(all);
                seen.add(local.get());
            });
        }
        shutdownAndAwait(scheduler);
        assertThat(seen).containsExactlyInAnyOrder("connection 1", "connection 2", "connection 3", "connection 4");
        assertThat(stopped).containsExactlyInAnyOrderElementsOf(seen);
    }

    @Test
    void hooksThatThrowCostNoThreadAndNoTask() {
        WorkStealingScheduler scheduler = WorkStealingScheduler.builder()
                .parallelism(2)
                .onThreadStart(() -> {
                    throw new Error("start");
                })
                .onThreadStop(() -> {
                    throw new Error("stop");
                })
                .build();
        CyclicBarrier both = new CyclicBarrier(2);
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 10; i++) {
            scheduler.execute(() -> {
                await(both);
                ran.incrementAndGet();
            });
        }
        shutdownAndAwait(scheduler);
        assertThat(ran).hasValue(10);
    }

    @Test
    void aTaskThatAHookWaitsForIsCounted() {
        AtomicReference<WorkStealingScheduler> own = new AtomicReference<>();
        WorkStealingScheduler scheduler = WorkStealingScheduler.builder()
                .parallelism(1)
                .keepAlive(Duration.ofMillis(1))
                .onThreadStop(() -> getUnchecked(own.get().submit(() -> {})))
                .build();
        own.set(scheduler);
        scheduler.execute(() -> {});
        awaitTrue(() -> scheduler.getPoolSize() == 0, "the thread leaves");
        assertThat(scheduler.stats().submitted()).isEqualTo(2);
        assertThat(scheduler.stats().completed()).isEqualTo(2);
        shutdownAndAwait(scheduler);
    }

    /** The last chance to lose a task: a thread that submits one when it is about to leave. */
    @Test
    void aTaskThatAHookSubmitsIsRun() {
        AtomicInteger ran = new AtomicInteger();
        AtomicInteger stops = new AtomicInteger();
        AtomicReference<WorkStealingScheduler> own = new AtomicReference<>();
        CountDownLatch firstSubmitted = new CountDownLatch(1); // else the thread may be gone before
        WorkStealingScheduler scheduler = WorkStealingScheduler.builder()
                .parallelism(1)
                .keepAlive(Duration.ofMillis(1))
                .onThreadStart(() -> {
                    own.get().execute(ran::incrementAndGet);
                    await(firstSubmitted, "pool");
                })
                .onThreadStop(() -> {
                    if (stops.incrementAndGet() == 1) {
                        own.get().execute(ran::incrementAndGet);
                    }
                })
                .build();
        own.set(scheduler);
        scheduler.execute(ran::incrementAndGet);
        firstSubmitted.countDown();
        awaitTrue(() -> stops.get() == 2 && scheduler.getPoolSize() == 0, "the thread leaves for good");
        assertThat(ran).as("two starts, one stop, one from outside").hasValue(4);
        shutdownAndAwait(scheduler);
    }
}
