// SPDX-License-Identifier: Apache-2.0

/** A work-stealing task scheduler: a drop-in replacement for a fixed thread pool. */
module io.poolchain.scheduler {
    requires org.slf4j;
    requires static java.management;
    requires static jdk.jfr;
    requires static org.jspecify;

    exports io.poolchain.scheduler;
}
