// SPDX-License-Identifier: Apache-2.0
// Who stole from whom: the more, the deeper the colour.
import { readable } from './figures.js';

const section = document.getElementById('steal-matrix');

/** The matrix has a row for each thief and a column for each victim, of the first workers only; there may be none. */
export function showStealMatrix(matrix, workers) {
  section.hidden = !matrix;
  if (!matrix) {
    return;
  }
  document.getElementById('matrix-part').textContent =
    matrix.length < workers ? `, of the first ${matrix.length} workers` : '';
  const largest = Math.max(1, ...matrix.flat());
  const table = document.createElement('table');
  const victims = table.createTHead().insertRow();
  victims.append(header(''), ...matrix.map((row, victim) => header(victim)));
  const body = table.createTBody();
  matrix.forEach((row, thief) => {
    const line = body.insertRow();
    line.append(header(thief));
    row.forEach((steals, victim) => {
      const cell = line.insertCell();
      cell.title = `worker ${thief} took ${readable(steals)} from worker ${victim}`;
      cell.classList.toggle('self', thief === victim);
      cell.style.setProperty('--heat', Math.sqrt(steals / largest));
    });
  });
  section.querySelector('table').replaceWith(table);
}

function header(text) {
  const cell = document.createElement('th');
  cell.textContent = text;
  return cell;
}
