// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolchain.scheduler.queue.PoolDequeue;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is written for each task shares no cache line with other fields, nor with what lies behind, wherever the collector
 * puts the objects: where two workers' clocks did, each task took twice as long, until the next collection
 * (docs/decisions/0014). Only a ring's first slots lie beside what is before them, which ends in padding if it is ours.
 */
class CacheLineTest {
    /** Of two lines, since processors fetch them in pairs. */
    private static final int APART = 128;

    @ParameterizedTest
    @CsvSource({
        "io.poolchain.scheduler.TaskSource, turn fairTurn",
        "io.poolchain.scheduler.WorkerCounters, submitted started completed",
        "io.poolchain.scheduler.SubmissionQueue$Stripe, locked accepted",
        "io.poolchain.scheduler.SubmissionQueue$Consumer, stripe taken",
        "io.poolchain.scheduler.CrowdedStripe, left oldest rowsToGo rows",
        "io.poolchain.scheduler.IdleWorkers, word",
        "io.poolchain.scheduler.queue.PoolDequeue, head",
        "io.poolchain.scheduler.queue.PoolDequeue, headBound",
        "io.poolchain.scheduler.queue.PoolDequeue, tail",
    })
    void fieldsThatAreWrittenForEachTaskHaveCacheLinesOfTheirOwn(String type, String names) throws Exception {
        List<Place> places = placesOf(Class.forName(type));
        List<String> hot = List.of(names.split(" "));
        long first =
                hot.stream().mapToLong(name -> offsetOf(name, places)).min().orElseThrow();
        long last = hot.stream().mapToLong(name -> offsetOf(name, places)).max().orElseThrow();

        assertThat(last - first).as("from the first to the last of them").isLessThan(APART);
        assertThat(places.stream().filter(place -> place.isBetween(first - APART + 1, last + APART - 1)))
                .as("beside them are only they, their like and padding")
                .allMatch(place -> place.isPadding() || place.isBetween(first, last) || place.isSeldomWrittenCount());
        assertThat(places.get(0).offset())
                .as("the begin of the object")
                .isLessThanOrEqualTo(first - APART + Long.BYTES);
        assertThat(places.get(places.size() - 1).offset())
                .as("its end")
                .isGreaterThanOrEqualTo(last + APART - Long.BYTES);
    }

    @ParameterizedTest
    @CsvSource({"1", "8", "64", "4096"})
    void theLastSlotOfARingIsFarFromWhatLiesBehind(int capacity) throws Exception {
        Object[] slots = (Object[]) field(PoolDequeue.class, "slots").get(new PoolDequeue<>(capacity));

        assertThat(slots.length - capacity).isGreaterThanOrEqualTo(APART / Integer.BYTES);
    }

    /** Where a field lies, and of which class it is. */
    private record Place(String name, String owner, long offset) {
        boolean isPadding() {
            return name.matches("p\\d\\d");
        }

        boolean isSeldomWrittenCount() {
            return owner.equals("WorkerCounts");
        }

        boolean isBetween(long first, long last) {
            return first <= offset && offset <= last;
        }
    }

    private static long offsetOf(String name, List<Place> places) {
        List<Place> found =
                places.stream().filter(place -> place.name().equals(name)).collect(Collectors.toList());
        assertThat(found).as(name).hasSize(1);
        return found.get(0).offset();
    }

    private static List<Place> placesOf(Class<?> type) throws Exception {
        List<Place> places = new ArrayList<>();
        for (Class<?> owner = type; owner != null; owner = owner.getSuperclass()) {
            for (Field field : owner.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    places.add(new Place(field.getName(), owner.getSimpleName(), offset(field)));
                }
            }
        }
        places.sort(Comparator.comparingLong(Place::offset));
        return places;
    }

    /** By reflection, for the compiler warns of this class whatever one says. */
    private static long offset(Field field) throws Exception {
        Class<?> unsafe = Class.forName("sun.misc.Unsafe");
        Object theUnsafe = field(unsafe, "theUnsafe").get(null);
        return (long) unsafe.getMethod("objectFieldOffset", Field.class).invoke(theUnsafe, field);
    }

    private static Field field(Class<?> type, String name) {
        for (Class<?> owner = type; owner != null; owner = owner.getSuperclass()) {
            for (Field field : Arrays.asList(owner.getDeclaredFields())) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    return field;
                }
            }
        }
        throw new AssertionError(type + " has no field " + name);
    }
}
