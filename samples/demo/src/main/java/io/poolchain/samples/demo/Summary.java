// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.demo;

import io.poolchain.scheduler.SchedulerStats;
import io.poolchain.scheduler.WorkerStats;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Prints what a search found, for people. */
final class Summary {
    private static final int GROUPS_SHOWN = 5;
    private static final int PATHS_SHOWN = 3;
    private static final int WORKERS_SHOWN = 16;

    private final PrintStream out;

    Summary(PrintStream out) {
        this.out = out;
    }

    void print(Report report, Duration time) {
        Result result = report.result();
        List<Group> groups = result.groups();
        groups.stream().limit(GROUPS_SHOWN).forEach(this::print);
        if (groups.size() > GROUPS_SHOWN) {
            out.printf(
                    "... and %s more groups; --json FILE writes them all%n", Units.count(groups.size() - GROUPS_SHOWN));
        }
        out.println();
        line("Files", Units.count(result.files()));
        line("Bytes", Units.bytes(result.bytes()));
        line("Duplicates", Units.count(result.duplicates()) + " in " + Units.count(groups.size()) + " groups");
        line("Wasted", Units.bytes(result.wastedBytes()));
        line("Unreadable", Units.count(report.problems().size()));
        line("Time", String.format(Locale.ROOT, "%.2f s", time.toMillis() / 1_000.0));
    }

    private void print(Group group) {
        List<String> paths = group.paths();
        out.printf("%s x %s%n", Units.count(paths.size()), Units.bytes(group.size()));
        paths.stream().limit(PATHS_SHOWN).forEach(path -> out.println("    " + path));
        if (paths.size() > PATHS_SHOWN) {
            out.printf("    ... and %s more%n", Units.count(paths.size() - PATHS_SHOWN));
        }
    }

    void print(SchedulerStats stats) {
        List<WorkerStats> workers = stats.workers();
        out.println();
        row("worker", "tasks", "steals", "in vain", "growth", "parks");
        workers.stream()
                .limit(WORKERS_SHOWN)
                .forEach(worker -> row(
                        Integer.toString(worker.index()),
                        Units.count(worker.started()),
                        Units.count(worker.steals()),
                        Units.count(worker.failedSteals()),
                        Units.count(worker.chainGrowth()),
                        Units.count(worker.parks())));
        if (workers.size() > WORKERS_SHOWN) {
            row("...", "", "", "", "", "");
        }
        row(
                "all " + workers.size(),
                Units.count(stats.started()),
                Units.count(stats.steals()),
                Units.count(stats.failedSteals()),
                Units.count(stats.chainGrowth()),
                Units.count(stats.parks()));
    }

    private void line(String label, String value) {
        out.printf("%-12s%s%n", label, value);
    }

    private void row(Object... cells) {
        out.printf("%8s %11s %11s %11s %11s %11s%n", cells);
    }
}
