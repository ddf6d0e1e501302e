// Saved views: what an address of a page shows, by name, kept in this browser alone. Each page lists its own.
import { _ } from "./language.js";

const KEY = "tillwatch.views";

const menu = document.getElementById("views");
const list = document.getElementById("view-list");
const form = document.getElementById("view-form");
const note = document.getElementById("view-note");
let path = "";

// The first ones were kept without their page, which was Alerts.
const isHere = (view) => (view.path ?? "/alerts") === path;

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((view) => typeof view?.name === "string" && typeof view.query === "string") : [];
  } catch {
    return [];
  }
}

function write(views) {
  try {
    localStorage.setItem(KEY, JSON.stringify(views));
    note.textContent = "";
  } catch {
    note.textContent = _("Not kept: this browser lets no page keep anything.");
  }
  show();
}

function row(view) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  const remove = document.createElement("button");
  link.href = `${path}${view.query}`;
  link.textContent = view.name;
  remove.type = "button";
  remove.textContent = _("Remove");
  remove.setAttribute("aria-label", _("Remove {name}", { name: view.name }));
  remove.addEventListener("click", () => {
    write(read().filter((other) => !(isHere(other) && other.name === view.name)));
    menu.querySelector("summary").focus();
  });
  item.append(link, remove);
  return item;
}

function show() {
  list.replaceChildren(...read().filter(isHere).map(row));
}

export function startViews(page) {
  path = page;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const name = form.elements.name.value.trim();
    if (!name) return;
    const query = new URLSearchParams(location.search);
    query.delete("sent");
    const text = query.toString();
    const others = read().filter((view) => !(isHere(view) && view.name === name));
    write([...others, { name, path, query: text ? `?${text}` : "" }]);
    form.reset();
  });
  addEventListener("storage", show); // saved in another tab
  show();
}
