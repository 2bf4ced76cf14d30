// SPDX-License-Identifier: Apache-2.0
/** The executors that are compared: each class has a {@code newFixedThreadPool(int)}, as its users would write it. */
@NullMarked
package io.poolchain.samples.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
