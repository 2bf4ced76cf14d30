// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.demo;

/** A path that could not be visited, and why. */
record Problem(String path, String reason) {}
