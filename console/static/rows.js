// Lists: a row per key, copied from its template, kept where it is as long as its key is there.
import { fillRow, lookUp } from "./bindings.js";

const canHover = matchMedia("(hover: hover)");

function fillList(list, items) {
  // Nothing moves under the pointer: figures change in their place, and nothing comes or goes.
  const still = "calm" in list.dataset && canHover.matches && list.matches(":hover");
  const template = document.getElementById(`row-${list.dataset.rows}`);
  const rows = new Map([...list.children].map((row) => [row.dataset.key, row]));
  let place = null;
  for (const item of items) {
    const key = String(item[list.dataset.rowKey]);
    if (still && !rows.has(key)) continue;
    const row = rows.get(key) ?? template.content.firstElementChild.cloneNode(true);
    rows.delete(key);
    row.dataset.key = key;
    fillRow(row, item);
    if (still) continue;
    const next = place === null ? list.firstElementChild : place.nextElementSibling;
    if (next !== row) list.insertBefore(row, next);
    place = row;
  }
  if (!still) for (const row of rows.values()) row.remove();
}

export function fillRows(data) {
  for (const list of document.querySelectorAll("[data-rows]")) {
    fillList(list, lookUp(data, list.dataset.rows) ?? []);
  }
}
