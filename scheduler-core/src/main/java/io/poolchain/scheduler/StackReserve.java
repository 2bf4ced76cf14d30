// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

/**
 * Makes sure that there is some stack left before a step that must not stop half-way. A task may call the scheduler from the
 * end of its stack, and an overflow between a claim and its wake-up, or between two counts, would cost a worker.
 */
final class StackReserve {
    /** In frames of a small method, some kilobytes: several times what any such step needs. Chosen without measurement. */
    private static final int FRAMES = 250;

    private StackReserve() {}

    /**
     * Fails now, while nothing has been changed, rather than in the middle.
     *
     * @throws StackOverflowError if there is no such reserve
     */
    static void require() {
        descend(FRAMES);
    }

    /** As {@link #require}, before a step that contains one which requires it itself. */
    static void requireTwice() {
        descend(2 * FRAMES);
    }

    /** Whether there is some for a few calls that do not leave this package: cheap enough to ask at each nested join. */
    static boolean isThereForAFewCalls() {
        try {
            descend(FRAMES / 5);
            return true;
        } catch (StackOverflowError e) {
            return false;
        }
    }

    private static int descend(int frames) {
        return frames == 0 ? 0 : 1 + descend(frames - 1);
    }
}
