// Lists: a row per key, copied from its template, kept where it is as long as its key is there. A row may
// hold a list of its own (data-within).
import { fillRow, lookUp } from "./bindings.js";

const canHover = matchMedia("(hover: hover)");

function fillList(list, items) {
  // Nothing moves under the pointer: figures change in their place, and nothing comes or goes.
  const still = "calm" in list.dataset && canHover.matches && list.matches(":hover");
  const template = document.getElementById(`row-${list.dataset.rows ?? list.dataset.within}`);
  const rows = new Map([...list.children].map((row) => [row.dataset.key, row]));
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  const wanted = new Set(items.map((item) => String(item[list.dataset.rowKey])));
  // What is gone goes first, or every row behind it would be taken out and put back, and lose the focus.
  if (!still) for (const [key, row] of rows) if (!wanted.has(key)) row.remove();
  let place = null;
  for (const item of items) {
    const key = String(item[list.dataset.rowKey]);
    if (still && !rows.has(key)) continue;
    const row = rows.get(key) ?? template.content.firstElementChild.cloneNode(true);
    row.dataset.key = key;
    fillRow(row, item);
    for (const inner of row.querySelectorAll("[data-within]")) fillList(inner, item[inner.dataset.within]);
    if (still) continue;
    const next = place === null ? list.firstElementChild : place.nextElementSibling;
    if (next !== row) list.insertBefore(row, next);
    place = row;
  }
  if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
}

export function fillRows(data) {
  for (const list of document.querySelectorAll("[data-rows]")) {
    fillList(list, lookUp(data, list.dataset.rows) ?? []);
  }
}
