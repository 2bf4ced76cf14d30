// SPDX-License-Identifier: Apache-2.0
// A lane for each worker: what it was doing each time it was looked at.
import { WINDOW_SECONDS, readable } from './figures.js';

const MOST = 64;
const COLORS = { RUNNING: '--running', SEARCHING: '--searching', PARKED: '--parked' };

const table = document.querySelector('#workers tbody');
const more = document.getElementById('more-workers');

export function showWorkers(history) {
  const { workers } = history.at(-1);
  const shown = workers.slice(0, MOST);
  while (table.rows.length < shown.length) {
    addRow();
  }
  while (table.rows.length > shown.length) {
    table.deleteRow(-1);
  }
  const style = getComputedStyle(document.documentElement);
  shown.forEach((worker, index) => {
    const [name, lane, ...cells] = table.rows[index].cells;
    name.textContent = worker.index;
    draw(lane.firstChild, history, index, style);
    [worker.completedRate, worker.completed, worker.steals, worker.queued]
      .forEach((figure, cell) => { cells[cell].textContent = readable(figure); });
  });
  more.hidden = workers.length <= MOST;
  more.textContent = `and ${readable(workers.length - MOST)} more`;
}

function addRow() {
  const row = table.insertRow();
  for (let cell = 0; cell < 6; cell++) {
    row.insertCell();
  }
  row.cells[1].append(document.createElement('canvas'));
}

function draw(canvas, history, index, style) {
  canvas.width = canvas.clientWidth * devicePixelRatio;
  canvas.height = canvas.clientHeight * devicePixelRatio;
  const pen = canvas.getContext('2d');
  const now = history.at(-1).seconds;
  const x = seconds => Math.round(canvas.width * (1 + (seconds - now) / WINDOW_SECONDS));
  for (let i = 1; i < history.length; i++) {
    const color = COLORS[history[i].workers[index]?.state];
    if (color) {
      const from = x(history[i - 1].seconds);
      pen.fillStyle = style.getPropertyValue(color);
      pen.fillRect(from, 0, x(history[i].seconds) - from, canvas.height);
    }
  }
}
