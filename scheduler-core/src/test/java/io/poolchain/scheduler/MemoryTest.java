// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.await;
import static io.poolchain.scheduler.TestPools.awaitQuiescence;
import static io.poolchain.scheduler.TestPools.awaitTrue;
import static io.poolchain.scheduler.TestPools.withScheduler;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** An idle scheduler keeps nothing alive and gives back the memory of a burst. */
class MemoryTest {
    @Test
    @Provokes(Fault.AN_IDLE_POOL_KEEPS_A_FINISHED_TASK_ALIVE)
    void finishedTasksAreNotReachable() throws Exception {
        withScheduler(4, scheduler -> {
            List<WeakReference<?>> gone = new ArrayList<>();
            CountDownLatch done = new CountDownLatch(100);
            for (int i = 0; i < 100; i++) {
                Runnable outside = new Parent(scheduler, gone, done);
                gone.add(new WeakReference<>(outside));
                scheduler.execute(outside);
            }
            await(done, scheduler);
            awaitQuiescence(scheduler);
            assertCollected(gone);
            assertThat(heapHistogram())
                    .contains(Worker.class.getName())
                    .doesNotContain(Parent.class.getName(), Child.class.getName());
        });
    }

    @Test
    void aTaskThatIsNotMeasuredAllocatesNothing() throws Exception {
        WorkStealingScheduler unmeasured =
                WorkStealingScheduler.builder().parallelism(1).sampleOneIn(0).build();
        withScheduler(unmeasured, scheduler -> {
            Repeating task = new Repeating(scheduler);
            assertThat(task.bytesOf(1_000, task::submitFromOutside)).isLessThan(1_000);
            assertThat(task.bytesOf(1_000, task::submitFromWorker)).isLessThan(1_000);
        });
    }

    /** Submits itself so many times, or is submitted; the way there has been compiled when it counts. */
    private static final class Repeating implements Runnable {
        private static final int WARM_UP = 20_000;
        private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        private final WorkStealingScheduler scheduler;
        private volatile int left;
        private volatile long bytesBefore;
        private volatile long bytesAfter;

        Repeating(WorkStealingScheduler scheduler) {
            this.scheduler = scheduler;
        }

        private interface Way {
            void submit(int times);
        }

        long bytesOf(int times, Way way) {
            way.submit(WARM_UP);
            way.submit(times);
            return bytesAfter - bytesBefore;
        }

