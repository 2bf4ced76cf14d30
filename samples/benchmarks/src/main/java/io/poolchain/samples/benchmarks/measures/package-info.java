// SPDX-License-Identifier: Apache-2.0
/** What is measured of an executor beside the time per task. */
@NullMarked
package io.poolchain.samples.benchmarks.measures;

import org.jspecify.annotations.NullMarked;
