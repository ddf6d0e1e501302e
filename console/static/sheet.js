// A sheet: the server has rendered it whole; this keeps it fresh.
import { fillPage } from "./bindings.js";
import { fillRows } from "./rows.js";
import { follow } from "./live.js";
import { lineChart } from "./line_chart.js";
import { offerChips } from "./chips.js";

const charts = new Map([...document.querySelectorAll("[data-chart]")].map((place) => {
  const name = place.dataset.chart;
  return [name, lineChart(place, document.querySelector(`[data-reading="${name}"]`))];
}));
const chips = document.getElementById("chips");

if (chips !== null) offerChips(chips);
follow((picture) => {
  fillPage(picture);
  fillRows(picture);
  for (const [name, chart] of charts) if (picture.charts[name]) chart.show(picture.charts[name]);
}, document.body.dataset);
