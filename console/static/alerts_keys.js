// Keys: j k move, Enter opens (the row is a link), f and g answer, u takes back, / searches;
// a takes or releases, e, s and c open the form that escalates, silences, comments; x selects; ? lists them.
// While alerts are selected, f g u a s are for all of them.
import { begin, takeOrRelease } from "./alert_actions.js";
import { answerWith, undo } from "./alert_answer.js";
import { selectHere } from "./alert_selection.js";
import { answerSelected, selectNone, silenceSelected, takeSelected, undoSelected } from "./alert_together.js";

function move(step) {
  const links = [...document.querySelectorAll(".alert-list .alert")];
  if (links.length === 0) return;
  const focused = links.indexOf(document.activeElement.closest("li")?.querySelector(".alert"));
  const current = focused >= 0 ? focused : links.findIndex((link) => link.getAttribute("aria-current") === "true");
  const target = links[Math.max(0, Math.min(links.length - 1, current + step))];
  target.focus();
  target.scrollIntoView({ block: "nearest" });
}

const keys = document.getElementById("keys");

const ACTIONS = {
  j: () => move(1),
  k: () => move(-1),
  f: () => answerSelected("first") || answerWith("first"),
  g: () => answerSelected("second") || answerWith("second"),
  u: () => undoSelected() || undo(),
  a: () => takeSelected() || takeOrRelease(),
  e: () => begin("escalate"),
  s: () => silenceSelected() || begin("silence"),
  c: () => begin("comment"),
  x: () => selectHere(false),
  X: () => selectHere(true),
  Escape: selectNone,
  "/": () => document.querySelector("[name=q]").focus(),
  "?": () => keys.showModal(),
};

export function listenToKeys() {
  document.getElementById("show-keys").addEventListener("click", () => keys.showModal());
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat && !"jk".includes(event.key)) return;
    if (keys.open) return; // Esc closes it, and nothing behind it is answered
    if (event.target.matches("input:not(.pick), select, textarea")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const action = ACTIONS[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
