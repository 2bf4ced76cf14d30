// SPDX-License-Identifier: Apache-2.0
// Polls the scheduler's figures and shows them.
import { WINDOW_SECONDS, figures, readable } from './figures.js';
import { charts } from './charts.js';
import { showWorkers } from './workers.js';
import { showStealMatrix } from './heatmap.js';

const INTERVAL_MS = 500;
const PATIENCE_MS = 5_000;

/** The figures of the last minute, oldest first. */
let history = [];

async function poll() {
  try {
    const answer = await fetch('snapshot.json', { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!answer.ok) {
      throw new Error(`HTTP ${answer.status}`);
    }
    show(await answer.json());
    showContact('live');
  } catch (failure) {
    showContact('lost');
  }
  setTimeout(poll, INTERVAL_MS);
}

function show(snapshot) {
  const before = history.at(-1);
  if (before && isOlder(snapshot, before)) {
    history = []; // another process answers now
  }
  const now = figures(snapshot, history);
  history = [...history, now].filter(past => past.seconds >= now.seconds - WINDOW_SECONDS);
  showFigures(now);
  charts.forEach(chart => chart.show(history));
  showWorkers(history);
  showStealMatrix(snapshot.stealMatrix, now.workers.length);
}

function isOlder(snapshot, figuresBefore) {
  return snapshot.seconds < figuresBefore.seconds || snapshot.stats.submittedOutside < figuresBefore.submittedOutside;
}

function showFigures(now) {
  for (const element of document.querySelectorAll('[data-figure]')) {
    const figure = now[element.dataset.figure];
    element.textContent = typeof figure === 'number' ? readable(figure) : figure;
  }
  document.title = `${now.name} – Poolchain`;
  document.getElementById('dropped').classList.toggle('some', now.dropped > 0);
}

function showContact(state) {
  const contact = document.getElementById('contact');
  contact.className = state;
  contact.textContent = state === 'live' ? 'live' : 'no answer, trying again';
}

poll();
