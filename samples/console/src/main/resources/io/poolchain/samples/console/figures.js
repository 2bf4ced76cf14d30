// SPDX-License-Identifier: Apache-2.0
// What the page shows, made from two of the scheduler's snapshots.

export const WINDOW_SECONDS = 60;

/** The first snapshot has none before it; its rates are 0. */
export function figures({ seconds, stats, waitTime }, before) {
  const perSecond = (count, countBefore) => before ? (count - countBefore) / (seconds - before.seconds) : 0;
  const total = key => stats.workers.reduce((sum, worker) => sum + worker[key], 0);
  const inState = state => stats.workers.filter(worker => worker.state === state).length;

  const submitted = stats.submittedOutside + total('submitted');
  const completed = total('completed');
  const steals = total('steals');
  const queuedInChains = total('queued');
  const { CAPACITY, SHUTDOWN, DISCARDED } = stats.dropped;
  return {
    seconds,
    name: stats.name,
    parallelism: stats.parallelism,
    submitted,
    submittedOutside: stats.submittedOutside,
    submittedRate: perSecond(submitted, before?.submitted),
    completed,
    completedRate: perSecond(completed, before?.completed),
    failed: total('failed'),
    queued: stats.submissionQueueDepth + queuedInChains,
    queuedOutside: stats.submissionQueueDepth,
    queuedInChains,
    running: inState('RUNNING'),
    searching: inState('SEARCHING'),
    parked: inState('PARKED'),
    steals,
    stealRate: perSecond(steals, before?.steals),
    failedSteals: total('failedSteals'),
    dropped: CAPACITY + SHUTDOWN + DISCARDED,
    droppedForCapacity: CAPACITY,
    droppedForShutdown: SHUTDOWN,
    discarded: DISCARDED,
    waitTime,
    workers: stats.workers.map((worker, index) => ({
      ...worker,
      completedRate: perSecond(worker.completed, before?.workers[index]?.completed ?? 0),
    })),
  };
}

export function readable(figure) {
  return figure.toLocaleString('en', { maximumFractionDigits: figure < 10 ? 1 : 0 });
}
