// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.workloads;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TallyTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 63, 64, 65, 128, 1_000})
    void isContentWhenEachHasRunOnce(int tasks) {
        Tally tally = new Tally(tasks);
        runAllBut(-1, tasks, tally);
        assertThatCode(() -> tally.await(0)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 63, 64, 99})
    void missesOne(int missing) {
        Tally tally = new Tally(100);
        runAllBut(missing, 100, tally);
        assertThatThrownBy(() -> tally.await(0)).hasMessage("1 of 100 tasks have not run");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 63, 64, 99})
    void noticesASecondRun(int task) {
        Tally tally = new Tally(100);
        runAllBut(-1, 100, tally);
        tally.ran(task);
        assertThatThrownBy(tally::check).hasMessage("task " + task + " ran twice");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 62, 64, 98})
    void isNotDeceivedByASecondRunInPlaceOfAnother(int task) {
        Tally tally = new Tally(100);
        tally.ran(task);
        runAllBut(task + 1, 100, tally);
        assertThatThrownBy(() -> tally.await(0)).hasMessage("task " + task + " ran twice");
    }

    private static void runAllBut(int missing, int tasks, Tally tally) {
        for (int task = 0; task < tasks; task++) {
            if (task != missing) {
                tally.ran(task);
            }
        }
    }
}
