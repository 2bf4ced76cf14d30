// SPDX-License-Identifier: Apache-2.0
// What the page shows, made from the scheduler's snapshots.

export const WINDOW_SECONDS = 60;

/** The first snapshot has no history; its rates are 0. */
export function figures({ seconds, stats, waits }, history) {
  const before = history.at(-1);
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
    chainGrowth: stats.submissionQueueGrowth + total('chainGrowth'),
    ringDrops: stats.submissionQueueRingDrops + total('ringDrops'),
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
    waits,
    waitTime: history.length > 0 ? percentiles(waits, history[0].waits) : undefined,
    workers: stats.workers.map((worker, index) => ({
      ...worker,
      completedRate: perSecond(worker.completed, before?.workers[index]?.completed ?? 0),
    })),
  };
}

/** Of the tasks that began to run between two moments, in seconds; undefined if none of them was measured. */
function percentiles({ bounds, counts }, before) {
  const added = counts.map((count, bucket) => count - before.counts[bucket]);
  const total = added.reduce((sum, count) => sum + count, 0);
  const quantile = q => {
    let rank = q * total;
    const bucket = added.findIndex(count => (rank -= count) <= 0);
    const [from, to] = [bounds[bucket - 1] ?? 0, bounds[bucket] ?? bounds.at(-1)];
    return to + (to - from) * rank / added[bucket]; // as if spread evenly within a bucket
  };
  return total > 0 ? { p50: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99) } : undefined;
}

export function readable(figure) {
  return figure.toLocaleString('en', { maximumFractionDigits: figure < 10 ? 1 : 0 });
}
