// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.peers;

import io.poolchain.scheduler.WorkStealingScheduler;
import java.lang.reflect.InvocationTargetException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The executors by name. Any other class that has a public static {@code newFixedThreadPool(int)} goes by its own name. */
public final class Peers {
    /** The one that is compared with the others. */
    public static final String OURS = "poolchain";

    /** The JDK's fixed pool, which ours is to stand in for. */
    public static final String FIXED = "fixed";

    /** What the others can't be faster than, by much. */
    public static final String FLOOR = "floor";

    private static final String NETTY = "netty";

    private static final Map<String, Class<?>> CLASSES = new LinkedHashMap<>();

    static {
        CLASSES.put(OURS, WorkStealingScheduler.class);
        CLASSES.put(FIXED, Executors.class);
        CLASSES.put("forkjoin-lifo", ForkJoinLifo.class);
        CLASSES.put("forkjoin-fifo", ForkJoinFifo.class);
        CLASSES.put("virtual", VirtualThreads.class);
        CLASSES.put("cats-effect", CatsEffect.class);
        CLASSES.put("zio", Zio.class);
        CLASSES.put("kotlin", Kotlin.class);
        CLASSES.put(NETTY, Netty.class);
        CLASSES.put("jetty", Jetty.class);
        CLASSES.put(FLOOR, Floor.class);
    }

    /** Where a task that waits for another holds a thread that the other may need. */
    private static final Set<String> NO_NESTED_GET =
            Set.of(FIXED, "cats-effect", "zio", "kotlin", NETTY, "jetty", FLOOR);

    private static final Map<String, Boolean> TRIED = new ConcurrentHashMap<>();
    private static final long PATIENCE_SECONDS = 2;

    private Peers() {}

    /** {@return all names, in the order of the tables} */
    public static List<String> names() {
        return List.copyOf(CLASSES.keySet());
    }

    /** {@return whether it is one to be level with} Not the floor, which is no pool, nor Netty, whose loops keep what they have. */
    public static boolean isRival(String name) {
        return !name.equals(FLOOR) && !name.equals(NETTY);
    }

    /** {@return why there can't be such an executor in this JVM, if so} */
    public static Optional<String> whyNot(String name, int threads) {
        return switch (name) {
            case "virtual" -> VirtualThreads.whyNot(threads);
            case "zio" -> Zio.whyNot(threads);
            default -> Optional.empty();
        };
    }

    /** {@return whether a task may wait for one that it has submitted} */
    public static boolean allowsNestedGet(String name) {
        return CLASSES.containsKey(name)
                ? !NO_NESTED_GET.contains(name)
                : TRIED.computeIfAbsent(name, Peers::tryNestedGet);
    }

    private static boolean tryNestedGet(String name) {
        if (!(start(name, 1) instanceof ExecutorService service)) {
            return false;
        }
        try {
            Future<Integer> outer = service.submit(() -> service.submit(() -> 1).get());
            return outer.get(PATIENCE_SECONDS, TimeUnit.SECONDS) == 1;
        } catch (TimeoutException deadlock) {
            return false;
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        } finally {
            service.shutdownNow();
        }
    }

    /** {@return a new executor with so many threads, to be given to {@link #stop}} */
    public static Executor start(String name, int threads) {
        whyNot(name, threads).ifPresent(reason -> {
            throw new IllegalArgumentException(name + ": " + reason);
        });
        try {
            Class<?> type = CLASSES.containsKey(name) ? CLASSES.get(name) : Class.forName(name);
            return (Executor) type.getMethod("newFixedThreadPool", int.class).invoke(null, threads);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(name + " does not start", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    "neither one of " + names() + " nor a class with a newFixedThreadPool(int): " + name, e);
        }
    }

    /** Ends an executor and waits for its threads, if it lets one wait. */
    public static void stop(Executor executor) throws Exception {
        if (executor instanceof ExecutorService service) {
            service.shutdownNow();
            if (!service.awaitTermination(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("does not end: " + executor);
            }
        } else if (executor instanceof AutoCloseable closeable) {
            closeable.close();
        }
    }
}
