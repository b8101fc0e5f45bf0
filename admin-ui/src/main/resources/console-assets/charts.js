// The overview's curves: fetched again every ten seconds, drawn by uPlot in the colours of the page.

const AGAIN_MS = 10000;
const COLORS = ['', '#6366f1', '#0ea5a4', '#e08a1e', '#db2777'];
const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const short = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });

const root = document.querySelector('[data-curves]');
const empty = root.querySelector('.chart-empty');
const charts = new Map();
let span = '1h';
let curve = null;

function css(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function axis(extra) {
  return {
    stroke: css('--tblr-secondary'),
    font: '12px Inter, system-ui, sans-serif',
    grid: { stroke: css('--tblr-border-color'), width: 1 },
    ticks: { show: false },
    ...extra,
  };
}

/** Shows the values under the pointer, or else the sums over the whole time. */
function tell(names, index) {
  for (const name of names) {
    const point = index === null ? undefined : curve.means[name][index];
    const text = point === undefined ? `${whole.format(curve.totals[name])} in ${span}` : point === null ? 'no data' : `${fine.format(point)}/min`;
    root.querySelector(`[data-value="${name}"]`).textContent = text;
  }
}

function options(element, names) {
  const colors = element.dataset.colors.split(' ');
  return {
    width: element.clientWidth,
    height: element.clientHeight,
    legend: { show: false },
    cursor: { points: { size: 6 }, drag: { x: false, y: false } },
    scales: { y: { range: (_, low, high) => [0, Math.max(1, high * 1.1)] } },
    axes: [
      axis({ size: 28, values: (_, ticks) => ticks.map((t) => new Date(t * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })) }),
      axis({ size: 44, values: (_, ticks) => ticks.map((t) => (Number.isInteger(t) ? short.format(t) : '')) }),
    ],
    series: [{}, ...names.map((name, i) => ({
      label: name, stroke: COLORS[colors[i]], width: 1.75, spanGaps: false, points: { show: false },
    }))],
    hooks: { setCursor: [(chart) => tell(names, chart.cursor.idx ?? null)] },
  };
}

function draw() {
  const counted = Object.values(curve.means).some((points) => points.some((point) => point !== null));
  empty.hidden = counted;
  for (const element of root.querySelectorAll('[data-chart]')) {
    const names = element.dataset.chart.split(' ');
    const data = [curve.times, ...names.map((name) => curve.means[name])];
    element.parentElement.hidden = !counted;
    if (counted && charts.has(element)) {
      charts.get(element).setData(data);
    } else if (counted) {
      charts.set(element, new uPlot(options(element, names), data, element));
    }
    tell(names, null);
    element.setAttribute('role', 'img');
    element.setAttribute('aria-label', `Per minute over ${span}: ${names.map((name) => `${name.replace('_', ' ')} ${whole.format(curve.totals[name])}`).join(', ')} in all`);
  }
}

async function load() {
  const asked = span;
  const answer = await fetch(`${root.dataset.curves}?span=${asked}`, { headers: { 'HX-Request': 'true' } });
  if (answer.status === 200 && asked === span) {
    curve = await answer.json();
    draw();
  }
}

function redraw() {
  charts.forEach((chart) => chart.destroy());
  charts.clear();
  if (curve) {
    draw();
  }
}

for (const button of document.querySelectorAll('[data-span]')) {
  button.addEventListener('click', () => {
    span = button.dataset.span;
    document.querySelectorAll('[data-span]').forEach((other) => other.setAttribute('aria-pressed', String(other === button)));
    load().catch(() => {});
  });
}
document.addEventListener('belfry:theme', redraw);
new ResizeObserver(() => charts.forEach((chart, element) => chart.setSize({ width: element.clientWidth, height: element.clientHeight }))).observe(root);
// A node that restarts is asked again; until then the curves stay as they are.
setInterval(() => document.hidden || load().catch(() => {}), AGAIN_MS);
load().catch(() => {});
