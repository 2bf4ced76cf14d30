// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.demo;

import java.io.Console;
import java.time.Duration;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/** Shows on the standard error how far a search has come: a bar on a terminal, else a line now and then. */
interface ProgressDisplay extends AutoCloseable {
    /** How long to wait between two calls of {@link #show}. */
    Duration interval();

    void show(Progress progress);

    @Override
    void close();

    static ProgressDisplay forThisConsole() {
        return isTerminal(System.console()) ? new Bar() : new Lines();
    }

    /** Asks {@code Console.isTerminal()} of JDK 22, where there is a console even if the output goes to a file. */
    private static boolean isTerminal(@Nullable Console console) {
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException olderJdk) {
            return true;
        }
    }

    /** One line that is drawn again and again. */
    final class Bar implements ProgressDisplay {
        private final ProgressBar bar = new ProgressBarBuilder()
                .setTaskName("Searching")
                .setInitialMax(-1)
                .setUpdateIntervalMillis(100)
                .clearDisplayOnFinish()
                .build();

        @Override
        public Duration interval() {
            return Duration.ofMillis(100);
        }

        @Override
        public void show(Progress progress) {
            bar.stepTo(progress.visited());
            bar.maxHint(progress.found());
            bar.setExtraMessage(Units.bytes(progress.bytes()));
        }

        @Override
        public void close() {
            bar.close();
        }
    }

    /** For logs and pipes. */
    final class Lines implements ProgressDisplay {
        @Override
        public Duration interval() {
            return Duration.ofSeconds(1);
        }

        @Override
        public void show(Progress progress) {
            System.err.printf(
                    "%s of %s paths visited, %s read%n",
                    Units.count(progress.visited()), Units.count(progress.found()), Units.bytes(progress.bytes()));
        }

        @Override
        public void close() {}
    }
}
