// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.awaitTermination;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.AfterEach;

/** A test whose pools have to terminate, whatever it has done with them. */
abstract class PoolTest {
    private final List<ExecutorService> made = new ArrayList<>();

    final <P extends ExecutorService> P closedLater(P pool) {
        made.add(pool);
        return pool;
    }

    @AfterEach
    final void everyPoolTerminates() {
        for (ExecutorService pool : made) {
            pool.shutdownNow();
            awaitTermination(pool);
        }
    }
}
