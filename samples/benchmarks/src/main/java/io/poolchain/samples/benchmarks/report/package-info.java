// SPDX-License-Identifier: Apache-2.0
/** From samples to tables and plots. */
@NullMarked
package io.poolchain.samples.benchmarks.report;

import org.jspecify.annotations.NullMarked;
