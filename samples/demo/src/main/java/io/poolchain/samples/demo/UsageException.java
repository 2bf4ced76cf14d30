// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.demo;

/** The user asked for something that can't be done; the message says what, and what to do instead. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message);
    }
}
