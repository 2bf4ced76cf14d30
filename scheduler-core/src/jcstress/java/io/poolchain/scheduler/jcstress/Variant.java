// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.jcstress;

import java.util.function.Supplier;

/** What a test is run on. Every test runs on all three, with the same list of outcomes. */
public enum Variant {
    /** Something plain under a lock: shows that the list of outcomes is right. */
    MODEL,
    /** The scheduler's own class. */
    ACTUAL,
    /** The same with a planted fault, whose forbidden outcome must be seen: shows that the test bites. */
    BROKEN;

    /** The variant that this JVM attacks. */
    public static final Variant ATTACKED = valueOf(System.getProperty("poolchain.variant", "ACTUAL"));

    /** Does something that the model does at one stroke, and the others as it comes. */
    public static <T> T atOnceInModel(Object lock, Supplier<T> action) {
        if (ATTACKED == MODEL) {
            synchronized (lock) {
                return action.get();
            }
        }
        return action.get();
    }

    /** As {@link #atOnceInModel(Object, Supplier)}. */
    public static void doAtOnceInModel(Object lock, Runnable action) {
        if (ATTACKED == MODEL) {
            synchronized (lock) {
                action.run();
            }
        } else {
            action.run();
        }
    }
}
