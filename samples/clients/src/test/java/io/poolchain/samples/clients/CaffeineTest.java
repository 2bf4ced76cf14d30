// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.github.benmanes.caffeine.cache.RemovalCause;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Caffeine loads, refreshes, evicts and notifies on the pool given to {@link Caffeine#executor}. */
class CaffeineTest extends ClientTest {
    @ParameterizedTest
    @EnumSource
    void eachKeyIsLoadedOnceOnThePool(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 4);
        Set<String> places = places();
        AtomicInteger loads = new AtomicInteger();
        AsyncLoadingCache<Integer, Integer> cache = Caffeine.newBuilder()
                .executor(pool)
                .buildAsync(key -> {
                    places.add(here());
                    loads.incrementAndGet();
                    return key * key;
                });
        List<CompletableFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            futures.add(cache.get(i % 1_000));
        }
        for (int i = 0; i < 10_000; i++) {
            assertThat(get(futures.get(i))).isEqualTo((i % 1_000) * (i % 1_000));
        }
        assertThat(loads).hasValue(1_000);
        Map<Integer, Integer> all =
                get(cache.getAll(IntStream.range(500, 1_500).boxed().toList()));
        assertThat(all).hasSize(1_000).containsEntry(1_499, 2_247_001);
        assertThat(loads).hasValue(1_500);
        assertOnPool(places);
    }

    @ParameterizedTest
    @EnumSource
    void asManyKeysAsThreadsAreLoadedAtOnce(Kind kind) throws Exception {
        int n = 8;
        CyclicBarrier barrier = new CyclicBarrier(n);
        AsyncLoadingCache<Integer, Integer> cache = Caffeine.newBuilder()
                .executor(make(kind, n))
                .buildAsync(key -> {
                    await(barrier);
                    return key;
                });
        List<CompletableFuture<Integer>> futures =
                IntStream.range(0, 50 * n).mapToObj(cache::get).toList();
        get(CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new)));
        assertThat(cache.synchronous().asMap()).hasSize(50 * n);
    }

    @ParameterizedTest
    @EnumSource
    void aLoaderMayAskForOtherKeysOfItsCache(Kind kind) throws Exception {
        ExecutorService pool = make(kind, 2);
        AtomicReference<AsyncLoadingCache<Integer, Integer>> self = new AtomicReference<>();
        AsyncLoadingCache<Integer, Integer> cache = Caffeine.newBuilder()
                .executor(pool)
                .buildAsync((key, executor) -> key == 0
                        ? CompletableFuture.completedFuture(0)
                        : CompletableFuture.supplyAsync(() -> self.get().get(key - 1), executor)
                                .thenCompose(before -> before)
                                .thenApplyAsync(before -> before + key, executor));
        self.set(cache);
        assertThat(get(cache.get(500))).isEqualTo(125_250);
    }

    @ParameterizedTest
    @EnumSource
    void aFailedLoadIsReportedAndTriedAgain(Kind kind) throws Exception {
        AtomicInteger loads = new AtomicInteger();
        AsyncLoadingCache<String, Integer> cache = Caffeine.newBuilder()
                .executor(make(kind, 2))
                .buildAsync(key -> {
                    if (loads.incrementAndGet() == 1) {
                        throw new IOException("on purpose");
                    }
                    return loads.get();
                });
        Logger logger = Logger.getLogger("com.github.benmanes.caffeine.cache");
        Level before = logger.getLevel();
        logger.setLevel(Level.OFF); // Caffeine logs the failure
        try {
            assertThatThrownBy(() -> get(cache.get("key")))
                    .isInstanceOf(ExecutionException.class)
                    .hasRootCauseInstanceOf(IOException.class);
            // The failed entry is removed by a stage of its future, which may come after get.
            awaitTrue(() -> cache.getIfPresent("key") == null, "removal of the failed entry");
            assertThat(get(cache.get("key"))).isEqualTo(2);
        } finally {
            logger.setLevel(before);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theRemovalListenerIsToldOfEachInvalidationOnThePool(Kind kind) {
        Set<String> places = places();
        Set<Integer> removed = ConcurrentHashMap.newKeySet();
        CountDownLatch told = new CountDownLatch(1_000);
        Cache<Integer, Integer> cache = Caffeine.newBuilder()
                .executor(make(kind, 3))
                .removalListener((Integer key, Integer value, RemovalCause cause) -> {
                    places.add(here());
                    if (cause == RemovalCause.EXPLICIT) {
                        removed.add(key);
                    }
                    told.countDown();
                })
                .build();
        for (int i = 0; i < 1_000; i++) {
            cache.put(i, i);
        }
        cache.invalidateAll();
        await(told);
        assertThat(removed).hasSize(1_000);
        assertOnPool(places);
    }

    @ParameterizedTest
    @EnumSource
    void whatExceedsTheSizeIsEvicted(Kind kind) {
        Set<String> places = places();
        CountDownLatch told = new CountDownLatch(9_900);
        Cache<Integer, Integer> cache = Caffeine.newBuilder()
                .executor(make(kind, 3))
                .maximumSize(100)
                .removalListener((Integer key, Integer value, RemovalCause cause) -> {
                    places.add(here());
                    if (cause == RemovalCause.SIZE) {
                        told.countDown();
                    }
                })
                .build();
        for (int i = 0; i < 10_000; i++) {
            cache.put(i, i);
        }
        cache.cleanUp();
        await(told);
        assertThat(cache.asMap()).hasSize(100);
        assertOnPool(places);
    }

    @ParameterizedTest
    @EnumSource
    void aRefreshRunsOnThePoolWhileTheOldValueIsServed(Kind kind) throws Exception {
        Set<String> places = places();
        CountDownLatch gate = new CountDownLatch(1);
        AtomicInteger loads = new AtomicInteger();
        LoadingCache<String, Integer> cache = Caffeine.newBuilder()
                .executor(make(kind, 1))
                .build(key -> {
                    int load = loads.incrementAndGet();
                    if (load > 1) {
                        places.add(here());
                        await(gate);
                    }
                    return load;
                });
        assertThat(cache.get("key")).isEqualTo(1); // loaded by the caller
        CompletableFuture<Integer> refreshed = cache.refresh("key");
        assertThat(cache.get("key")).isEqualTo(1);
        gate.countDown();
        assertThat(get(refreshed)).isEqualTo(2);
        // The new value is put by a stage of the future, which may come after get.
        awaitTrue(() -> cache.get("key") == 2, "the new value");
        assertOnPool(places);
    }

    @ParameterizedTest
    @EnumSource
    void afterShutdownTheCallerDoesTheWork(Kind kind) {
        ExecutorService pool = make(kind, 2);
        Set<String> places = places();
        Cache<Integer, Integer> cache = Caffeine.newBuilder()
                .executor(pool)
                .removalListener((Integer key, Integer value, RemovalCause cause) -> places.add(here()))
                .build();
        cache.put(1, 1);
        shutdownAndAwait(pool);
        Logger logger = Logger.getLogger("com.github.benmanes.caffeine.cache");
        Level before = logger.getLevel();
        logger.setLevel(Level.OFF); // Caffeine logs the refusal
        try {
            cache.invalidate(1);
        } finally {
            logger.setLevel(before);
        }
        assertThat(places).containsExactly(here());
    }
}
