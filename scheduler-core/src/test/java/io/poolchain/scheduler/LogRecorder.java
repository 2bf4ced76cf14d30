// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what is logged; Logback's own list appender is not made for several threads. */
final class LogRecorder extends AppenderBase<ILoggingEvent> {
    final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
    volatile boolean failing;

    @Override
    public synchronized void doAppend(ILoggingEvent event) {
        if (failing) {
            throw new IllegalStateException("a broken appender");
        }
        events.add(event);
    }

    @Override
    protected void append(ILoggingEvent event) {
        doAppend(event);
    }

    List<String> texts(Level level) {
        return events.stream()
                .filter(event -> event.getLevel() == level)
                .map(event -> event.getThrowableProxy() == null
                        ? event.getFormattedMessage()
                        : event.getFormattedMessage() + ": "
                                + event.getThrowableProxy().getMessage())
                .toList();
    }
}
