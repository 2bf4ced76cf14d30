// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

/** Which way a task came to the worker that ran it. */
public enum TaskPath {
    /** The worker had submitted it itself. */
    LOCAL,
    /** Another worker had submitted it. */
    STOLEN,
    /** A thread that is no worker of this scheduler had submitted it. */
    SUBMITTED
}
