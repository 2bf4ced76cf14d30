// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.withScheduler;
import static org.assertj.core.api.Assertions.assertThat;

import io.poolchain.scheduler.TestPools.Blocker;
import org.junit.jupiter.api.Test;

class WatchdogTest {
    @Test
    void namesEachWorkerTheQueuesAndWhereItsThreadsStand() throws Exception {
        WorkStealingScheduler stuck =
                WorkStealingScheduler.builder().parallelism(1).name("stuck").build();
        withScheduler(stuck, scheduler -> {
            Blocker blocker = Blocker.startOn(scheduler);
            try {
                scheduler.execute(() -> {});
                assertThat(Watchdog.describe(scheduler))
                        .contains("searching = 0", "queued outside = 1", "WorkerStats[index=0, state=RUNNING")
                        .contains("\"stuck-worker-1\" ", "io.poolchain.scheduler.Worker.runTask(");
            } finally {
                blocker.release();
            }
        });
    }
}
