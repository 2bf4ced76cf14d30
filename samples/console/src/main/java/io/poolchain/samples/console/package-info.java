// SPDX-License-Identifier: Apache-2.0
/** A page that shows what a scheduler is doing, and a small server for it. */
@NullMarked
package io.poolchain.samples.console;

import org.jspecify.annotations.NullMarked;
