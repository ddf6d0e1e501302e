// "Where from?" at a figure: what it is, the query behind it to copy, its rows as CSV, itself as PNG.
import { keepTile } from "./tile_picture.js";
import { _ } from "./language.js";

const dialog = document.getElementById("origin");
const part = (name) => dialog.querySelector(`[data-part="${name}"]`);
const copied = part("copied");
let pointed = null; // the button that was pressed

async function origin(address) {
  try {
    const answer = await fetch(address);
    if (answer.status === 401) return location.assign("/login");
    if (answer.ok) return await answer.json();
  } catch {
    // The server is away; said below.
  }
  return { title: _("Where from?"), definition: _("The console does not answer."), reads: "", query: "" };
}

async function show(button) {
  const address = `/api/v1/now/figures/${button.dataset.origin}`;
  const found = await origin(address + document.body.dataset.query);
  if (found === undefined) return;
  pointed = button;
  for (const name of ["title", "definition", "reads", "query"]) part(name).textContent = found[name];
  part("csv").href = `${address}.csv${document.body.dataset.query}`;
  copied.textContent = "";
  dialog.showModal();
}

async function copy() {
  const lines = ["definition", "reads"].map((name) => `-- ${part(name).textContent}`);
  try {
    await navigator.clipboard.writeText([...lines, part("query").textContent].join("\n"));
    copied.textContent = _("Copied");
  } catch {
    copied.textContent = _("The browser does not let this page copy.");
  }
}

function keepPicture() {
  const tile = pointed.closest(".tile");
  if (tile === null) document.querySelector("[data-picture]").click();
  else keepTile(tile, document.querySelector('[data-bind="notes.tiles"]').textContent);
}

export function offerOrigins() {
  for (const button of document.querySelectorAll("[data-origin]")) {
    button.hidden = false;
    button.addEventListener("click", () => show(button));
  }
  part("copy").addEventListener("click", copy);
  part("picture").addEventListener("click", keepPicture);
  part("close").addEventListener("click", () => dialog.close());
}
