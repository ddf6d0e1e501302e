// The page To review: the server renders it whole; this fetches it anew and changes what has changed. A card that
// somebody has ticked, unfolded or is in stays as it is: nobody loses what they have begun.
import { _ } from "./language.js";

const REFRESH_MS = 10_000;
const ANSWER_MS = 12_000; // the server itself waits 7 s for Kafka
const NO_CONSOLE = _("The console does not answer.");

const live = document.getElementById("live");
const canHover = matchMedia("(hover: hover)");
const rendered = new WeakMap(); // rows as the server wrote them
let sending = false;

const remember = (row) => rendered.set(row, row.outerHTML);
for (const row of document.querySelectorAll("main ol > li")) remember(row);

function announce(state) {
  live.hidden = false;
  live.dataset.state = state;
  live.firstChild.textContent = `${state === "live" ? _("Live") : _("No news")} `;
  live.lastElementChild.textContent = state === "live" ? "●" : "▨";
}

// Whether somebody has begun something here.
function begun(row) {
  const inputs = [...row.querySelectorAll("input[type=checkbox]")];
  return inputs.some((input) => input.checked !== input.defaultChecked)
    || "unfolded" in row.dataset || row.contains(document.activeElement);
}

function withoutAnswer(row) {
  if (row.querySelector(".gone") !== null) return;
  const note = document.createElement("p");
  note.className = "gone note";
  note.textContent = _("Not on the list any more: somebody answered it, or it is older than a day.");
  row.append(note);
}

function merge(list, fresh) {
  const rows = new Map([...list.children].map((row) => [row.dataset.key, row]));
  const wanted = new Map([...fresh.children].map((row) => [row.dataset.key, row]));
  for (const [key, row] of rows) {
    if (wanted.has(key)) continue;
    if (begun(row)) withoutAnswer(row);
    else row.remove();
  }
  let place = null;
  for (const [key, row] of wanted) {
    const old = rows.get(key);
    let kept = old;
    if (old === undefined || (rendered.get(old) !== row.outerHTML && !begun(old))) {
      kept = document.importNode(row, true);
      remember(kept);
      old?.replaceWith(kept);
    }
    const next = place === null ? list.firstElementChild : place.nextElementSibling;
    // Taken out and put back, a row would lose the focus: whoever is in it stays where it is.
    if (next !== kept && !(kept.isConnected && kept.contains(document.activeElement))) list.insertBefore(kept, next);
    place = kept;
  }
}

function take(page, { said }) {
  const regions = said ? ["trouble", "said", "budget"] : ["trouble", "budget"];
  for (const id of regions) {
    const [here, there] = [document.getElementById(id), page.getElementById(id)];
    if (here && there && here.innerHTML !== there.innerHTML) here.replaceChildren(...document.importNode(there, true).childNodes);
  }
  for (const fresh of page.querySelectorAll("main ol[id]")) {
    const list = document.getElementById(fresh.id);
    if (list === null) return location.reload(); // the first page had no list
    merge(list, fresh);
  }
  for (const fresh of page.querySelectorAll("[data-bind]")) {
    document.querySelector(`[data-bind="${fresh.dataset.bind}"]`).textContent = fresh.textContent;
  }
}

async function fetched(address, options) {
  const answer = await fetch(address, { ...options, signal: AbortSignal.timeout(ANSWER_MS) });
  if (new URL(answer.url).pathname === "/login") return location.assign("/login");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (page.getElementById("said") === null) throw new Error(`${address} answered ${answer.status}`);
  return page;
}

function pointedAt() {
  return canHover.matches && document.querySelector("main li:hover") !== null;
}

async function refresh() {
  try {
    const page = await fetched("/review");
    if (page === undefined) return;
    announce(page.querySelector("#trouble > *") === null ? "live" : "stale");
    // Nothing moves under the pointer, nor while an answer is on its way, which brings the page anew.
    if (!sending && !pointedAt()) take(page, { said: false });
  } catch {
    announce("stale");
  }
  setTimeout(refresh, REFRESH_MS);
}

async function send(form, button) {
  const row = form.closest("li");
  const following = row?.nextElementSibling ?? row?.previousElementSibling;
  const body = new URLSearchParams(new FormData(form, button)); // a disabled button says nothing
  sending = true;
  for (const one of form.querySelectorAll("button")) one.disabled = true;
  try {
    const page = await fetched(form.action, { method: "POST", body });
    if (page === undefined) return;
    const refused = page.querySelector("#said [role=alert]") !== null;
    if (!refused && row !== null) row.remove();
    take(page, { said: true });
    if (refused || !following?.isConnected) document.getElementById("said").focus();
    else following.focus({ preventScroll: true });
  } catch {
    const note = document.createElement("p");
    Object.assign(note, { className: "trouble", textContent: _("Not sent: {why} Try again.", { why: NO_CONSOLE }) });
    note.dataset.level = "missing";
    note.setAttribute("role", "alert");
    document.getElementById("said").replaceChildren(note);
  } finally {
    sending = false;
    for (const one of form.querySelectorAll("button")) one.disabled = false;
  }
}

document.querySelector("main").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!sending) send(event.target, event.submitter);
});
// Unfolded by a hand, not by the server.
document.querySelector("main").addEventListener("click", (event) => {
  const summary = event.target.closest("summary");
  if (summary !== null) summary.closest("[data-key]").dataset.unfolded = "";
});
setTimeout(refresh, REFRESH_MS);
announce("live");