        void submitFromOutside(int times) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < times; i++) {
                left = 1;
                scheduler.execute(this);
                awaitNoneLeft();
            }
            bytesAfter = THREADS.getCurrentThreadAllocatedBytes();
            bytesBefore = before;
        }

        void submitFromWorker(int times) {
            left = times;
            scheduler.execute(() -> {
                bytesBefore = THREADS.getCurrentThreadAllocatedBytes();
                scheduler.execute(this);
            });
            awaitNoneLeft();
        }

        private void awaitNoneLeft() {
            while (left > 0) {
                Thread.yield();
            }
        }

        @Override
        public void run() {
            int after = left - 1;
            if (after > 0) {
                left = after;
                scheduler.execute(this);
            } else {
                bytesAfter = THREADS.getCurrentThreadAllocatedBytes();
                left = after;
            }
        }
    }

    /** Of what is reachable, by class. */
    private static String heapHistogram() throws Exception {
        return (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
    }

    @Test
    @Provokes(Fault.AN_IDLE_POOL_KEEPS_A_FINISHED_TASK_ALIVE)
    void cancelledReturnedAndRejectedTasksAreNotReachable() {
        WorkStealingScheduler scheduler = WorkStealingScheduler.newFixedThreadPool(1);
        List<WeakReference<?>> gone = new ArrayList<>();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        scheduler.execute(() -> {
            running.countDown();
            await(release, scheduler);
        });
        await(running, scheduler);
        Future<?> cancelled = scheduler.submit(() -> {});
        cancelled.cancel(true);
        gone.add(new WeakReference<>(cancelled));
        cancelled = null;
        release.countDown();
        awaitQuiescence(scheduler);
        assertCollected(gone);

        CountDownLatch blocked = new CountDownLatch(1);
        scheduler.execute(() -> {
            blocked.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                // the end of this test
            }
        });
        await(blocked, scheduler);
        Runnable queued = new Parent(scheduler, gone, release);
        scheduler.execute(queued);
        gone.add(new WeakReference<>(queued));
        queued = null;
        assertThat(scheduler.shutdownNow()).hasSize(1);
        Runnable rejected = new Parent(scheduler, gone, release);
        gone.add(new WeakReference<>(rejected));
        boolean refused = false;
        try {
            scheduler.execute(rejected);
        } catch (RejectedExecutionException e) {
            refused = true;
        }
        rejected = null;
        assertThat(refused).isTrue();
        TestPools.awaitTermination(scheduler);
        assertCollected(gone);
    }

    @Test
    @Provokes(Fault.A_POOL_THAT_WAS_DROPPED_CAN_NOT_BE_COLLECTED)
    void aSchedulerThatWasNeverUsedOrHasEndedIsNotReachable() throws Exception {
        List<WeakReference<?>> gone = new ArrayList<>();
        gone.add(new WeakReference<>(WorkStealingScheduler.newFixedThreadPool(8)));
        WorkStealingScheduler used = WorkStealingScheduler.newFixedThreadPool(2);
        used.submit(() -> {}).get();
        used.close();
        gone.add(new WeakReference<>(used));
        used = null;
        assertCollected(gone);
    }

    /** As in an application server that unloads what it had deployed. */
    @Test
    @Provokes(Fault.A_POOL_THAT_WAS_DROPPED_CAN_NOT_BE_COLLECTED)
    void theClassLoaderOfASchedulerThatWasNeverUsedOrHasEndedIsNotReachable() throws Exception {
        List<WeakReference<?>> gone = new ArrayList<>();
        ExecutorService neverUsed = newPoolOfALoaderOfItsOwn();
        assertThat(neverUsed).isNotInstanceOf(WorkStealingScheduler.class);
        gone.add(new WeakReference<>(neverUsed.getClass().getClassLoader()));
        neverUsed = null;
        ExecutorService used = newPoolOfALoaderOfItsOwn();
        gone.add(new WeakReference<>(used.getClass().getClassLoader()));
        used.submit(() -> {}).get();
        TestPools.shutdownAndAwait(used);
        used = null;
        assertCollected(gone);
    }

    private static ExecutorService newPoolOfALoaderOfItsOwn() throws Exception {
        URL[] classes = {locationOf(WorkStealingScheduler.class), locationOf(LoggerFactory.class)};
        URLClassLoader loader = new URLClassLoader(classes, ClassLoader.getPlatformClassLoader());
        return (ExecutorService) loader.loadClass(WorkStealingScheduler.class.getName())
                .getMethod("newFixedThreadPool", int.class)
                .invoke(null, 2);
    }

    private static URL locationOf(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }

    @Test
    @Provokes(Fault.THE_MEMORY_OF_A_BURST_IS_NEVER_GIVEN_BACK)
    void theRingsOfABurstAreGivenBack() throws Exception {
        withScheduler(2, scheduler -> {
            scheduler.prestartAllCoreThreads();
            awaitQuiescence(scheduler);
            long idleSlots = slots(scheduler);
            CountDownLatch done = new CountDownLatch(2_000_000);
            CountDownLatch allQueued = new CountDownLatch(1);
            for (int i = 0; i < 2; i++) {
                scheduler.execute(() -> {
                    for (int k = 0; k < 500_000; k++) {
                        scheduler.execute(done::countDown);
                    }
                    await(allQueued, scheduler);
                });
            }
            for (int i = 0; i < 1_000_000; i++) {
                scheduler.execute(done::countDown);
            }
            assertThat(slots(scheduler)).isGreaterThan(1_000_000);
            allQueued.countDown();
            await(done, scheduler);
            awaitQuiescence(scheduler);
            // Each worker trims when it falls asleep, the submission queue when the last one does.
            assertThat(slots(scheduler)).isLessThanOrEqualTo(idleSlots + 1_024 * 4);
        });
    }

    private static long slots(WorkStealingScheduler scheduler) {
        return scheduler.stats().submissionQueueCapacity()
                + scheduler.stats().workers().stream()
                        .mapToLong(WorkerStats::chainCapacity)
                        .sum();
    }

    private static void assertCollected(List<WeakReference<?>> gone) {
        awaitTrue(
                () -> {
                    System.gc();
                    synchronized (gone) {
                        return gone.stream().allMatch(reference -> reference.get() == null);
                    }
                },
                "collection of what nobody needs");
    }

    /** Submits a child, which may be stolen. */
    private record Parent(WorkStealingScheduler scheduler, List<WeakReference<?>> gone, CountDownLatch done)
            implements Runnable {
        @Override
        public void run() {
            Runnable child = new Child(done);
            synchronized (gone) {
                gone.add(new WeakReference<>(child));
            }
            scheduler.execute(child);
        }
    }

    private record Child(CountDownLatch done) implements Runnable {
        @Override
        public void run() {
            done.countDown();
        }
    }
}
