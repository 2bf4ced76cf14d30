// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.report;

import java.util.List;

/**
 * All that a comparison has measured.
 *
 * @param ours the executor that is compared with the others
 * @param environment where
 * @param tokensPerMicro how many tokens of work were taken for a microsecond
 * @param samples what
 * @param failures what could not be measured, and why
 */
public record Results(
        String ours, List<String> environment, long tokensPerMicro, List<Sample> samples, List<String> failures) {
    /** {@return a table for each kind of sample, in the order of their first samples} */
    public List<Table> tables() {
        return samples.stream()
                .map(Sample::table)
                .distinct()
                .map(title -> new Table(
                        title,
                        ours,
                        samples.stream()
                                .filter(sample -> sample.table().equals(title))
                                .toList()))
                .toList();
    }
}
