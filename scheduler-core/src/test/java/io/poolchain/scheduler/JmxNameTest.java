// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

class JmxNameTest {
    /** Fault: who waits for the end goes on while the last worker still is to take the old scheduler out of JMX. */
    @Test
    void aNameIsFreeOnceItsSchedulerHasClosed() throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = new ObjectName("io.poolchain:type=Scheduler,name=\"restarted\"");
        for (int restart = 0; restart < 2_000; restart++) {
            try (WorkStealingScheduler scheduler = WorkStealingScheduler.builder()
                    .name("restarted")
                    .parallelism(2)
                    .jmx(true)
                    .build()) {
                assertThat(server.isRegistered(name)).as("restart %d", restart).isTrue();
                scheduler.execute(() -> {});
            }
            assertThat(server.isRegistered(name)).isFalse();
        }
    }
}
