// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.measures;

/** One value, and the place in the tables that is its own. */
public record Figure(String table, String row, double value) {}
