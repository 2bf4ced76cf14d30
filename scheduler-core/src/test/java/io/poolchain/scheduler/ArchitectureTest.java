// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.Date;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Who may know whom. */
@AnalyzeClasses(packages = "io.poolchain.scheduler", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String OURS = "io.poolchain..";
    private static final String QUEUE = "io.poolchain.scheduler.queue";

    @ArchTest
    static final ArchRule theQueueKnowsNoWorker = classes()
            .that()
            .resideInAPackage(QUEUE)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(QUEUE, "java.lang", "java.lang.invoke", "java.util", "org.jspecify.annotations");

    @ArchTest
    static final ArchRule pureClassesKnowNothingOfOurs = noClasses()
            .that(named("Victims", "IdleCounters", "RunState"))
            .should()
            .dependOnClassesThat(DescribedPredicate.describe(
                    "are ours",
                    other -> other.getPackageName().startsWith("io.poolchain")
                            && !Set.of("Victims", "IdleCounters", "RunState").contains(other.getSimpleName())));

    @ArchTest
    static final ArchRule onlySchedulerLogLogs = noClasses()
            .that()
            .resideInAPackage(OURS)
            .and()
            .doNotHaveSimpleName("SchedulerLog")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.slf4j..");

    /** Their modules may not be there. */
    @ArchTest
    static final ArchRule flightRecorderAndJmxAreEachKnownToOneClass = noClasses()
            .that()
            .resideInAPackage(OURS)
            .and()
            .haveNameNotMatching(".*\\.(JfrEvents|JmxView)(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jdk.jfr..", "javax.management..", "java.lang.management..");

    @ArchTest
    static final ArchRule coreNeverSeesMicrometerOrLogback = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.micrometer..", "ch.qos.logback..", "io.poolchain.scheduler.metrics..");

    @ArchTest
    static final ArchRule figuresKnowNoMachinery = noClasses()
            .that(named("SchedulerStats", "WorkerStats", "DropReason", "StealMatrix", "TimeHistogram"))
            .should()
            .dependOnClassesThat(named("Worker", "WorkerThreads", "TaskQueues", "SubmissionQueue", "IdleWorkers"));

    /** That clock may jump back, or by years. */
    @ArchTest
    static final ArchRule nobodyReadsTheTimeOfDay = noClasses()
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .dependOnClassesThat(named("Instant", "Clock", "LocalDateTime", "ZonedDateTime", "Date", "Calendar"))
            .orShould()
            .callMethod(LockSupport.class, "parkUntil", long.class)
            .orShould()
            .callMethod(LockSupport.class, "parkUntil", Object.class, long.class)
            .orShould()
            .callMethod(Condition.class, "awaitUntil", Date.class);

    @Test
    void theModuleExportsTheApiAndNeedsSlf4jOnly() {
        Path classes = Path.of(WorkStealingScheduler.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        ModuleDescriptor module = ModuleFinder.of(classes)
                .find("io.poolchain.scheduler")
                .orElseThrow()
                .descriptor();
        assertThat(module.exports())
                .extracting(ModuleDescriptor.Exports::source)
                .containsExactly("io.poolchain.scheduler");
        Set<String> neededAtRunTime = module.requires().stream()
                .filter(required -> !required.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC))
                .map(ModuleDescriptor.Requires::name)
                .collect(Collectors.toSet());
        assertThat(neededAtRunTime).containsExactlyInAnyOrder("java.base", "org.slf4j");
    }

    private static DescribedPredicate<com.tngtech.archunit.core.domain.JavaClass> named(String... names) {
        return DescribedPredicate.or(java.util.Arrays.stream(names)
                .map(name -> simpleName(name).as(name))
                .collect(Collectors.toList()));
    }
}
