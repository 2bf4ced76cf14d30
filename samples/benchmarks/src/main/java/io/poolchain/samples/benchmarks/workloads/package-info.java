// SPDX-License-Identifier: Apache-2.0
/** Tasks for an executor, which account for themselves: each must run exactly once. */
@NullMarked
package io.poolchain.samples.benchmarks.workloads;

import org.jspecify.annotations.NullMarked;
