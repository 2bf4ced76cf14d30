// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.InvalidProtocolBufferException;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.registry.otlp.OtlpMeterRegistry;
import io.micrometer.statsd.StatsdConfig;
import io.micrometer.statsd.StatsdMeterRegistry;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.poolchain.scheduler.WorkStealingScheduler;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a StatsD server and an OpenTelemetry collector get to see, over the network. */
class OtherRegistriesTest {
    private static final String STATSD_PORT = "statsd.port";
    private static final Pattern COMPLETED =
            Pattern.compile("scheduler\\.tasks\\.completed:(\\d+)\\|c\\|#statistic:count,name:orders");

    @Test
    void openTelemetryGetsTheNamesAsTheyAreWithTheirUnitsAndTags() throws Exception {
        Queue<byte[]> received = new ConcurrentLinkedQueue<>();
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/metrics", exchange -> {
            received.add(exchange.getRequestBody().readAllBytes());
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        String url = "http://localhost:" + collector.getAddress().getPort() + "/v1/metrics";
        OtlpMeterRegistry registry = new OtlpMeterRegistry(key -> key.equals("otlp.url") ? url : null, Clock.SYSTEM);
        try (WorkStealingScheduler orders = bound(registry)) {
            runThree(orders);
            registry.close(); // sends what there is
        } finally {
            collector.stop(0);
        }

        Map<String, Metric> metrics = received.stream()
                .map(OtherRegistriesTest::parse)
                .flatMap(request -> request.getResourceMetricsList().stream())
                .flatMap(resource -> resource.getScopeMetricsList().stream())
                .flatMap(scope -> scope.getMetricsList().stream())
                .collect(Collectors.toMap(Metric::getName, Function.identity(), (one, other) -> one));
        Metric completed = metrics.get("scheduler.tasks.completed");
        assertThat(completed.getUnit()).isEqualTo("tasks");
        assertThat(completed.getSum().getDataPoints(0).getAsDouble()).isEqualTo(3);
        assertThat(completed.getSum().getDataPoints(0).getAttributes(0).getKey())
                .isEqualTo("name");
        assertThat(completed
                        .getSum()
                        .getDataPoints(0)
                        .getAttributes(0)
                        .getValue()
                        .getStringValue())
                .isEqualTo("orders");
        assertThat(metrics.get("scheduler.workers").hasGauge()).isTrue();
        assertThat(metrics.get("scheduler.tasks.wait").getHistogram().getDataPointsList())
                .anySatisfy(path -> assertThat(path.getCount()).isEqualTo(3));
        assertThat(metrics).containsKeys("scheduler.steals", "scheduler.chain.growth", "scheduler.tasks.dropped");
        assertThat(metrics.get("jvm.executor.task.completed")
                        .getSum()
                        .getDataPoints(0)
                        .getAsDouble())
                .isEqualTo(3);
        assertThat(metrics.get("jvm.executor.thread.count").getGauge().getDataPointsList())
                .allSatisfy(point -> assertThat(point.getAttributesList())
                        .anySatisfy(
                                attribute -> assertThat(attribute.getKey()).isEqualTo("jvm.executor.thread.state")));
    }

