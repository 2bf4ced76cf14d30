// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * A JVM that runs one test class, or one method of it ({@code Class#method}), again and again until something in it fails,
 * says what and after how long, and ends at once.
 */
final class FirstFailure {
    static final String CAUGHT = "caught by ";

    /** Races need two processors at once, which a busy machine does not always give. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private FirstFailure() {}

    public static void main(String[] args) {
        long began = System.nanoTime();
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selector(args[0]))
                .build();
        do {
            LauncherFactory.create().execute(request, new TestExecutionListener() {
                @Override
                public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                    if (result.getStatus() == TestExecutionResult.Status.FAILED) {
                        report(args[0].replaceAll("#.*", ""), test, System.nanoTime() - began);
                    }
                }
            });
        } while (System.nanoTime() - began < PATIENCE.toNanos());
        Runtime.getRuntime().halt(0); // whatever threads a broken scheduler has left
    }

    static DiscoverySelector selector(String test) {
        return test.contains("#") ? DiscoverySelectors.selectMethod(test) : DiscoverySelectors.selectClass(test);
    }

    private static void report(String testClass, TestIdentifier test, long nanos) {
        System.out.printf(
                "%s`%s` %s | %.1f%n",
                CAUGHT,
                testClass.substring(testClass.lastIndexOf('.') + 1),
                test.getLegacyReportingName(),
                nanos / (double) TimeUnit.SECONDS.toNanos(1));
        System.out.flush();
        Runtime.getRuntime().halt(1);
    }
}
