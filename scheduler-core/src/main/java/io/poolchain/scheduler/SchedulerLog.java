// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whom a scheduler tells of what goes wrong. No method throws, whatever handlers and appenders do. */
final class SchedulerLog {
    private static final Logger LOG = LoggerFactory.getLogger(WorkStealingScheduler.class);

    private final String name;

    /** The scheduler's own, or null if each thread's is to be told. */
    private final Thread.@Nullable UncaughtExceptionHandler handler;

    SchedulerLog(String name, Thread.@Nullable UncaughtExceptionHandler handler) {
        this.name = name;
        this.handler = handler;
    }

    /**
     * Hands what a task threw to the scheduler's handler, or to the thread's, as a thread that dies of it would. Where
     * nobody has set a handler, it is logged, if there is a log, instead of being printed.
     */
    void taskFailed(Throwable failure) {
        Thread thread = Thread.currentThread();
        try {
            Thread.UncaughtExceptionHandler told = handler != null ? handler : thread.getUncaughtExceptionHandler();
            if (onlyPrints(told) && LOG.isErrorEnabled()) {
                error("A task of scheduler {} failed", failure);
            } else {
                told.uncaughtException(thread, failure);
            }
        } catch (Throwable handlerFailure) {
            if (handlerFailure != failure) {
                handlerFailure.addSuppressed(failure);
            }
            error("The uncaught exception handler of scheduler {} failed", handlerFailure);
        }
    }

    private static boolean onlyPrints(Thread.UncaughtExceptionHandler handler) {
        return handler.getClass() == ThreadGroup.class && Thread.getDefaultUncaughtExceptionHandler() == null;
    }

    void debug(String message) {
        try {
            LOG.debug(message, name);
        } catch (Throwable logFailure) {
            // A broken log must not keep a scheduler from its life; where something is at stake, error says so.
        }
    }

    /** It goes on in any case. Where there is no memory even for the text, nobody is told. */
    void workerFailed(Throwable failure) {
        try {
            error("A worker of scheduler {} failed and goes on", failure);
        } catch (Throwable noMemory) {
            // The next task comes first.
        }
    }

    void error(String message, Throwable failure) {
        try {
            LOG.error(message, name, failure);
        } catch (Throwable logFailure) {
            print(message, failure, logFailure);
        }
    }

    /** A watched task has run for longer than the limit; the stack is that of its thread. */
    void longTask(String thread, long nanos, StackTraceElement[] stack) {
        Throwable here = new Throwable("the stack of " + thread);
        here.setStackTrace(stack);
        try {
            LOG.warn(
                    "A task of scheduler {} has run for at least {} ms in thread {}",
                    name,
                    TimeUnit.NANOSECONDS.toMillis(nanos),
                    thread,
                    here);
        } catch (Throwable logFailure) {
            print("A task of scheduler {} has run for long", here, logFailure);
        }
    }

    /** All workers were found running a task at each look for so long, and the queue has grown, or come to its bound. */
    void saturated(int workers, long queued, long queuedBefore, long completed, long nanos) {
        try {
            LOG.warn(
                    "Scheduler {} is saturated: all {} workers run tasks; in {} ms they have completed {}, and those that"
                            + " wait have become {}, from {}",
                    name,
                    workers,
                    TimeUnit.NANOSECONDS.toMillis(nanos),
                    completed,
                    queued,
                    queuedBefore);
        } catch (Throwable logFailure) {
            print("Scheduler {} is saturated", logFailure, logFailure);
        }
    }

    /** The last resort: names only, because the text of an exception may be what fails. */
    private void print(String message, Throwable failure, Throwable logFailure) {
        try {
            System.err.println(message.replace("{}", name) + ": "
                    + failure.getClass().getName() + "; logging it failed: "
                    + logFailure.getClass().getName());
        } catch (Throwable nothingWorks) {
            // There is nobody left to tell.
        }
    }
}
