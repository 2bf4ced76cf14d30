// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import org.junit.jupiter.api.Nested;

/**
 * What docs/migration.md says and no other test that it names: what client code of {@code Executors.newFixedThreadPool} and
 * {@code ThreadPoolExecutor} relies on. Each test runs on the JDK's pool and on ours; the deviations too, and there the
 * outcomes differ as stated.
 */
class ContractTest {
    @Nested
    class FixedPool extends FixedPoolContract {}

    @Nested
    class PoolSize extends PoolSizeContract {}

    @Nested
    class BoundedPool extends BoundedPoolContract {}

    @Nested
    class Deviations extends StatedDeviations {}
}
