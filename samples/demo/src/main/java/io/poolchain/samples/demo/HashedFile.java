// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.demo;

/** A file that was read to its end. */
record HashedFile(String sha256, long size, String path) {}
