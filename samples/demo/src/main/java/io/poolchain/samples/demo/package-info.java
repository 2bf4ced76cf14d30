// SPDX-License-Identifier: Apache-2.0
/** A program that finds duplicate files, and can be watched, in Prometheus or a browser, while it does. */
@NullMarked
package io.poolchain.samples.demo;

import org.jspecify.annotations.NullMarked;
