// SPDX-License-Identifier: Apache-2.0

/**
 * The data: a fixed ring and a growing chain of rings, each with one owner at the head and any number of thieves at the
 * tail. Nothing here knows of threads, tasks or workers. The algorithm comes from Go's {@code sync.Pool}
 * ({@code src/sync/poolqueue.go}, change 166957); docs/queue.md says where ours differs and why it is right.
 */
@NullMarked
package io.poolchain.scheduler.queue;

import org.jspecify.annotations.NullMarked;
