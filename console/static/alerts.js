// The Alerts page: the server has rendered it whole; this keeps it fresh and moves within it.
import { fillPage } from "./bindings.js";
import { fillRows } from "./rows.js";
import { alertChart } from "./alert_chart.js";
import { observe, startAnswering } from "./alert_answer.js";
import { observeActions, startActing } from "./alert_actions.js";
import { arrange, nextOpen, reorder } from "./alert_list.js";
import { observeRows } from "./alert_selection.js";
import { observeTogether, startAnsweringTogether } from "./alert_together.js";
import { observeMorning } from "./silence_form.js";
import { startViews } from "./saved_views.js";
import { listenToKeys } from "./alerts_keys.js";
import { follow, noticeSilence } from "./alerts_stream.js";
import { offerPictures } from "./picture.js";
import { _ } from "./language.js";

const SEARCH_WAIT_MS = 250;
const FEW_PAYMENTS = 10; // as in the stylesheet

const filters = document.querySelector(".filters");
const article = document.querySelector(".alert-detail");
const paid = document.querySelector(".paid");
const around = document.querySelector(".around");
const allPayments = document.getElementById("all-payments");
const allAround = document.getElementById("all-around");
const heading = document.getElementById("sentence");
const chart = alertChart(document.getElementById("alert-chart"));
offerPictures();
const wide = matchMedia("(min-width: 1024px)");
let shown = [];
let focusHeading = false;
let first = true;

const openedId = () => decodeURIComponent(location.pathname.split("/")[2] ?? "");

function show(picture) {
  const opened = openedId();
  const detail = picture.detail?.alert_id === opened ? picture.detail : null;
  shown = arrange(picture.rows, opened);
  const view = { ...picture, opened, detail, shown, missing: detail || picture.opened !== opened ? "" : picture.missing };
  fillPage(view);
  fillRows(view);
  for (const select of filters.querySelectorAll("select")) choose(select, picture.filter[select.name]);
  observe(detail);
  observeActions(detail);
  observeMorning(picture.morning);
  observeRows();
  observeTogether(shown);
  if (detail) {
    chart.show(detail.chart);
    document.title = `${detail.sentence} · ${_("Alerts")} · Tillwatch`;
    if (focusHeading) heading.focus({ preventScroll: wide.matches });
    focusHeading = false;
  }
  const payments = detail?.payments.length ?? 0;
  paid.hidden = payments === 0;
  offerRest(paid, allPayments, payments, FEW_PAYMENTS);
  const lines = detail?.around?.lines ?? [];
  offerRest(around, allAround, lines.length, lines.filter((line) => line.near).length);
  if (first && !opened && wide.matches && shown.length) go(shown[0].href, { replace: true, focus: false });
  first = false;
}

// Few say what it is like; the stylesheet hides the rest until somebody asks for them.
function offerRest(section, button, count, few) {
  button.hidden = count <= few || "all" in section.dataset;
  button.textContent = _("Show all {count}", { count });
}

// Options without a value attribute would fall back to their text, so the key says which is which.
function choose(select, value) {
  if (document.activeElement === select) return;
  const index = [...select.options].findIndex((option) => option.dataset.key === value);
  if (index >= 0 && select.selectedIndex !== index) select.selectedIndex = index;
}

function stream() {
  const query = new URLSearchParams(location.search);
  query.delete("sent");
  if (openedId()) query.set("alert", openedId());
  follow(`/api/v1/alerts/stream?${query}`, show);
}

function go(href, { replace = false, focus = true } = {}) {
  const before = location.search;
  history[replace ? "replaceState" : "pushState"](null, "", href);
  if (location.search !== before) reorder();
  focusHeading = focus && openedId() !== "";
  article.scrollTop = 0;
  for (const section of [paid, around]) delete section.dataset.all;
  if (openedId() && !wide.matches) scrollTo(0, 0);
  stream();
}

function filterAddress() {
  const query = new URLSearchParams(location.search);
  query.delete("sent");
  for (const select of filters.querySelectorAll("select")) {
    const value = select.selectedOptions[0]?.dataset.key ?? "";
    if (value && value !== "worst") query.set(select.name, value);
    else query.delete(select.name);
  }
  const words = filters.elements.q.value.trim();
  if (words) query.set("q", words);
  else query.delete("q");
  const text = query.toString();
  return `${location.pathname}${text ? `?${text}` : ""}`;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (link.pathname !== "/alerts" && !link.pathname.startsWith("/alerts/")) return;
  event.preventDefault();
  // A filter keeps the alert that is open.
  const chip = link.matches(".filter-chip") && wide.matches;
  go(chip ? `${location.pathname}${link.search}` : link.href, { focus: !chip });
});
filters.addEventListener("submit", (event) => event.preventDefault());
filters.addEventListener("change", () => go(filterAddress(), { replace: true, focus: false }));
let typing = 0;
filters.elements.q.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => go(filterAddress(), { replace: true, focus: false }), SEARCH_WAIT_MS);
});
addEventListener("popstate", () => {
  reorder();
  filters.elements.q.value = new URLSearchParams(location.search).get("q") ?? "";
  stream();
});
document.getElementById("newer").addEventListener("click", () => {
  reorder();
  document.querySelector(".list").scrollTop = 0;
  stream();
});
for (const [section, button] of [[paid, allPayments], [around, allAround]]) {
  button.addEventListener("click", () => { section.dataset.all = ""; button.hidden = true; });
}
document.getElementById("copy").addEventListener("click", async () => {
  const copied = document.getElementById("copied");
  try {
    await navigator.clipboard.writeText(article.querySelector("pre").textContent);
    copied.textContent = _("Copied.");
  } catch {
    copied.textContent = _("The browser does not let us: mark the text below.");
  }
});

startAnswering((alertId) => {
  const next = nextOpen(alertId, shown);
  if (!next) return;
  reorder();
  go(next.href);
});
startActing();
startAnsweringTogether();
startViews("/alerts");
listenToKeys();
stream();
noticeSilence(show);
