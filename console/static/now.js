// The Now page: the server has rendered it whole; this keeps it fresh.
import { fillPage } from "./bindings.js";
import { fillRows } from "./rows.js";
import { dayChart } from "./day_chart.js";
import { follow } from "./live.js";
import { offerChips } from "./chips.js";
import { offerPictures } from "./picture.js";
import { withRange } from "./range.js";
import { offerTileDrags } from "./tile_drag.js";
import { offerOrigins } from "./where_from.js";

// A stretch of the day opens the sheet that can show one: half of this page is about this moment alone.
function choose(from, until) {
  const query = withRange(document.body.dataset.query, from, until);
  const store = query.get("store");
  if (store) for (const name of ["store", "region", "channel"]) query.delete(name);
  location.assign(`/stores${store ? `/${encodeURIComponent(store)}` : ""}?${query}`);
}

const chart = dayChart(document.getElementById("day-chart"), document.getElementById("day-reading"), choose);

const drawn = document.getElementById("day-drawn");
chart.show(JSON.parse(drawn.textContent), document.getElementById("day-reading").textContent); // before the stream's first news
offerChips(document.getElementById("chips"));
offerPictures();
offerTileDrags(document.querySelector(".tiles"), choose);
offerOrigins();
follow((now) => {
  fillPage(now);
  fillRows(now);
  chart.show(now.day, now.notes.day);
});
