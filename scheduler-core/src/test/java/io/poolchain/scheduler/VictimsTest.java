// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VictimsTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 8, 64, 1_000})
    void eachRoundVisitsEachOtherWorkerOnce(int workers) {
        for (int self : new int[] {0, workers / 2, workers - 1}) {
            Victims victims = new Victims(self, workers, 42);
            Integer[] others = others(self, workers);
            assertThat(victims.workers()).isEqualTo(workers);
            assertThat(victims.others()).isEqualTo(others.length);
            for (int round = 0; round < 20; round++) {
                assertThat(round(victims)).containsExactlyInAnyOrder(others);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 42})
    void theOrderIsRandom(int seed) {
        Victims victims = new Victims(3, 8, seed);
        Set<List<Integer>> orders = new HashSet<>();
        Set<Integer> firsts = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            List<Integer> order = round(victims);
            orders.add(order);
            firsts.add(order.get(0));
        }
        assertThat(firsts).containsExactlyInAnyOrder(0, 1, 2, 4, 5, 6, 7);
        assertThat(orders).as("7 beginnings with 6 strides each").hasSize(42);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 8})
    void theRotationNamesEachOtherWorkerOncePerTurn(int workers) {
        Victims victims = new Victims(1, workers, 42);
        Integer[] others = others(1, workers);
        for (int turn = 0; turn < 3; turn++) {
            Set<Integer> named = new HashSet<>();
            for (int i = 0; i < workers - 1; i++) {
                named.add(victims.nextInTurn());
                round(victims); // rounds in between change nothing
            }
            assertThat(named).containsExactlyInAnyOrder(others);
        }
    }

    private static Integer[] others(int self, int workers) {
        return IntStream.range(0, workers)
                .filter(worker -> worker != self)
                .boxed()
                .toArray(Integer[]::new);
    }

    private static List<Integer> round(Victims victims) {
        List<Integer> order = new ArrayList<>();
        for (victims.shuffle(); victims.hasNext(); ) {
            order.add(victims.next());
        }
        return order;
    }
}
