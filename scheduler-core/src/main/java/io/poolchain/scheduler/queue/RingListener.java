// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.queue;

/** Is told when a chain gets a ring and when it loses one. What it throws comes out of the call that did it. */
public interface RingListener {
    /** Is told nothing. */
    RingListener NONE = new RingListener() {
        @Override
        public void grown(int capacity) {}

        @Override
        public void dropped(int capacity) {}
    };

    /**
     * A ring was added because the newest had no room; the element is in it.
     *
     * @param capacity its slots
     */
    void grown(int capacity);

    /**
     * A drained ring was unlinked.
     *
     * @param capacity its slots
     */
    void dropped(int capacity);
}
