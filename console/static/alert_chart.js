// The curve of an alert: the figure in ink, the usual band in grey, onset and detection as lines, and a strip
// beneath that says when somebody was heard, so that "fell" and "went silent" look different.
import uPlot from "./vendor/uplot-1.6.32.esm.js";
import { rangeText } from "./picture.js";
import { _ } from "./language.js";

const STRIP_TOP = 6;
const STRIP_HEIGHT = 8;

const keys = document.getElementById("course-keys");
const reading = document.getElementById("course-reading");

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function hatch(context, paint) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  pen.strokeStyle = paint;
  pen.lineWidth = 2;
  pen.beginPath();
  for (const start of [-8, 0, 8]) {
    pen.moveTo(start, 8);
    pen.lineTo(start + 8, 0);
  }
  pen.stroke();
  return context.createPattern(tile, "repeat");
}

// Fill stretches of time between two heights, in canvas pixels.
function fillStretches(plot, stretches, top, height, paint) {
  const { ctx: context, bbox: box } = plot;
  context.fillStyle = paint;
  for (const [from, to] of stretches) {
    const left = Math.max(box.left, plot.valToPos(from, "x", true));
    const right = Math.min(box.left + box.width, plot.valToPos(to, "x", true));
    if (right > left) context.fillRect(left, top, right - left, height);
  }
}

function drawSilence(plot, chart) {
  const { ctx: context, bbox: box } = plot;
  context.save();
  context.globalAlpha = 0.35;
  fillStretches(plot, chart.silent ?? [], box.top, box.height, hatch(context, colour("--missing")));
  context.restore();
  if (chart.silent === null) return;
  const top = box.top + box.height + STRIP_TOP * devicePixelRatio;
  const height = STRIP_HEIGHT * devicePixelRatio;
  context.save();
  context.globalAlpha = 0.7;
  fillStretches(plot, [[chart.begins, chart.ends]], top, height, colour("--ink-3"));
  context.restore();
  fillStretches(plot, chart.closed, top, height, colour("--line"));
  fillStretches(plot, chart.silent, top, height, colour("--panel"));
  fillStretches(plot, chart.silent, top, height, hatch(context, colour("--missing")));
}

function drawMoment(plot, at, label, paint, dash, line) {
  const { ctx: context, bbox: box } = plot;
  const x = Math.round(plot.valToPos(at, "x", true));
  if (x < box.left - 1 || x > box.left + box.width + 1) return;
  context.save();
  context.strokeStyle = context.fillStyle = paint;
  context.lineWidth = 2 * devicePixelRatio;
  context.setLineDash(dash.map((length) => length * devicePixelRatio));
  context.beginPath();
  context.moveTo(x, box.top);
  context.lineTo(x, box.top + box.height);
  context.stroke();
  context.font = `600 ${12 * devicePixelRatio}px ${getComputedStyle(document.body).fontFamily}`;
  const room = box.left + box.width - x > context.measureText(label).width + 8 * devicePixelRatio;
  context.textAlign = room ? "left" : "right";
  context.fillText(label, x + (room ? 4 : -4) * devicePixelRatio, box.top + (12 + 15 * line) * devicePixelRatio);
  context.restore();
}

function drawMoments(plot, chart) {
  drawMoment(plot, chart.since, "began", colour("--ink"), [], 0);
  drawMoment(plot, chart.noticed, "noticed", colour("--link"), [4, 3], 1);
  if (chart.until !== null) drawMoment(plot, chart.until, "ended", colour("--ink-3"), [1, 3], 2);
}

function clock(chart) {
  const words = { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: chart.zone };
  return (seconds) => new Date(seconds * 1000).toLocaleTimeString("en-GB", words);
}

function number(chart, value) {
  const digits = Math.abs(value) < 10 ? 1 : 0;
  return `${chart.unit}${value.toLocaleString("en-GB", { maximumFractionDigits: digits })}`;
}

// What may move while the chart is shown is asked of `range` anew.
function options(chart, size, range, hooks) {
  const axis = { stroke: colour("--ink-3"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const time = clock(chart);
  const unseen = { stroke: "transparent", width: 0, points: { show: false } };
  const curve = { stroke: colour("--ink"), width: 2, points: { show: false }, spanGaps: false };
  const dots = { stroke: colour("--ink"), width: 0, paths: () => null, points: { show: true, size: 9, fill: colour("--ink") } };
  return {
    ...size,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), chart.zone),
    scales: { x: { time: true, range }, y: { range: (_plot, low, high) => [Math.min(0, low ?? 0), Math.max((high ?? 1) * 1.15, 1)] } },
    axes: [
      { ...axis, font, space: 64, size: 42, gap: STRIP_TOP + STRIP_HEIGHT + 4, values: (_plot, ticks) => ticks.map(time) },
      { ...axis, font, size: 60, values: (_plot, ticks) => ticks.map((tick) => number(chart, tick)) },
    ],
    bands: [{ series: [2, 1], fill: colour("--band") }],
    series: [{}, unseen, unseen, chart.points ? dots : curve],
    hooks,
  };
}

function explain(chart) {
  const entries = chart.points ? [["dot", _("a payment")]] : [["actual", _("actual")], ["band", chart.learnt]];
  entries.push(["began", _("began")], ["noticed", _("noticed")]);
  if (!chart.points) entries.push(chart.silent === null ? ["", _("signs of life not known")] : ["missing", _("nobody heard")]);
  keys.replaceChildren(...entries.map(([kind, text]) => {
    const key = document.createElement("span");
    key.className = `key ${kind}`;
    key.textContent = text;
    return key;
  }));
}

export function alertChart(place) {
  let plot = null;
  let shown = null;

  const size = () => ({ width: place.clientWidth, height: place.clientHeight });
  const values = () => [
    shown.times,
    shown.low.length ? shown.low : shown.times.map(() => null),
    shown.high.length ? shown.high : shown.times.map(() => null),
    shown.actual,
  ];

  function read() {
    const index = plot?.cursor.idx;
    if (index == null || shown.times[index] == null) return void (reading.textContent = "");
    const [low, high, value] = [shown.low[index], shown.high[index], shown.actual[index]];
    const said = { time: clock(shown)(shown.times[index]), amount: value == null ? _("not known") : number(shown, value) };
    reading.textContent = low == null
      ? `${said.time}: ${said.amount}`
      : _("{time}: {amount}, usually {low} to {high}", { ...said, low: number(shown, low), high: number(shown, high) });
  }

  function build() {
    plot?.destroy();
    plot = null;
    if (!place.clientWidth) return;
    const hooks = {
      draw: [(drawn) => { drawSilence(drawn, shown); drawMoments(drawn, shown); }],
      setCursor: [read],
    };
    const range = () => [shown.begins, Math.max(shown.ends, shown.begins + 60)];
    plot = new uPlot(options(shown, size(), range, hooks), values(), place);
    explain(shown);
  }

  new ResizeObserver(() => {
    if (shown === null) return;
    if (plot === null) build();
    else plot.setSize(size());
  }).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => shown && build());

  return {
    show(chart) {
      if (!chart) {
        plot?.destroy();
        plot = shown = null;
        return;
      }
      if (JSON.stringify(chart) === JSON.stringify(shown)) return;
      const before = shown;
      shown = chart;
      place.dataset.range = rangeText(chart.begins, Math.max(chart.ends, chart.begins + 60), chart.zone);
      if (plot === null || before.title !== chart.title || before.since !== chart.since) return build();
      plot.setData(values());
      explain(shown);
      read();
    },
  };
}
