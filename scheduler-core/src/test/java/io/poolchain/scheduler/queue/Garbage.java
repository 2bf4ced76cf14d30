// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.util.List;

/** Asserts what the collector may take. */
final class Garbage {
    private Garbage() {}

    /** Fails if one of the referents is still strongly reachable. The names are those of the references' positions. */
    static void assertCollectible(String what, List<? extends WeakReference<?>> references) {
        for (int attempt = 0; attempt < 10 && !allCleared(references); attempt++) {
            System.gc();
        }
        assertThat(references).as(what).allMatch(reference -> reference.refersTo(null), "collected");
    }

    private static boolean allCleared(List<? extends WeakReference<?>> references) {
        return references.stream().allMatch(reference -> reference.refersTo(null));
    }
}
