// A sheet: the server has rendered it whole; this keeps it fresh.
import { fillPage } from "./bindings.js";
import { fillRows } from "./rows.js";
import { follow } from "./live.js";
import { offerChips } from "./chips.js";
import { withRange } from "./range.js";
import { startViews } from "./saved_views.js";

const chips = document.getElementById("chips");
if (chips !== null) offerChips(chips);
if (document.getElementById("views") !== null) startViews(location.pathname);

// A stretch dragged over a chart is the range of the whole page; Esc goes back to what is live: to Now, if it was
// dragged there.
const choose = (from, until) => location.assign(`${location.pathname}?${withRange(location.search, from, until)}`);
const live = document.getElementById("to-live");
const fromNow = document.referrer !== "" && new URL(document.referrer).pathname === "/";
addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || live === null || event.target.closest("input, select, details[open]")) return;
  if (fromNow) history.back();
  else location.assign(live.href);
});

const places = document.querySelectorAll("[data-chart]");
const charts = new Map();
if (places.length > 0) {
  const { lineChart } = await import("./line_chart.js"); // half of a page's weight
  const { offerPictures } = await import("./picture.js");
  offerPictures();
  for (const place of places) {
    const name = place.dataset.chart;
    const chart = lineChart(place, document.querySelector(`[data-reading="${name}"]`), chips?.elements.from ? choose : null);
    chart.show(JSON.parse(document.querySelector(`[data-drawn="${name}"]`).textContent)); // the stream's first news is a trip away
    charts.set(name, chart);
  }
}

follow((picture) => {
  // What the page was opened for was not there, and now it is: it has other blocks then.
  if (Object.keys(picture.tables).some((name) => document.querySelector(`[data-table="${name}"]`) === null)) return location.reload();
  fillPage(picture);
  fillRows(picture);
  for (const [name, chart] of charts) if (picture.charts[name]) chart.show(picture.charts[name]);
}, document.body.dataset);
