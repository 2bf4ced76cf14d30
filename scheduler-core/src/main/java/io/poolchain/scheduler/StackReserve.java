// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

/**
 * Makes sure that there is some stack left before a step that must not stop half-way. A task may call the scheduler from the
 * end of its stack, and an overflow between a claim and its wake-up, or between two counts, would cost a worker.
 */
final class StackReserve {
    /**
     * In frames of a small method, three times what the tests need. Not more, since each wake-up pays for it: 250 took a
     * microsecond (docs/decisions/0017).
     */
    private static final int FRAMES = 80;

    /** For a few calls that do not leave this package. */
    private static final int A_FEW_FRAMES = 50;

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
            descend(A_FEW_FRAMES);
            return true;
        } catch (StackOverflowError e) {
            return false;
        }
    }

    private static int descend(int frames) {
        return frames == 0 ? 0 : 1 + descend(frames - 1);
    }
}
