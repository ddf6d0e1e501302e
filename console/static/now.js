// The Now page: the server has rendered it whole; this keeps it fresh.
import { fillPage } from "./bindings.js";
import { fillRows } from "./rows.js";
import { dayChart } from "./day_chart.js";
import { follow } from "./live.js";
import { offerChips } from "./chips.js";
import { offerPictures } from "./picture.js";

const chart = dayChart(document.getElementById("day-chart"), document.getElementById("day-reading"));

const drawn = document.getElementById("day-drawn");
chart.show(JSON.parse(drawn.textContent), document.getElementById("day-reading").textContent); // before the stream's first news
offerChips(document.getElementById("chips"));
offerPictures();
follow((now) => {
  fillPage(now);
  fillRows(now);
  chart.show(now.day, now.notes.day);
});
