// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.jcstress;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jcstress.JCStress;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.GradingResult;

/**
 * Has jcstress attack one {@link Variant} and judges what it saw: a forbidden outcome fails the model and the actual
 * class, and its absence fails the broken variant.
 *
 * <p>Arguments: jcstress's options, then the variant. Writes jcstress's report into the directory named as the variant.
 */
public final class Attack {
    /** The quick mode has one compiler only: the one that reorders most, told to do it at random. */
    private static final String QUICK_JVM = "-XX:-TieredCompilation -XX:+UnlockDiagnosticVMOptions"
            + " -XX:+StressLCM -XX:+StressGCM -XX:+StressIGVN -XX:+StressCCP";

    private Attack() {}

    public static void main(String[] args) throws Exception {
        Variant variant = Variant.valueOf(args[args.length - 1]);
        List<String> options = new ArrayList<>(List.of(args).subList(0, args.length - 1));
        options.addAll(
                List.of("-r", variant.name(), "-sc", "false", "-jvmArgsPrepend", "-Dpoolchain.variant=" + variant));
        if (options.contains("quick")) {
            options.addAll(List.of("-jvmArgs", QUICK_JVM));
        }
        Options parsed = new Options(options.toArray(String[]::new));
        if (!parsed.parse()) {
            System.exit(2);
        }
        JCStress jcstress = new JCStress(parsed);
        try {
            jcstress.run();
        } catch (AssertionError forbidden) {
            // is judged below
        }
        Map<String, Sighting> sightings = new TreeMap<>();
        jcstress.getTests().forEach(test -> sightings.put(test, new Sighting()));
        DiskReadCollector results = new DiskReadCollector(
                parsed.getResultFile(),
                result -> sightings.get(result.getName()).add(result));
        results.dump();
        results.close();
        System.exit(judge(variant, sightings) ? 0 : 1);
    }

    private static boolean judge(Variant variant, Map<String, Sighting> sightings) {
        boolean good = true;
        for (Map.Entry<String, Sighting> entry : sightings.entrySet()) {
            Sighting sighting = entry.getValue();
            String verdict = sighting.judge(variant);
            good &= !verdict.startsWith("FAILED");
            System.out.printf(
                    "%-6s %-50s %3d forks %,14d samples %,12d forbidden (%.2g %%)  %s%n",
                    variant,
                    entry.getKey().replaceFirst("io\\.poolchain\\.scheduler\\.", ""),
                    sighting.forks,
                    sighting.samples,
                    sighting.forbidden,
                    sighting.samples == 0 ? 0.0 : 100.0 * sighting.forbidden / sighting.samples,
                    verdict);
        }
        return good;
    }

    /** What was seen of one test, in all forks together. */
    private static final class Sighting {
        int forks;
        long samples;
        long forbidden;
        boolean error;

        void add(TestResult result) {
            forks++;
            samples += result.getTotalCount();
            error |= result.status() != Status.NORMAL;
            for (GradingResult outcome : result.grading().gradingResults.values()) {
                if (outcome.expect == Expect.FORBIDDEN || outcome.expect == Expect.UNKNOWN) {
                    forbidden += outcome.count;
                }
            }
        }

        String judge(Variant variant) {
            if (error) {
                return "FAILED: the test itself went wrong";
            }
            if (forks == 0) {
                return "not run: it wants a processor for each actor";
            }
            if (samples == 0) {
                return "FAILED: no samples";
            }
            if (variant == Variant.BROKEN) {
                return forbidden > 0 ? "the fault was seen" : "FAILED: the fault was not seen";
            }
            return forbidden > 0 ? "FAILED: a forbidden outcome" : "ok";
        }
    }
}
