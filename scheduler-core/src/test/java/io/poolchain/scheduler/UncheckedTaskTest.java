// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class UncheckedTaskTest {
    @Test
    void isTheSameReference() {
        Runnable task = () -> {};
        assertThat(UncheckedTask.of(task)).isSameAs(task);
        assertThat(UncheckedTask.of(null)).isNull();
    }

    /** It stands between the queue and the call of a task, which would be lost if there were no memory. */
    @Test
    void takesNoMemoryOnceItIsPrepared() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Runnable task = () -> {};
        UncheckedTask.prepare();
        threads.getCurrentThreadAllocatedBytes();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            UncheckedTask.of(task);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isZero();
    }
}
