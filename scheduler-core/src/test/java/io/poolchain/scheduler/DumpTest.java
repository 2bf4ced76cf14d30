// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static io.poolchain.scheduler.TestPools.await;
import static io.poolchain.scheduler.TestPools.awaitQuiescence;
import static io.poolchain.scheduler.TestPools.awaitTrue;
import static io.poolchain.scheduler.TestPools.withScheduler;
import static org.assertj.core.api.Assertions.assertThat;

import io.poolchain.scheduler.TestPools.Blocker;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.MBeanServer;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXConnectorServerFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.Test;

/** What a dump says, and JMX. */
class DumpTest {
    private static final Pattern WAITING =
            Pattern.compile("Worker \\d: RUNNING, thread \"orders-worker-\\d\" (TIMED_)?WAITING, in the same task");
    private static final Pattern AGE = Pattern.compile("in the same task for at least (\\d+) ms");
    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

    @Test
    void saysWhatEachWorkerRunsAndForHowLong() throws Exception {
        withScheduler(named("orders", 3), scheduler -> {
            Blocker blocker = Blocker.startOn(scheduler);
            scheduler.submit(() -> {}).get();
            awaitTrue(() -> scheduler.stats().completed() == 1, "the end of the other task");
            awaitTrue(() -> WAITING.matcher(scheduler.dump()).find(), "the blocker waits for its release");
            String first = scheduler.dump();
            assertThat(first)
                    .startsWith(
                            "Scheduler orders: Running\n  workers: 3, with a thread: 2 (at most 2), running: 1, idle: 1")
                    .contains(Blocker.class.getName() + ".run(")
                    .containsPattern("Worker \\d: (PARKED|SEARCHING), thread \"orders-worker-\\d\"")
                    .contains("submitted: 2, started: 2, completed: 1, failed: 0")
                    .containsPattern("queued: 0 in \\d+ slots")
                    .doesNotContain("NO_THREAD")
                    .doesNotContain("Worker.runTask");
            awaitTrue(() -> ageIn(scheduler.dump()) >= 2, "a task of 2 ms");
            blocker.release();
        });
    }

    @Test
    void saysFromWhomAWorkerHasStolen() throws Exception {
        withScheduler(named("orders", 2), scheduler -> {
            CountDownLatch stolen = new CountDownLatch(1);
            scheduler.execute(() -> {
                scheduler.execute(stolen::countDown);
                await(stolen, scheduler); // only the other worker can do it
            });
            awaitQuiescence(scheduler);
            assertThat(scheduler.dump()).containsPattern("steals: 1 \\(the last from worker [01]\\), stolen: 0");
        });
    }

    @Test
    void anUnusedAndATerminatedSchedulerHaveNoWorkersToShow() {
        WorkStealingScheduler scheduler = named("orders", 1_000);
        assertThat(scheduler.dump()).startsWith("Scheduler orders: Running").doesNotContain("Worker ");
        scheduler.close();
        assertThat(scheduler.dump()).startsWith("Scheduler orders: Terminated");
    }

    private static long ageIn(String dump) {
        Matcher age = AGE.matcher(dump);
        assertThat(age.find()).as(dump).isTrue();
        return Long.parseLong(age.group(1));
    }

    // ---- JMX

