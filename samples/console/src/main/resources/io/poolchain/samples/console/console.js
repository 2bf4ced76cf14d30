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

/** Whose they are. */
let source;

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
  if (snapshot.source !== source) {
    source = snapshot.source; // another scheduler answers now, perhaps in another process
    history = [];
  }
  const now = figures(snapshot, history);
  history = [...history, now].filter(past => past.seconds >= now.seconds - WINDOW_SECONDS);
  showFigures(now);
  charts.forEach(chart => chart.show(history));
  showWorkers(history);
  showStealMatrix(snapshot.stealMatrix, now.workers.length);
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
