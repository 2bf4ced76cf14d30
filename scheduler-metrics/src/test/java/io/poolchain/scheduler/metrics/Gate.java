// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler.metrics;

import java.util.concurrent.CountDownLatch;

/** A task that keeps its worker until it is opened. */
final class Gate implements Runnable {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);

    @Override
    public void run() {
        reached.countDown();
        try {
            open.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void awaitReached() throws InterruptedException {
        reached.await();
    }

    void open() {
        open.countDown();
    }
}
