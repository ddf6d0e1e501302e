// Lines over time in ink and greys, with what the pointer or the arrow keys are at in words below.
import uPlot from "./vendor/uplot-1.6.32.esm.js";
import { rangeText } from "./picture.js";
import { dragged, LEAST_DRAG } from "./range.js";
import { _ } from "./language.js";

const STYLES = {
  actual: ["--ink", 2, []], before: ["--ink-3", 1, [4, 4]], second: ["--ink-3", 2, [8, 4]], third: ["--ink-3", 2, [2, 3]],
};

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function written(value, unit) {
  if (value == null) return "–";
  const digits = Math.abs(value) < 10 ? 1 : 0;
  const text = value.toLocaleString("en-GB", { maximumFractionDigits: digits });
  return /^[€$£¥₹]/.test(unit) ? `${unit}${text}` : `${text}${unit}`;
}

function timeOf(seconds, chart) {
  const days = chart.times.at(-1) - chart.times[0] > 26 * 3600;
  const date = days ? { weekday: "short", day: "numeric" } : {};
  const clock = { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: chart.zone };
  return new Date(seconds * 1000).toLocaleString("en-GB", { ...date, ...clock });
}

// A value between two gaps has no line to be on, so it is drawn as a point.
function lone(plot, index) {
  const values = plot.data[index];
  return values.flatMap((value, at) => (value != null && values[at - 1] == null && values[at + 1] == null ? [at] : []));
}

function isEmpty(chart) {
  return chart.lines.every((line) => line.values.every((value) => value == null));
}

function options(chart, size, hooks) {
  const axis = { stroke: colour("--ink-3"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const known = !isEmpty(chart);
  const wide = chart.times.at(-1) - chart.times[0] > 26 * 3600;
  return {
    ...size,
    legend: { show: false },
    cursor: { y: false, drag: { x: "setSelect" in hooks, y: false, setScale: false, dist: LEAST_DRAG } },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), chart.zone),
    scales: { x: { time: true }, y: { range: (_plot, low, high) => [Math.min(0, low ?? 0), Math.max((high ?? 0) * 1.08, 1)] } },
    axes: [
      { ...axis, font, space: wide ? 90 : 56, size: 30, values: (_plot, ticks) => ticks.map((tick) => timeOf(tick, chart)) },
      { ...axis, font, size: 58, values: (_plot, ticks) => ticks.map((tick) => (known ? written(tick, chart.unit) : "")) },
    ],
    series: [{}, ...chart.lines.map((line) => {
      const [paint, width, dash] = STYLES[line.style];
      return { stroke: colour(paint), width, dash, points: { size: 4, show: () => false, filter: lone }, spanGaps: false };
    })],
    hooks,
  };
}

export function lineChart(place, reading, choose = null) {
  let plot = null;
  let shown = null;
  const size = () => ({ width: place.clientWidth, height: place.clientHeight });
  const values = () => [shown.times, ...shown.lines.map((line) => line.values)];

  function read() {
    const index = plot?.cursor.idx;
    if (index == null) return void (reading.textContent = isEmpty(shown) ? _("Nothing in this range") : shown.note);
    const said = shown.lines.map((line) => {
      const value = written(line.values[index], shown.unit);
      return shown.lines.length > 1 ? `${line.name} ${value}` : value;
    });
    reading.textContent = `${timeOf(shown.times[index], shown)}: ${said.join(", ")}`;
  }

  function build() {
    plot?.destroy();
    place.querySelector(".drawing")?.remove(); // what the page brought; the canvas is drawn before the next frame
    const hooks = { setCursor: [read], ...(choose === null ? {} : { setSelect: [dragged(choose)] }) };
    plot = new uPlot(options(shown, size(), hooks), values(), place);
  }

  new ResizeObserver(() => plot?.setSize(size())).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => shown && build());

  return {
    show(chart) {
      if (JSON.stringify(shown) === JSON.stringify(chart)) return;
      const before = shown;
      shown = chart;
      const step = chart.times.length > 1 ? chart.times[1] - chart.times[0] : 60;
      if (chart.times.length) place.dataset.range = rangeText(chart.times[0], chart.times.at(-1) + step, chart.zone);
      if (plot === null || before.lines.length !== chart.lines.length || before.unit !== chart.unit) build();
      else plot.setData(values());
      read();
    },
  };
}
