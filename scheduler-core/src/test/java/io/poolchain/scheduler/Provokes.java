// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/** The faults that a test provokes. {@code mvn test -Dgroups=fault} runs all such tests. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Tag("fault")
public @interface Provokes {
    /** Which. */
    Fault[] value();
}
