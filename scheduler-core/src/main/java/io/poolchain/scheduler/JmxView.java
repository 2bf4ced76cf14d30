// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.management.JMException;
import javax.management.ObjectName;

/** A scheduler as the platform's MBean server shows it; which does not keep it alive. */
final class JmxView implements SchedulerMXBean {
    private final WeakReference<WorkStealingScheduler> scheduler;
    private final ObjectName objectName;
    private final AtomicBoolean registered = new AtomicBoolean(true);

    private JmxView(WorkStealingScheduler scheduler) throws JMException {
        this.scheduler = new WeakReference<>(scheduler);
        objectName = new ObjectName("io.poolchain:type=Scheduler,name=" + ObjectName.quote(scheduler.name()));
    }

    /** Returns what unregisters it; if it can't be registered, says so in the log. */
    static Runnable register(WorkStealingScheduler scheduler, SchedulerLog log) {
        try {
            JmxView view = new JmxView(scheduler);
            ManagementFactory.getPlatformMBeanServer().registerMBean(view, view.objectName);
            return view::unregister;
        } catch (JMException | RuntimeException failure) {
            log.error("Scheduler {} could not be registered in JMX", failure);
            return () -> {};
        }
    }

    /** Once: later somebody else may have the name. */
    private void unregister() {
        if (!registered.compareAndSet(true, false)) {
            return;
        }
        try {
            ManagementFactory.getPlatformMBeanServer().unregisterMBean(objectName);
        } catch (JMException | RuntimeException e) {
            // Somebody else has done it.
        }
    }

    private WorkStealingScheduler alive() {
        WorkStealingScheduler alive = scheduler.get();
        if (alive == null) {
            unregister();
            throw new IllegalStateException("The program has dropped this scheduler");
        }
        return alive;
    }

    private SchedulerStats stats() {
        return alive().stats();
    }

    @Override
    public String getName() {
        return alive().name();
    }

    @Override
    public String getState() {
        return alive().state();
    }

    @Override
    public int getParallelism() {
        return alive().getCorePoolSize();
    }

    @Override
    public int getPoolSize() {
        return alive().getPoolSize();
    }

    @Override
    public int getActiveWorkers() {
        return stats().activeWorkers();
    }

    @Override
    public long getQueued() {
        return stats().queued();
    }

    @Override
    public long getSubmitted() {
        return stats().submitted();
    }

    @Override
    public long getCompleted() {
        return stats().completed();
    }

    @Override
    public long getFailed() {
        return stats().failed();
    }

    @Override
    public Map<String, Long> getDropped() {
        Map<String, Long> dropped = new TreeMap<>();
        stats().dropped().forEach((reason, tasks) -> dropped.put(reason.name(), tasks));
        return dropped;
    }

    @Override
    public long getSteals() {
        return stats().steals();
    }

    @Override
    public long getParks() {
        return stats().parks();
    }

    @Override
    public double getBusyRatio() {
        SchedulerStats stats = stats();
        return 1 - (double) stats.parkedNanos() / stats.threadNanos();
    }

    @Override
    public String dump() {
        return alive().dump();
    }
}
