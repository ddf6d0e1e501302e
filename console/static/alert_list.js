// Which rows are shown and in which order: what is on the screen stays where it is, new ones wait.
import { _ } from "./language.js";

const TRUNCATED = 100; // the server sends no more; whoever leaves such a list may only have been pushed out

const pill = document.getElementById("newer");
let displayed = [];
let known = new Map();
let waiting = 0;

function settled(row) {
  return { ...row, level: "resolved", icon: "✓", word: _("Resolved"), outcome: row.outcome || _("settled") };
}

// Start over in the server's order: another filter, or somebody asked for the new ones.
export function reorder() {
  displayed = [];
}

export function arrange(rows, opened) {
  const now = new Map(rows.map((row) => [row.alert_id, row]));
  if (displayed.length === 0) {
    displayed = [...now.keys()];
    known = new Map();
  }
  const shown = new Set(displayed);
  let last = -1;
  rows.forEach((row, index) => { if (shown.has(row.alert_id)) last = index; });
  const fresh = rows.filter((row) => !shown.has(row.alert_id));
  // Below everything that is shown, nothing moves when one is added.
  const below = rows.slice(last + 1).map((row) => row.alert_id);
  displayed.push(...below);
  waiting = fresh.length - below.length;
  if (rows.length >= TRUNCATED) displayed = displayed.filter((id) => now.has(id) || id === opened);
  for (const [id, row] of now) known.set(id, row);
  pill.hidden = waiting === 0;
  pill.textContent = _("{count} new ↑", { count: waiting });
  return displayed.map((id) => {
    const row = now.get(id) ?? settled(known.get(id));
    return { ...row, current: id === opened ? "true" : "" };
  });
}

// The row after an alert that still waits for somebody, else the first such row.
export function nextOpen(alertId, rows) {
  const open = rows.filter((row) => row.level !== "resolved" && row.alert_id !== alertId);
  const place = rows.findIndex((row) => row.alert_id === alertId);
  return open.find((row) => rows.indexOf(row) > place) ?? open[0] ?? null;
}
