// SPDX-License-Identifier: Apache-2.0
// The line charts, drawn by uPlot (a global, for it is not a module). Time runs from a minute ago to now.
import { WINDOW_SECONDS, readable } from './figures.js';

const HEIGHT = 150;
const color = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

class Chart {
  /** `lines` have a label, a colour and a function of the figures; the scale reaches to `smallest` at least. */
  constructor(id, lines, smallest = 1, format = readable) {
    this.place = document.getElementById(id);
    this.lines = lines;
    this.smallest = smallest;
    this.format = format;
    this.make();
    addEventListener('resize', () => this.plot.setSize({ width: this.width(), height: HEIGHT }));
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.plot.destroy();
      this.make();
    });
  }

  make() {
    const { lines, format } = this;
    const axis = {
      stroke: color('--muted'),
      font: '11px system-ui, sans-serif',
      grid: { stroke: color('--line'), width: 1 },
      ticks: { show: false },
    };
    this.plot = new uPlot({
      width: this.width(),
      height: HEIGHT,
      cursor: { y: false, drag: { x: false, y: false } },
      scales: {
        x: { time: false, range: [-WINDOW_SECONDS, 0] },
        y: { range: (plot, low, high) => [0, Math.max(high * 1.1, this.smallest)] },
      },
      axes: [
        { ...axis, size: 24, values: (plot, ticks) => ticks.map(tick => tick === 0 ? 'now' : `${-tick} s`) },
        { ...axis, size: 58, values: (plot, ticks) => ticks.map(format) },
      ],
      series: [
        { label: 'ago', value: (plot, seconds) => seconds === null ? '' : `${(-seconds).toFixed(1)} s` },
        ...lines.map(({ label, stroke }) => ({
          label,
          stroke: color(stroke),
          width: 1.5,
          points: { show: false },
          value: (plot, figure) => figure === null ? '–' : format(figure),
        })),
      ],
    }, [[], ...lines.map(() => [])], this.place);
  }

  width() {
    return Math.max(200, this.place.clientWidth);
  }

  show(history) {
    const now = history.at(-1).seconds;
    this.plot.setData([
      history.map(({ seconds }) => seconds - now),
      ...this.lines.map(({ figure }) => history.map(past => figure(past) ?? null)),
    ]);
    if (this.plot.cursor.left < 0) {
      this.plot.setLegend({ idx: history.length - 1 });
    }
  }
}

/** Hidden as long as there is nothing to show. */
class WaitTimes {
  show(history) {
    const measured = history.some(past => past.waitTime);
    document.getElementById('wait-time').hidden = !measured;
    if (!measured) {
      return;
    }
    this.chart ??= new Chart('waits', [
      { label: '50 %', stroke: '--running', figure: past => past.waitTime?.p50 },
      { label: '90 %', stroke: '--searching', figure: past => past.waitTime?.p90 },
      { label: '99 %', stroke: '--third', figure: past => past.waitTime?.p99 },
    ], 1e-6, duration);
    this.chart.show(history);
  }
}

function duration(seconds) {
  const [unit, name] = seconds < 1e-3 ? [1e-6, 'µs'] : seconds < 1 ? [1e-3, 'ms'] : [1, 's'];
  return `${readable(seconds / unit)} ${name}`;
}

export const charts = [
  new Chart('rate', [
    { label: 'completed', stroke: '--running', figure: past => past.completedRate },
    { label: 'submitted', stroke: '--searching', figure: past => past.submittedRate },
  ]),
  new Chart('queues', [
    { label: 'in chains', stroke: '--running', figure: past => past.queuedInChains },
    { label: 'from outside', stroke: '--searching', figure: past => past.queuedOutside },
  ]),
  new WaitTimes(),
];
