// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.await;
import static io.poolchain.scheduler.TestPools.awaitTrue;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A thread that took itself for the last one, and is not any more when it leaves. */
class LastThreadTest {
    /**
     * Fault: the last thread to leave finds the queues empty; meanwhile another begins, and is busy, and a task is
     * submitted; nobody is hired for it, because the one that leaves still counts; and that one does not look again.
     */
    @Test
    void aTaskSubmittedAfterTheLastLookOfALeavingThreadGetsAThread() throws Exception {
        CountDownLatch firstSubmitted =
                new CountDownLatch(1); // else the first thread may time out before it has a task
        CountDownLatch stopping = new CountDownLatch(1);
        CountDownLatch mayStop = new CountDownLatch(1);
        CountDownLatch makingSecond = new CountDownLatch(1);
        CountDownLatch mayMakeSecond = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        AtomicInteger made = new AtomicInteger();
        WorkStealingScheduler scheduler = WorkStealingScheduler.builder()
                .parallelism(2)
                .keepAlive(Duration.ofMillis(1))
                .onThreadStart(() -> await(firstSubmitted, "pool"))
                .onThreadStop(() -> {
                    stopping.countDown();
                    await(mayStop, "pool");
                })
                .threadFactory(body -> {
                    if (made.incrementAndGet() > 1) {
                        if (stopping.getCount() > 0) {
                            return null; // the first submission may find the thread busy already
                        }
                        makingSecond.countDown();
                        await(mayMakeSecond, "pool");
                    }
                    Thread thread = new Thread(body);
                    threads.add(thread);
                    return thread;
                })
                .build();
        CountDownLatch blockerRuns = new CountDownLatch(1);
        CountDownLatch secondRuns = new CountDownLatch(1);
        Object roster = get(get(scheduler, "threads"), "roster");
        Object stripes = get(get(get(scheduler, "queues"), "submissions"), "stripes");
        try {
            scheduler.execute(() -> {});
            firstSubmitted.countDown();
            await(stopping, "pool"); // the first thread has timed out
            CountDownLatch submitted = new CountDownLatch(1);
            Thread submitter = new Thread(() -> {
                scheduler.execute(() -> {
                    blockerRuns.countDown();
                    await(secondRuns, "pool");
                });
                submitted.countDown();
            });
            submitter.start();
            await(makingSecond, "pool");
            setLocked(stripes, 1);
            mayStop.countDown();
            awaitTrue(() -> get(roster, "lastLeaving").equals(1), "the first thread is the last");
            mayMakeSecond.countDown();
            await(submitted, "pool");
            await(blockerRuns, "pool"); // on the second thread
            synchronized (get(roster, "lock")) {
                setLocked(stripes, 0);
                awaitTrue(
                        () -> threads.get(0).getState() == Thread.State.BLOCKED,
                        "the first thread has looked for the last time");
                scheduler.execute(secondRuns::countDown);
            }
            await(secondRuns, "pool");
            assertThat(made).hasValueGreaterThanOrEqualTo(2);
        } finally {
            setLocked(stripes, 0); // else a failure would leave shutdown waiting
            secondRuns.countDown();
            scheduler.shutdown();
        }
    }

    private static void setLocked(Object stripes, int locked) {
        for (int i = 0; i < Array.getLength(stripes); i++) {
            try {
                field(Array.get(stripes, i), "locked").set(Array.get(stripes, i), locked);
            } catch (ReflectiveOperationException e) {
                throw new LinkageError(e.getMessage(), e);
            }
        }
    }

    private static Object get(Object object, String name) {
        try {
            return field(object, name).get(object);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private static Field field(Object object, String name) throws ReflectiveOperationException {
        for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    return field;
                }
            }
        }
        throw new NoSuchFieldException(name);
    }
}
