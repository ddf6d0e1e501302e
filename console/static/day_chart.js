// The day as one chart: today in ink, what is usual as a grey band, last week in thin dashes, the unfinished
// part dashed, the forecast paler, gaps hatched.
import uPlot from "./vendor/uplot-1.6.32.esm.js";
import { drawFlags, drawTold } from "./day_flags.js";
import { rangeText } from "./picture.js";
import { dragged, LEAST_DRAG } from "./range.js";
import { _ } from "./language.js";

const STRIP = 8;

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function hatch(context, paint, width) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  pen.strokeStyle = paint;
  pen.lineWidth = width;
  pen.beginPath();
  for (const start of [-8, 0, 8]) {
    pen.moveTo(start, 8);
    pen.lineTo(start + 8, 0);
  }
  pen.stroke();
  return context.createPattern(tile, "repeat");
}

// Where nothing came the whole height; where one source of many was silent, a strip above the time axis.
function drawMissing(plot, ranges, part) {
  const { ctx: context, bbox: box } = plot;
  context.save();
  context.globalAlpha = part ? 0.9 : 0.5;
  context.fillStyle = hatch(context, colour("--missing"), part ? 2 : 1);
  for (const [from, to] of ranges) {
    const left = Math.max(box.left, plot.valToPos(from, "x", true));
    const right = Math.min(box.left + box.width, plot.valToPos(to, "x", true));
    const height = part ? STRIP * devicePixelRatio : box.height;
    if (right > left) context.fillRect(left, box.top + box.height - height, right - left, height);
  }
  context.restore();
}

// Without any figure a scale would be made up.
function known(plot) {
  return plot.data.slice(1).some((series) => series.some((value) => value != null));
}

// `em` = the size of its letters, which a wall has larger.
function options(day, size, em, unit, hooks) {
  const axis = { stroke: colour("--ink-3"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
  const font = `${em}px ${getComputedStyle(document.body).fontFamily}`;
  const clock = { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: day.zone };
  const line = (stroke, lineWidth, dash) => ({
    stroke: colour(stroke), width: (lineWidth * em) / 12, dash, points: { show: false }, spanGaps: false,
  });
  return {
    ...size,
    legend: { show: false },
    cursor: { y: false, drag: { x: "setSelect" in hooks, y: false, setScale: false, dist: LEAST_DRAG }, points: { size: (_plot, index) => (index < 3 ? 0 : 6) } },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), day.zone),
    scales: { x: { time: true, range: [day.opens, day.closes] }, y: { range: (_plot, _low, high) => [0, Math.max(high * 1.08, 1)] } },
    axes: [
      { ...axis, font, space: 5 * em, size: 2.5 * em, values: (_plot, ticks) => ticks.map((tick) => new Date(tick * 1000).toLocaleTimeString("en-GB", clock)) },
      { ...axis, font, space: 2.5 * em, size: 4.7 * em, values: (plot, ticks) => ticks.map((tick) => (known(plot) ? `${unit}${tick.toLocaleString("en-GB")}` : "")) },
    ],
    series: [
      {}, line("--band", 0), line("--band", 0), line("--ink-3", 1, [4, 4]), line("--forecast", 2),
      line("--ink", 2), line("--ink", 2, [3, 3]),
    ],
    bands: [{ series: [2, 1], fill: colour("--band") }],
    hooks,
  };
}

// choose(from, until) is called for a stretch that is dragged over it; without it none can be.
export function dayChart(place, reading, choose = null) {
  let plot = null;
  let shown = null;
  let note = "";
  let told = null;

  const size = () => ({ width: place.clientWidth, height: place.clientHeight });

  function values(day) {
    return [day.times, day.low, day.high, day.last_week, day.forecast, day.actual, day.unfinished];
  }

  function read() {
    if (told !== null) return void (reading.textContent = told);
    const index = plot?.cursor.idx;
    const at = index == null ? null : shown.actual[index] ?? shown.unfinished[index];
    if (index == null || (at == null && shown.last_week[index] == null && shown.low[index] == null)) {
      return void (reading.textContent = note);
    }
    const time = new Date(shown.times[index] * 1000).toLocaleTimeString("en-GB", {
      hour: "2-digit", minute: "2-digit", timeZone: shown.zone,
    });
    const amount = (value) => (value == null ? "–" : `${shown.symbol}${Math.round(value).toLocaleString("en-GB")}`);
    const low = Math.max(0, Math.round(shown.low[index]));
    const said = { time, amount: amount(at), weekday: shown.weekday, before: amount(shown.last_week[index]) };
    reading.textContent = shown.low[index] == null
      ? _("{time}: {amount} a minute, last {weekday} {before}", said)
      : _("{time}: {amount} a minute, usually {low} to {high}, last {weekday} {before}", { ...said, low: amount(low), high: amount(shown.high[index]) });
  }

  function build() {
    plot?.destroy();
    place.querySelector(".drawing")?.remove(); // what the page brought; the canvas is drawn before the next frame
    const hatched = (drawn) => {
      drawMissing(drawn, shown.missing, false);
      drawMissing(drawn, shown.silent, true);
    };
    const say = (words) => {
      told = words;
      read();
    };
    const flagged = (drawn) => {
      drawFlags(drawn, shown.flags);
      drawTold(drawn, shown.told, say);
    };
    const hooks = { drawClear: [hatched], draw: [flagged], setCursor: [read], ...(choose && { setSelect: [dragged(choose)] }) };
    const em = parseFloat(getComputedStyle(place).fontSize);
    plot = new uPlot(options(shown, size(), em, shown.symbol, hooks), values(shown), place);
  }

  new ResizeObserver(() => plot?.setSize(size())).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => shown && build());

  return {
    show(day, usual) {
      note = usual;
      const before = shown;
      shown = day;
      place.dataset.range = rangeText(day.opens, day.closes, day.zone);
      if (plot === null || before.opens !== day.opens || before.closes !== day.closes) build();
      else if (JSON.stringify(before) !== JSON.stringify(day)) plot.setData(values(day));
      read();
    },
  };
}
