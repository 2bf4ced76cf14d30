// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.util.List;
import org.hawkular.agent.prometheus.PrometheusDataFormat;
import org.hawkular.agent.prometheus.PrometheusScraper;
import org.hawkular.agent.prometheus.types.Counter;
import org.hawkular.agent.prometheus.types.Gauge;
import org.hawkular.agent.prometheus.types.Metric;
import org.hawkular.agent.prometheus.types.MetricFamily;

/** What a scraper of Prometheus' text format gets from a server. */
record Scrape(List<MetricFamily> families) {

    static Scrape of(URL url) throws IOException {
        return new Scrape(new PrometheusScraper(url, PrometheusDataFormat.TEXT).scrape());
    }

    /** The sum over all labels of a counter or gauge that must be there; without a fraction, as those asked for have none. */
    long value(String name) {
        List<Metric> metrics = families.stream()
                .filter(family -> family.getName().equals(name))
                .flatMap(family -> family.getMetrics().stream())
                .toList();
        assertThat(metrics).as(name).isNotEmpty();
        return (long) metrics.stream().mapToDouble(Scrape::value).sum();
    }

    /** The value of a counter or gauge that has this label. */
    long value(String name, String label, String labelled) {
        return families.stream()
                .filter(family -> family.getName().equals(name))
                .flatMap(family -> family.getMetrics().stream())
                .filter(metric -> labelled.equals(metric.getLabels().get(label)))
                .mapToLong(metric -> (long) value(metric))
                .findFirst()
                .orElseThrow();
    }

    private static double value(Metric metric) {
        return metric instanceof Counter counter ? counter.getValue() : ((Gauge) metric).getValue();
    }
}
