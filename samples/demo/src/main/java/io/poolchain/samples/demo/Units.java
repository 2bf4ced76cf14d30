// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.demo;

import java.util.Locale;

/** Figures for people. */
final class Units {
    private Units() {}

    /** As 1,234. */
    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** As 999 B, 1.0 kB, 2.5 GB; a kB has 1,000 bytes. */
    static String bytes(long bytes) {
        if (bytes < 1_000) {
            return bytes + " B";
        }
        double value = bytes;
        int unit = -1;
        while (value >= 999.95 && unit < 5) {
            value /= 1_000;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %cB", value, "kMGTPE".charAt(unit));
    }
}
