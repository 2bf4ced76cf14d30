// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * Runs a program, a class with Lincheck's operations, in many interleavings, and looks whether the calls of its sequential
 * specification, one after the other, can give the same results.
 *
 * <p>The system properties {@code poolchain.lincheck.iterations}, how many random scenarios, and {@code
 * poolchain.lincheck.invocations}, how often each scenario, say how hard it tries. Lincheck assumes sequential consistency:
 * it does not see a missing fence.
 */
public final class Lincheck {
    private static final int ITERATIONS = Integer.getInteger("poolchain.lincheck.iterations", 2);
    private static final int INVOCATIONS = Integer.getInteger("poolchain.lincheck.invocations", 1000);

    private final Class<?> program;
    private final Class<?> specification;
    private final List<ExecutionScenario> directed = new ArrayList<>();

    /** How threads come to be interleaved. */
    public enum Mode {
        /** Lincheck switches between them where it chooses to. */
        MODEL_CHECKING,
        /** They run freely. */
        STRESS
    }

    /** For a test class: where it runs. */
    @Tag("lincheck")
    @EnabledForJreRange(max = JRE.JAVA_17, disabledReason = "Lincheck 3.7 misses planted bugs on JDK 25")
    @Target(ElementType.TYPE)
    @Retention(RetentionPolicy.RUNTIME)
    public @interface Test {}

    /** Both classes need a public constructor without parameters, and the same operations. */
    public Lincheck(Class<?> program, Class<?> specification) {
        this.program = program;
        this.specification = specification;
    }

    /**
     * Adds a scenario to the random ones. Operations are separated by blanks, threads by bars; an argument, a number,
     * follows after a colon.
     *
     * @param before what one thread does at first
     * @param threads what each thread does then, all at the same time
     * @param after what one thread does at last
     */
    public Lincheck with(String before, String threads, String after) {
        List<List<Actor>> parallel =
                Arrays.stream(threads.split("\\|")).map(this::actors).toList();
        directed.add(new ExecutionScenario(actors(before), parallel, actors(after), null));
        return this;
    }

    private List<Actor> actors(String operations) {
        return Arrays.stream(operations.split(" "))
                .filter(operation -> !operation.isEmpty())
                .map(operation -> operation.split(":"))
                .map(parts -> new Actor(
                        operation(parts[0]),
                        Arrays.stream(parts).skip(1).map(Integer::valueOf).toList()))
                .toList();
    }

    private Method operation(String name) {
        return Arrays.stream(program.getMethods())
                .filter(method -> method.getName().equals(name))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException("no operation " + name));
    }

    /** Fails with the scenario and, from the model checker, the interleaving that no specification allows. */
    public void check(Mode mode) {
        if (mode == Mode.MODEL_CHECKING) {
            check(new ModelCheckingOptions());
        } else {
            check(new StressOptions());
        }
    }

    private <O extends Options<O, ?>> void check(O options) {
        directed.forEach(options::addCustomScenario);
        options.iterations(ITERATIONS)
                .invocationsPerIteration(INVOCATIONS)
                .threads(3)
                .actorsBefore(3)
                .actorsPerThread(3)
                .actorsAfter(3)
                .sequentialSpecification(specification)
                .check(program);
    }
}
