// Take, assign, escalate, silence, comment, hold: sent here, true once the live picture has it.
import { _ } from "./language.js";
import { post } from "./alert_post.js";
import { askForTerm, foretell, termOf } from "./silence_form.js";

const LATE_MS = 5_000;
const SAID = {
  take: _("Taken"), release: _("Released"), assign: _("Assigned"), escalate: _("Escalated"), silence: _("Silenced"),
  comment: _("Comment sent"), hold: _("On hold"),
};

const state = document.getElementById("act-state");
const take = document.getElementById("take");
const forms = [...document.querySelectorAll(".handling form.act")];
const silence = document.getElementById("act-silence");
const timed = forms.filter((form) => form.elements.end);
const openers = [...document.querySelectorAll(".opens")];
const sent = new Map(); // by alert: the last action from here, and what became of it
let detail = null;

const mine = () => detail.handling.holder === document.body.dataset.user;

function words(action) {
  switch (action?.phase) {
    case "sending": return _("Sending…");
    case "kept": return _("{done}. On its way to the list…", { done: SAID[action.kind] });
    case "late": return _("{done} and kept; it is not shown after 5 s. This page shows it when it arrives.", { done: SAID[action.kind] });
    case "failed": return action.message;
    default: return "";
  }
}

function show() {
  if (detail === null) return;
  const action = sent.get(detail.alert_id);
  if (action && ["kept", "late"].includes(action.phase)) {
    if (detail.handling.seen.includes(action.id)) action.phase = "shown";
    else if (Date.now() - action.at > LATE_MS) action.phase = "late";
  }
  const text = words(action);
  if (state.textContent !== text) state.textContent = text;
  state.dataset.phase = action?.phase ?? "";
  const label = mine() ? _("Release") : detail.handling.holder ? _("Take over") : _("Take");
  if (take.firstElementChild.textContent !== label) take.firstElementChild.textContent = label;
  take.value = mine() ? "release" : "take";
}

function open(kind) {
  for (const form of forms) form.hidden = form.id !== `act-${kind}`;
  for (const button of openers) button.setAttribute("aria-expanded", String(button.dataset.act === kind));
}

async function send(kind, fields) {
  const { alert_id: alertId } = detail;
  const before = sent.get(alertId);
  if (before?.phase === "sending") return false;
  const action = { kind, phase: "sending", id: null, at: Date.now(), message: "" };
  sent.set(alertId, action);
  show();
  try {
    const { status, said } = await post(alertId, "actions", { action: kind, ...fields });
    if (status === 202) Object.assign(action, { phase: "kept", id: said.action_id, at: Date.now() });
    else Object.assign(action, { phase: "failed", message: _("Not done: {why}", { why: said.detail }) });
  } catch {
    Object.assign(action, { phase: "failed", message: _("Not done: the console does not answer. Look at the history, then try again.") });
  }
  show();
  return action.phase === "kept";
}

function fieldsOf(form) {
  const { text, to, end } = form.elements;
  return { ...text && { text: text.value }, ...to && { to: to.value }, ...end && termOf(form) };
}

export function takeOrRelease() {
  if (detail) send(mine() ? "release" : "take", {});
}

// Open the form of an action, ready to be typed into.
export function begin(kind) {
  if (detail === null) return;
  open(kind);
  document.querySelector(`#act-${kind} :is(input, select)`).focus();
  if (kind === "silence") foretell(silence, [detail.alert_id]);
}

// A new picture of the opened alert; null while none is shown. Words for one alert never go to another.
export function observeActions(shown) {
  if (shown?.alert_id !== detail?.alert_id) {
    open(null);
    for (const form of forms) form.reset();
    for (const form of timed) askForTerm(form);
  }
  detail = shown;
  show();
}

export function startActing() {
  take.addEventListener("click", (event) => {
    event.preventDefault();
    takeOrRelease();
  });
  for (const button of openers) {
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-expanded") === "true") open(null);
      else begin(button.dataset.act);
    });
  }
  for (const form of timed) {
    form.addEventListener("change", () => {
      askForTerm(form);
      if (form === silence) foretell(form, [detail.alert_id]);
    });
  }
  for (const form of forms) {
    const kind = form.id.replace("act-", "");
    const opener = openers.find((button) => button.dataset.act === kind);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const about = detail?.alert_id;
      if (!about || !await send(kind, fieldsOf(form)) || detail?.alert_id !== about) return;
      form.reset();
      if (timed.includes(form)) askForTerm(form);
      open(null);
      opener.focus();
    });
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      open(null);
      opener.focus();
    });
  }
  setInterval(show, 250);
}
