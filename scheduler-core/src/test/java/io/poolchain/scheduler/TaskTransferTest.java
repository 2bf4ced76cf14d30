// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolchain.scheduler.queue.PoolChain;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TaskTransferTest {
    private static final int FIRST_RING = 8;

    private final RunState runState = new RunState();
    private final PoolChain<Runnable> victim = new PoolChain<>();
    private final PoolChain<Runnable> own = new PoolChain<>();
    private final TaskTransfer transfer = new TaskTransfer(own, runState);

    @Test
    void movesTheOldestAndKeepsTheirOrder() {
        List<Runnable> tasks = push(5, victim);
        assertThat(transfer.take(victim, 3)).isEqualTo(3);
        assertThat(drain(own)).isEqualTo(tasks.subList(0, 3));
        assertThat(drain(victim)).isEqualTo(tasks.subList(3, 5));
    }

    @Test
    void movesNoMoreThanThereAre() {
        List<Runnable> tasks = push(2, victim);
        assertThat(transfer.take(victim, 3)).isEqualTo(2);
        assertThat(drain(own)).isEqualTo(tasks);
        assertThat(transfer.take(victim, 3)).isZero();
    }

    @Test
    void makesNoRingForThem() {
        push(FIRST_RING - 2, own);
        push(5, victim);
        assertThat(transfer.take(victim, 5)).isEqualTo(2);
        assertThat(own.growths()).isZero();
        assertThat(victim.size()).isEqualTo(3);
    }

    @Test
    void movesNothingOnceTheSchedulerIsBeingClosed() {
        push(5, victim);
        runState.advanceTo(RunState.CLOSING);
        assertThat(transfer.take(victim, 5)).isZero();
        assertThat(victim.size()).isEqualTo(5);
        transfer.awaitEnd();
    }

    private static List<Runnable> push(int tasks, PoolChain<Runnable> chain) {
        List<Runnable> pushed =
                Stream.generate(() -> (Runnable) new Thread()).limit(tasks).toList();
        pushed.forEach(chain::pushHead);
        return pushed;
    }

    private static List<Runnable> drain(PoolChain<Runnable> chain) {
        List<Runnable> drained = new ArrayList<>();
        for (Runnable task = chain.popTail(); task != null; task = chain.popTail()) {
            drained.add(task);
        }
        return drained;
    }
}
