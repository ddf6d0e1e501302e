// A sheet: the server has rendered it whole; this keeps it fresh.
import { fillPage } from "./bindings.js";
import { fillRows } from "./rows.js";
import { follow } from "./live.js";
import { offerChips } from "./chips.js";

const chips = document.getElementById("chips");
if (chips !== null) offerChips(chips);

const places = document.querySelectorAll("[data-chart]");
const charts = new Map();
if (places.length > 0) {
  const { lineChart } = await import("./line_chart.js"); // half of a page's weight
  const { offerPictures } = await import("./picture.js");
  offerPictures();
  for (const place of places) {
    const name = place.dataset.chart;
    charts.set(name, lineChart(place, document.querySelector(`[data-reading="${name}"]`)));
  }
}

follow((picture) => {
  // What the page was opened for was not there, and now it is: it has other blocks then.
  if (Object.keys(picture.tables).some((name) => document.querySelector(`[data-table="${name}"]`) === null)) return location.reload();
  fillPage(picture);
  fillRows(picture);
  for (const [name, chart] of charts) if (picture.charts[name]) chart.show(picture.charts[name]);
}, document.body.dataset);
