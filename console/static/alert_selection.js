// Which rows are selected: by their box, by x on the row one is at, and with Shift all from the last one to this one.

const list = document.querySelector(".alert-list");
const selected = new Set();
let anchor = null;
let onPick = () => {};

const boxes = () => [...list.querySelectorAll(".pick")];
const idOf = (element) => element.closest("li").dataset.key;

function paint() {
  for (const box of boxes()) box.checked = selected.has(idOf(box));
}

// Select a row or take it out; with Shift every row from the one before does as this one.
function pick(id, on, range) {
  const ids = boxes().map(idOf);
  const from = range && ids.includes(anchor) ? ids.indexOf(anchor) : ids.indexOf(id);
  const [first, last] = [from, ids.indexOf(id)].sort((one, other) => one - other);
  for (const one of ids.slice(first, last + 1)) selected[on ? "add" : "delete"](one);
  anchor = id;
  paint();
  onPick();
}

export const selectedIds = () => boxes().map(idOf).filter((id) => selected.has(id));

export function select(ids) {
  for (const id of ids) selected.add(id);
  paint();
}

export function unselect(ids = [...selected]) {
  for (const id of ids) selected.delete(id);
  paint();
}

export function selectHere(range) {
  const row = document.activeElement.closest(".alert-list li") ?? list.querySelector("[aria-current=true]")?.closest("li")
    ?? list.firstElementChild;
  if (row) pick(row.dataset.key, range || !selected.has(row.dataset.key), range);
}

// The list has changed: nobody answers what is not on the page any more.
export function observeRows() {
  const there = new Set(boxes().map(idOf));
  for (const id of selected) if (!there.has(id)) selected.delete(id);
  paint();
}

export function startSelecting(picked) {
  onPick = picked;
  list.dataset.selectable = "";
  list.addEventListener("mousedown", (event) => { if (event.shiftKey) event.preventDefault(); }); // marks no text
  list.addEventListener("click", (event) => {
    const box = event.target.closest(".pick");
    const link = event.shiftKey ? event.target.closest(".alert") : null;
    if (link) event.preventDefault();
    if (box) pick(idOf(box), box.checked, event.shiftKey);
    else if (link) pick(idOf(link), true, true);
  });
}
