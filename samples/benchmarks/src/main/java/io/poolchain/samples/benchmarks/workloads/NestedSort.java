// SPDX-License-Identifier: Apache-2.0
package io.poolchain.samples.benchmarks.workloads;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The same as one would write it: a task submits the one half, sorts the other, and waits for the first. */
final class NestedSort extends Workload {
    private final Sort.Kind kind;
    private final Numbers numbers;

    NestedSort(Sort.Kind kind, int size) {
        super(count(kind, size), 1);
        this.kind = kind;
        numbers = new Numbers(size);
    }

    private static int count(Sort.Kind kind, int size) {
        try {
            return new Range(kind, new Numbers(size), new ServiceView(Runnable::run), 0, size).call();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    void start(Executor executor, Tally tally) throws Exception {
        numbers.shuffle();
        ExecutorService service = ServiceView.of(executor);
        tally.result(service.submit(() -> new Range(kind, numbers, service, 0, numbers.values.length).call())
                .get(Tally.PATIENCE_SECONDS, TimeUnit.SECONDS));
    }

    @Override
    void verify(long result) {
        requireEqual("tasks", result, tasks());
        numbers.requireSorted();
    }

    private record Range(Sort.Kind kind, Numbers numbers, ExecutorService service, int from, int to) {
        /** {@return how many tasks that was, this one included} */
        int call() throws InterruptedException, ExecutionException {
            if (to - from <= Numbers.FEW) {
                numbers.sort(from, to);
                return 1;
            }
            int middle = kind == Sort.Kind.QUICK ? numbers.partition(from, to) : (from + to) >>> 1;
            Future<Integer> left = service.submit(() -> part(from, middle).call());
            int tasks = part(middle, to).call() + left.get();
            if (kind == Sort.Kind.MERGE) {
                numbers.merge(from, middle, to);
            }
            return tasks;
        }

        private Range part(int from, int to) {
            return new Range(kind, numbers, service, from, to);
        }
    }
}
