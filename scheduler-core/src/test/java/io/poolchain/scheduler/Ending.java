// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** How a pool is brought to its end; returns the tasks that were handed back. */
enum Ending {
    SHUTDOWN {
        @Override
        List<Runnable> end(WorkStealingScheduler scheduler) {
            scheduler.shutdown();
            return List.of();
        }
    },
    SHUTDOWN_NOW {
        @Override
        List<Runnable> end(WorkStealingScheduler scheduler) {
            return scheduler.shutdownNow();
        }
    },
    SHUTDOWN_THEN_NOW {
        @Override
        List<Runnable> end(WorkStealingScheduler scheduler) {
            scheduler.shutdown();
            return scheduler.shutdownNow();
        }
    },
    CLOSE {
        @Override
        List<Runnable> end(WorkStealingScheduler scheduler) {
            scheduler.close();
            assertThat(scheduler.isTerminated()).isTrue();
            return List.of();
        }
    };

    abstract List<Runnable> end(WorkStealingScheduler scheduler);
}