    @Test
    void openTelemetrysOwnNamesAreThereIfAskedFor() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (WorkStealingScheduler orders = WorkStealingScheduler.builder()
                .name("orders")
                .parallelism(1)
                .capacity(2)
                .build()) {
            SchedulerMetrics metrics = new SchedulerMetrics(orders).openTelemetryNames();
            metrics.bindTo(registry);
            Gate gate = new Gate();
            orders.execute(gate);
            gate.awaitReached();
            orders.execute(() -> {});
            orders.execute(() -> {});
            assertThatThrownBy(() -> orders.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);

            assertThat(gauge(registry, "thread.count", "jvm.executor.thread.state", "active"))
                    .isEqualTo(1);
            assertThat(gauge(registry, "thread.count", "jvm.executor.thread.state", "idle"))
                    .isZero();
            assertThat(gauge(registry, "thread.core")).isEqualTo(1);
            assertThat(gauge(registry, "thread.limit")).isEqualTo(1);
            assertThat(gauge(registry, "queue.size")).isEqualTo(2);
            assertThat(gauge(registry, "queue.capacity")).isEqualTo(2);
            assertThat(counter(registry, "task.rejected")).isEqualTo(1);
            gate.open();
            await().until(() -> counter(registry, "task.completed") == 3);

            metrics.close();
            assertThat(registry.getMeters()).isEmpty();
        }
    }

    @Test
    void aQueueWithoutABoundHasNoCapacityForOpenTelemetry() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (WorkStealingScheduler orders = WorkStealingScheduler.newFixedThreadPool(1)) {
            new SchedulerMetrics(orders).openTelemetryNames().bindTo(registry);
            assertThat(registry.find("jvm.executor.queue.size").gauge()).isNotNull();
            assertThat(registry.find("jvm.executor.queue.capacity").gauge()).isNull();
        }
    }

    private static double gauge(MeterRegistry registry, String name, String... tags) {
        return registry.get("jvm.executor." + name)
                .tags("jvm.executor.name", "orders", "jvm.executor.type", WorkStealingScheduler.class.getName())
                .tags(tags)
                .gauge()
                .value();
    }

    private static double counter(MeterRegistry registry, String name) {
        return registry.get("jvm.executor." + name)
                .tag("jvm.executor.name", "orders")
                .functionCounter()
                .count();
    }

    private static ExportMetricsServiceRequest parse(byte[] body) {
        try {
            return ExportMetricsServiceRequest.parseFrom(body);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void statsDGetsALineForEachFigure() throws Exception {
        Queue<String> lines = new ConcurrentLinkedQueue<>();
        try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            Thread reader = new Thread(() -> read(server, lines));
            reader.setDaemon(true);
            reader.start();
            StatsdMeterRegistry registry = new StatsdMeterRegistry(config(server.getLocalPort()), Clock.SYSTEM);
            try (WorkStealingScheduler orders = bound(registry)) {
                String workers = "scheduler.workers:2|g|#statistic:value,name:orders";
                await().until(() -> lines.contains(workers)); // what is sent before it is connected is lost
                runThree(orders);
                await().until(() -> completed(lines) == 3); // a line has what came since the one before
                await().untilAsserted(() -> assertThat(lines)
                        .anyMatch(line -> line.startsWith("scheduler.steals:"))
                        .anyMatch(line -> line.startsWith("scheduler.tasks.wait:") && line.contains("|ms|#")));
            } finally {
                registry.close();
            }
        }
    }

    private static int completed(Queue<String> lines) {
        return lines.stream()
                .map(COMPLETED::matcher)
                .filter(Matcher::matches)
                .mapToInt(line -> Integer.parseInt(line.group(1)))
                .sum();
    }

    private static StatsdConfig config(int port) {
        return new StatsdConfig() {
            @Override
            public String get(String key) {
                return key.equals(STATSD_PORT) ? Integer.toString(port) : null;
            }

            @Override
            public Duration pollingFrequency() {
                return Duration.ofMillis(20);
            }

            @Override
            public boolean publishUnchangedMeters() {
                return true;
            }
        };
    }

    private static void read(DatagramSocket server, Queue<String> lines) {
        byte[] buffer = new byte[1 << 16];
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                server.receive(packet);
                String text = new String(buffer, 0, packet.getLength(), StandardCharsets.UTF_8);
                lines.addAll(List.of(text.split("\n", -1)));
            }
        } catch (IOException e) {
            // closed: the test is over
        }
    }

    private static WorkStealingScheduler bound(MeterRegistry registry) {
        WorkStealingScheduler orders = WorkStealingScheduler.builder()
                .name("orders")
                .parallelism(2)
                .sampleOneIn(1)
                .build();
        new SchedulerMetrics(orders).openTelemetryNames().bindTo(registry);
        return orders;
    }

    private static void runThree(WorkStealingScheduler scheduler) throws Exception {
        for (int i = 0; i < 3; i++) {
            scheduler.submit(() -> {}).get();
        }
        await().until(() -> scheduler.getCompletedTaskCount() == 3);
    }
}
