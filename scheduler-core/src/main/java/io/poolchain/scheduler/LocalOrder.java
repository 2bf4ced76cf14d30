// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

/** In which order a worker starts the tasks that it has submitted itself. */
public enum LocalOrder {
    /** The newest first: data is warm in the cache, and recursion stays shallow. */
    LIFO,
    /** The oldest first, as a fixed thread pool does: for tasks that are events or messages. */
    FIFO
}
