// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.peers;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What the tasks themselves cost: n threads, each with a private array deque that it works off in a plain loop. No task
 * is ever shared. Tasks from outside are handed over by the deque; a thread that has none asks, and one that has several
 * gives it the older half. The price of that per task is a look at a counter that rarely changes.
 *
 * <p>Not a pool to use: while its thread runs a long task, nobody gets the others.
 */
public final class Floor extends AbstractExecutorService implements Batching {
    private final Loop[] loops;
    private final AtomicInteger hungry = new AtomicInteger();
    private final ThreadLocal<Outbox> outboxes = ThreadLocal.withInitial(Outbox::new);
    private final CountDownLatch ended;
    private volatile boolean stopped;

    private Floor(int threads) {
        loops = new Loop[threads];
        ended = new CountDownLatch(threads);
        for (int i = 0; i < threads; i++) {
            loops[i] = new Loop();
        }
    }

    /** {@return new loops} */
    public static Floor newFixedThreadPool(int threads) {
        Floor floor = new Floor(threads);
        for (Loop loop : floor.loops) {
            loop.start();
        }
        return floor;
    }

    @Override
    public void execute(Runnable task) {
        if (Thread.currentThread() instanceof Loop loop && loop.floor() == this) {
            loop.push(task);
        } else {
            outboxes.get().add(task);
        }
    }

    @Override
    public void flush() {
        outboxes.get().flush();
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Callable<T> callable) {
        return new FutureTask<>(callable) {
            @Override
            public T get() throws InterruptedException, ExecutionException {
                flush();
                return super.get();
            }
        };
    }

    @Override
    public void shutdown() {
        stopped = true;
        for (Loop loop : loops) {
            LockSupport.unpark(loop);
        }
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown();
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return stopped;
    }

    @Override
    public boolean isTerminated() {
        return ended.getCount() == 0;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return ended.await(timeout, unit);
    }

    /** What a thread outside has submitted and not yet handed over, dealt out to the loops. */
    private final class Outbox {
        private final ArrayDeque<Runnable>[] piles;
        private int next;

        @SuppressWarnings({"unchecked", "rawtypes"})
        Outbox() {
            piles = new ArrayDeque[loops.length];
            for (int i = 0; i < piles.length; i++) {
                piles[i] = new ArrayDeque<>();
            }
        }

        void add(Runnable task) {
            piles[next].addLast(task);
            next = next + 1 == piles.length ? 0 : next + 1;
        }

        void flush() {
            for (int i = 0; i < piles.length; i++) {
                if (!piles[i].isEmpty()) {
                    loops[i].give(piles[i]);
                    piles[i] = new ArrayDeque<>();
                }
            }
        }
    }

    private final class Loop extends Thread {
        private static final int LOOK_INTERVAL = 64;

        private final ArrayDeque<Runnable> own = new ArrayDeque<>();
        private final ConcurrentLinkedQueue<ArrayDeque<Runnable>> inbox = new ConcurrentLinkedQueue<>();

        /** Set by this loop; cleared, and {@link Floor#hungry} counted down, by whoever has something for it. */
        private final AtomicBoolean asks = new AtomicBoolean();

        private ArrayDeque<Runnable> given = new ArrayDeque<>();
        private int taken;

        Loop() {
            super("floor");
            setDaemon(true);
        }

        Floor floor() {
            return Floor.this;
        }

        @Override
        public void run() {
            while (!stopped) {
                Runnable task = next();
                if (task != null) {
                    task.run();
                } else {
                    sleep();
                }
            }
            ended.countDown();
        }

        /** Its own newest and the oldest that it was given, by turns. */
        private @Nullable Runnable next() {
            taken++;
            if (given.isEmpty() && (own.isEmpty() || taken % LOOK_INTERVAL == 0)) {
                ArrayDeque<Runnable> more = inbox.poll();
                given = more != null ? more : given;
            }
            boolean ownFirst = given.isEmpty() || (!own.isEmpty() && taken % 2 == 0);
            return ownFirst ? own.pollLast() : given.pollFirst();
        }

        void push(Runnable task) {
            own.addLast(task);
            if (hungry.get() > 0 && own.size() > 1) {
                share();
            }
        }

        private void share() {
            for (Loop other : loops) {
                if (other.stopAsking()) {
                    ArrayDeque<Runnable> half = new ArrayDeque<>();
                    for (int left = own.size() / 2; left > 0; left--) {
                        half.addLast(own.removeFirst());
                    }
                    other.give(half);
                    return;
                }
            }
        }

        void give(ArrayDeque<Runnable> tasks) {
            inbox.add(tasks);
            LockSupport.unpark(this);
        }

        private void sleep() {
            hungry.incrementAndGet();
            asks.set(true);
            while (inbox.isEmpty() && !stopped) {
                LockSupport.park(this);
            }
            stopAsking();
        }

        private boolean stopAsking() {
            boolean first = asks.compareAndSet(true, false);
            if (first) {
                hungry.decrementAndGet();
            }
            return first;
        }
    }
}
