// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * What comes out of a queue of tasks is a task, but the compiler has it checked by a cast, as the queues are generic. For an
 * interface that is a search in a table of the task's class, 1.5 ns of some 20 (docs/decisions/0013). {@link
 * MethodHandles#explicitCastArguments} passes a reference as an interface without a check; the call of {@code run} has its
 * own.
 */
final class UncheckedTask {
    private static final MethodHandle AS_TASK = MethodHandles.explicitCastArguments(
            MethodHandles.identity(Object.class), MethodType.methodType(Runnable.class, Object.class));

    /** Well above the 127 calls of a handle after which the JDK compiles a form for it alone. Chosen without measurement. */
    private static final int CALLS_TO_BE_READY = 1_000;

    private UncheckedTask() {}

    /** Takes the memory that {@link #of} needs: later it is called with a task in hand. */
    static void prepare() {
        for (int i = 0; i < CALLS_TO_BE_READY; i++) {
            of(null);
        }
    }

    /** The same reference. It must be of a {@link Runnable}, or null. */
    static @Nullable Runnable of(@Nullable Object task) {
        try {
            return (Runnable) AS_TASK.invokeExact(task);
        } catch (RuntimeException | Error e) {
            throw e; // no stack left
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }
}
