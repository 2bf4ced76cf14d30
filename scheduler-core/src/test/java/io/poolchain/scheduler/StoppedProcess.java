// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What {@link StoppedProcessTest} stops: rounds of tasks with every kind of time-out, each a line on the standard output,
 * until the standard input ends. Ends with 0 if each task is accounted for.
 */
final class StoppedProcess {
    private static final Duration SHORT = Duration.ofMillis(20);
    private static final int TASKS = 200;

    private final WorkStealingScheduler scheduler = WorkStealingScheduler.builder()
            .parallelism(4)
            .keepAlive(SHORT)
            .capacity(8)
            .rejectionPolicy(RejectionPolicy.block(SHORT))
            .build();
    private final AtomicInteger ran = new AtomicInteger();
    private int accepted;

    public static void main(String[] args) throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        Thread input = new Thread(() -> {
            awaitEndOfInput();
            stop.set(true);
        });
        input.start();
        StoppedProcess process = new StoppedProcess();
        for (int round = 1; !stop.get(); round++) {
            process.round();
            System.out.println("round " + round);
        }
        TestPools.shutdownAndAwait(process.scheduler);
        if (process.ran.get() != process.accepted) {
            throw new AssertionError(process.ran + " ran of " + process.accepted);
        }
    }

    private static void awaitEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // whatever it is
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void round() throws Exception {
        for (int i = 0; i < TASKS; i++) {
            try {
                scheduler.execute(ran::incrementAndGet);
                accepted++;
            } catch (RejectedExecutionException noRoomInTime) {
                // it was told
            }
        }
        try {
            Callable<Integer> task = () -> 1;
            Future<Integer> future = scheduler.submit(task);
            if (future.get(SHORT.toMillis(), TimeUnit.MILLISECONDS) != 1) {
                throw new AssertionError(future);
            }
        } catch (TimeoutException | RejectedExecutionException late) {
            // it was told
        }
        TestPools.awaitQuiescence(scheduler);
        if (ran.get() != accepted) {
            throw new AssertionError(ran + " ran of " + accepted);
        }
    }
}
