// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.report;

/**
 * What one JVM measured. Less is better, always.
 *
 * @param table what and in which unit: values of the same table may be compared
 * @param row under which circumstances
 * @param round which of the JVMs that measured the same
 */
public record Sample(String table, String row, String executor, int round, double value) {}
