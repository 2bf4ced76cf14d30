// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FaultTest {
    @Test
    void eachIsProvokedByATest() {
        Set<Fault> provoked = EnumSet.noneOf(Fault.class);
        new ClassFileImporter().importPackagesOf(FaultTest.class).forEach(type -> {
            type.tryGetAnnotationOfType(Provokes.class).ifPresent(by -> provoked.addAll(Arrays.asList(by.value())));
            type.getMethods()
                    .forEach(method -> method.tryGetAnnotationOfType(Provokes.class)
                            .ifPresent(by -> provoked.addAll(Arrays.asList(by.value()))));
        });
        assertThat(provoked).containsExactlyInAnyOrder(Fault.values());
    }
}