    @Test
    void jmxShowsTheFiguresUntilTheEnd() throws Exception {
        ObjectName name = new ObjectName("io.poolchain:type=Scheduler,name=\"a,b\"");
        WorkStealingScheduler scheduler = shown("a,b");
        withScheduler(scheduler, shown -> {
            Blocker blocker = Blocker.startOn(shown);
            shown.execute(() -> {});
            assertThat(server.getAttribute(name, "Name")).isEqualTo("a,b");
            assertThat(server.getAttribute(name, "State")).isEqualTo("Running");
            assertThat(server.getAttribute(name, "Parallelism")).isEqualTo(1);
            assertThat(server.getAttribute(name, "PoolSize")).isEqualTo(1);
            assertThat(server.getAttribute(name, "ActiveWorkers")).isEqualTo(1);
            assertThat(server.getAttribute(name, "Queued")).isEqualTo(1L);
            assertThat(server.getAttribute(name, "Submitted")).isEqualTo(2L);
            assertThat(server.getAttribute(name, "Completed")).isEqualTo(0L);
            assertThat(server.getAttribute(name, "Failed")).isEqualTo(0L);
            assertThat(server.getAttribute(name, "Steals")).isEqualTo(0L);
            assertThat(server.getAttribute(name, "Parks"))
                    .isEqualTo(shown.stats().parks());
            assertThat((double) server.getAttribute(name, "BusyRatio")).isBetween(0.0, 1.0);
            TabularData dropped = (TabularData) server.getAttribute(name, "Dropped");
            CompositeData shutdown = dropped.get(new Object[] {"SHUTDOWN"});
            assertThat(shutdown.get("value")).isEqualTo(0L);
            assertThat((String) server.invoke(name, "dump", new Object[0], new String[0]))
                    .contains(Blocker.class.getName());
            blocker.release();
        });
        awaitTrue(() -> !server.isRegistered(name), "the end of the bean");
    }

    /** As jconsole and Mission Control look at it. */
    @Test
    @SuppressWarnings("BanJNDI") // it connects to itself
    void jmxShowsTheFiguresThroughAConnection() throws Exception {
        ObjectName name = new ObjectName("io.poolchain:type=Scheduler,name=\"remote\"");
        JMXConnectorServer service =
                JMXConnectorServerFactory.newJMXConnectorServer(new JMXServiceURL("rmi", "localhost", 0), null, server);
        service.start();
        try {
            withScheduler(shown("remote"), shown -> {
                Blocker blocker = Blocker.startOn(shown);
                try (JMXConnector connector = JMXConnectorFactory.connect(service.getAddress())) {
                    MBeanServerConnection connection = connector.getMBeanServerConnection();
                    assertThat(connection.getAttribute(name, "ActiveWorkers")).isEqualTo(1);
                    assertThat(connection.getAttribute(name, "Dropped")).isInstanceOf(TabularData.class);
                    assertThat((String) connection.invoke(name, "dump", new Object[0], new String[0]))
                            .contains(Blocker.class.getName());
                }
                blocker.release();
            });
        } finally {
            service.stop();
        }
    }

    @Test
    void aSchedulerThatDoesNotAskForItIsNotShown() throws Exception {
        withScheduler(
                named("hidden", 1),
                scheduler -> assertThat(server.queryNames(new ObjectName("io.poolchain:*"), null))
                        .noneMatch(name -> name.toString().contains("hidden")));
    }

    @Test
    void theSecondOfTwoOfOneNameLeavesTheFirstAsItIs() throws Exception {
        ObjectName name = new ObjectName("io.poolchain:type=Scheduler,name=\"twin\"");
        withScheduler(shown("twin"), first -> {
            WorkStealingScheduler second = shown("twin");
            second.execute(() -> {});
            second.close();
            assertThat(server.getAttribute(name, "Submitted")).isEqualTo(0L);
        });
    }

    @Test
    void jmxDoesNotKeepASchedulerAlive() throws Exception {
        ObjectName name = new ObjectName("io.poolchain:type=Scheduler,name=\"dropped\"");
        WeakReference<?> dropped = new WeakReference<>(shown("dropped"));
        awaitTrue(
                () -> {
                    System.gc();
                    return dropped.get() == null;
                },
                "the end of the scheduler");
        assertThat(server.getAttributes(name, new String[] {"Name"})).isEmpty();
        assertThat(server.isRegistered(name)).isFalse();
    }

    // ---- vocabulary

    private static WorkStealingScheduler named(String name, int n) {
        return WorkStealingScheduler.builder().name(name).parallelism(n).build();
    }

    private static WorkStealingScheduler shown(String name) {
        return WorkStealingScheduler.builder()
                .name(name)
                .parallelism(1)
                .jmx(true)
                .build();
    }
}
