// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many tasks are measured by default, at one rate or another. Time is made up. */
class AdaptivePeriodTest {
    private static final double SECOND = 1e9;
    private static final long BEGIN = -3_000_000_000L; // nanoTime may be anything

    private double now = BEGIN;
    private int measured;
    private final AdaptivePeriod period = new AdaptivePeriod(BEGIN);

    @ParameterizedTest
    @ValueSource(longs = {70, 1_000, 50_000, 1_000_000})
    void atASteadyRateAboutFiftyASecondAreMeasured(long perSecond) {
        submit(perSecond, 30);

        assertThat(measuredOf(perSecond, 60)).isBetween(60 * 40, 60 * 75);
    }

    @Test
    void ofFewTasksAllAreMeasuredFromTheFirstOn() {
        assertThat(measuredOf(45, 60)).isBetween(60 * 45 - 1, 60 * 45 + 1);
    }

    @Test
    void ofVeryManyTasksOneIn65536IsMeasured() {
        submit(50_000_000, 10);

        assertThat(measuredOf(50_000_000, 60)).isBetween(45_000, 46_500);
    }

    @Test
    void whenTasksComeMuchFasterTheShareFallsBeforeManyAreMeasured() {
        submit(10, 100);

        assertThat(measuredOf(50_000_000, 2))
                .isLessThan(2 * 50_000_000 / AdaptivePeriod.LONGEST
                        + AdaptivePeriod.TOO_MANY * (AdaptivePeriod.DOUBLINGS + 1));
    }

    @Test
    void whoGoesToSleepWithLittleMeasuredHasMoreMeasured() {
        submit(50_000_000, 10);
        assertThat(period.get()).isEqualTo(AdaptivePeriod.LONGEST);
        period.relax((long) now + 500_000_000);
        assertThat(period.get()).as("within a second").isEqualTo(AdaptivePeriod.LONGEST);

        now += 3_600 * SECOND;
        period.relax((long) now);
        assertThat(period.get()).isLessThan(1_000);
        now += SECOND;
        period.relax((long) now);
        assertThat(period.get()).isEqualTo(1);
    }

    private int measuredOf(long perSecond, int seconds) {
        measured = 0;
        submit(perSecond, seconds);
        return measured;
    }

    /** Measures at the distance of the period, as a sampler does on average. */
    private void submit(long perSecond, int seconds) {
        double end = now + seconds * SECOND;
        while (now < end) {
            measured++;
            now += period.next((long) now) * SECOND / perSecond;
        }
    }
}
