// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Scheduler;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.disposables.Disposable;
import io.reactivex.rxjava3.plugins.RxJavaPlugins;
import io.reactivex.rxjava3.schedulers.Schedulers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** RxJava's operators run on a pool through {@link Schedulers#from(Executor)}, in each of its modes. */
class RxJavaTest extends ClientTest {
    /** The parameters of {@link Schedulers#from(Executor, boolean, boolean)}. */
    private enum Mode {
        PLAIN(false, false),
        INTERRUPTIBLE(true, false),
        FAIR(false, true),
        INTERRUPTIBLE_AND_FAIR(true, true);

        final boolean interruptible;
        final boolean fair;

        Mode(boolean interruptible, boolean fair) {
            this.interruptible = interruptible;
            this.fair = fair;
        }

        Scheduler on(Executor pool) {
            return Schedulers.from(pool, interruptible, fair);
        }
    }

    static Stream<Arguments> kindsAndModes() {
        return Arrays.stream(Kind.values())
                .flatMap(kind -> Arrays.stream(Mode.values()).map(mode -> Arguments.of(kind, mode)));
    }

    @ParameterizedTest
    @MethodSource("kindsAndModes")
    void observeOnKeepsTheOrder(Kind kind, Mode mode) {
        Scheduler scheduler = mode.on(make(kind, 4));
        Set<String> places = places();
        List<Integer> numbers = Flowable.range(0, 10_000)
                .observeOn(scheduler)
                .doOnNext(number -> places.add(here()))
                .observeOn(scheduler)
                .toList()
                .timeout(HANG_SECONDS, TimeUnit.SECONDS)
                .blockingGet();
        assertThat(numbers)
                .containsExactlyElementsOf(IntStream.range(0, 10_000).boxed().toList());
        assertOnPool(places);
    }

    @ParameterizedTest
    @MethodSource("kindsAndModes")
    void flatMapRunsAsManyAsThereAreThreads(Kind kind, Mode mode) {
        int n = 8;
        Scheduler scheduler = mode.on(make(kind, n));
        Set<String> places = places();
        CyclicBarrier barrier = new CyclicBarrier(n);
        Integer sum = Flowable.range(0, 100 * n)
                .flatMap(
                        i -> Flowable.fromCallable(() -> {
                                    places.add(here());
                                    await(barrier);
                                    return i;
                                })
                                .subscribeOn(scheduler),
                        2 * n)
                .reduce(0, Integer::sum)
                .timeout(HANG_SECONDS, TimeUnit.SECONDS)
                .blockingGet();
        assertThat(sum).isEqualTo(319_600);
        assertThat(places).hasSize(n);
        assertOnPool(places);
    }

    @ParameterizedTest
    @MethodSource("kindsAndModes")
    void tasksOfOneWorkerRunInOrder(Kind kind, Mode mode) {
        Scheduler.Worker worker = mode.on(make(kind, 4)).createWorker();
        List<Integer> order = new ArrayList<>(); // the worker makes each task happen before the next
        CountDownLatch done = new CountDownLatch(10_000);
        for (int i = 0; i < 10_000; i++) {
            int number = i;
            worker.schedule(() -> {
                order.add(number);
                done.countDown();
            });
        }
        await(done);
        assertThat(order)
                .containsExactlyElementsOf(IntStream.range(0, 10_000).boxed().toList());
    }

    @ParameterizedTest
    @MethodSource("kindsAndModes")
    void anErrorEndsTheFlowAndNotThePool(Kind kind, Mode mode) {
        Scheduler scheduler = mode.on(make(kind, 2));
        IllegalStateException failure = new IllegalStateException("on purpose");
        Flowable<Integer> failing = Flowable.range(0, 100).observeOn(scheduler).map(i -> {
            if (i == 50) {
                throw failure;
            }
            return i;
        });
        assertThatThrownBy(failing::blockingLast).isSameAs(failure);
        for (int i = 0; i < 1_000; i++) {
            assertThat(failing.onErrorReturnItem(-1).blockingLast()).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @MethodSource("kindsAndModes")
    void disposeInterruptsIfTheSchedulerIsInterruptible(Kind kind, Mode mode) throws Exception {
        ExecutorService pool = make(kind, 1);
        Scheduler scheduler = mode.on(pool);
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Disposable subscription = Completable.fromAction(() -> {
                    started.countDown();
                    try {
                        interrupted.complete(!gate.await(HANG_SECONDS, TimeUnit.SECONDS));
                    } catch (InterruptedException e) {
                        interrupted.complete(true);
                    }
                })
                .subscribeOn(scheduler)
                .subscribe();
        await(started);
        subscription.dispose();
        if (!mode.interruptible) {
            gate.countDown();
        }
        assertThat(get(interrupted)).isEqualTo(mode.interruptible);
        assertThat(Single.fromCallable(Thread::interrupted)
                        .subscribeOn(scheduler)
                        .blockingGet())
                .as("an interrupt leaks into the next task")
                .isFalse();
    }

    @ParameterizedTest
    @MethodSource("kindsAndModes")
    void whatIsDisposedBeforeItStartsNeverRuns(Kind kind, Mode mode) {
        ExecutorService pool = make(kind, 1);
        Scheduler scheduler = mode.on(pool);
        CountDownLatch gate = new CountDownLatch(1);
        AtomicBoolean ran = new AtomicBoolean();
        pool.execute(() -> await(gate));
        Disposable task = scheduler.scheduleDirect(() -> ran.set(true));
        task.dispose();
        gate.countDown();
        shutdownAndAwait(pool);
        assertThat(ran).isFalse();
    }

    /** The fixed pool does so after one task of the worker; ours after some tens, as docs/migration.md says. */
    @ParameterizedTest
    @EnumSource
    void aFairWorkerThatNeverRunsOutOfTasksLetsOthersRun(Kind kind) {
        ExecutorService pool = make(kind, 1);
        Scheduler.Worker worker = Mode.FAIR.on(pool).createWorker();
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch other = new CountDownLatch(1);
        Runnable again = new Runnable() {
            @Override
            public void run() {
                started.countDown();
                if (other.getCount() > 0) {
                    worker.schedule(this);
                }
            }
        };
        worker.schedule(again);
        await(started);
        pool.execute(other::countDown);
        await(other);
    }

    @ParameterizedTest
    @MethodSource("kindsAndModes")
    void shuttingTheSchedulerDownLeavesThePoolAlone(Kind kind, Mode mode) {
        ExecutorService pool = make(kind, 1);
        Scheduler scheduler = mode.on(pool);
        scheduler.shutdown();
        assertThat(pool.isShutdown()).isFalse();
        assertThat(Single.fromCallable(() -> "runs").subscribeOn(scheduler).blockingGet())
                .isEqualTo("runs");
    }

    @ParameterizedTest
    @MethodSource("kindsAndModes")
    void aRefusalByThePoolGoesToTheHandlerOfUndeliverableErrors(Kind kind, Mode mode) {
        ExecutorService pool = make(kind, 1);
        Scheduler scheduler = mode.on(pool);
        shutdownAndAwait(pool);
        List<Throwable> undelivered = new CopyOnWriteArrayList<>();
        RxJavaPlugins.setErrorHandler(undelivered::add);
        try {
            Single.just(1).subscribeOn(scheduler).test().assertNoValues().dispose();
        } finally {
            RxJavaPlugins.setErrorHandler(null);
        }
        assertThat(undelivered)
                .singleElement()
                .satisfies(thrown -> assertThat(thrown).hasCauseInstanceOf(RejectedExecutionException.class));
    }
}
