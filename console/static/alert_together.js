// One answer for all alerts that are selected: sent for each as if it were alone, taken back for all.
import { _ } from "./language.js";
import { post } from "./alert_post.js";
import { select, selectedIds, startSelecting, unselect } from "./alert_selection.js";
import { askForTerm, foretell, termOf } from "./silence_form.js";

const LANES = 4; // at once: a browser opens six ways to a console, and one of them is the stream
const UNDO_MS = 10_000;
const LATE_MS = 5_000;

const place = (id) => document.getElementById(`together${id && `-${id}`}`);
const bar = place("");
const verdicts = [...bar.querySelectorAll("[data-verdict]")];
const silence = place("silence");
let rows = [];
let last = null; // what was sent last, for whom, and what became of it

const chosen = () => {
  const ids = new Set(selectedIds());
  return rows.filter((row) => ids.has(row.alert_id));
};
const quietable = () => chosen().filter((row) => row.silence).map((row) => row.alert_id);
const labelOf = (verdict) => verdicts.find((button) => button.dataset.verdict === verdict).firstElementChild.textContent;
const settled = (id) => (rows.find((row) => row.alert_id === id)?.level ?? "resolved") === "resolved";
const undoable = () => last?.phase === "given" && last.given.size > 0 && last.undoUntil > Date.now();

function words() {
  if (last === null) return "";
  if (last.phase === "sending") return _("Sending…");
  const parts = [_("{answer}: {done} of {total}.", { answer: last.label, done: last.given.size, total: last.total })];
  if (last.phase === "given" && last.given.size) {
    if ([...last.given.keys()].every(settled)) parts.push(_("Learned."));
    else parts.push(Date.now() - last.at > LATE_MS ? _("Kept, and not taken up after 5 s.") : _("Learning…"));
  }
  return [...parts, last.why].join(" ").trim();
}

const write = (element, text) => { if (element.textContent !== text) element.textContent = text; };

function show() {
  const within = bar.contains(document.activeElement);
  const picked = chosen();
  const counted = (number) => (number < picked.length ? `(${number})` : "");
  bar.toggleAttribute("data-on", picked.length > 0 || last !== null);
  write(place("count"), picked.length ? _("{count} selected", { count: picked.length }) : "");
  place("acts").hidden = picked.length === 0;
  for (const button of verdicts) {
    const fit = picked.filter((row) => [row.first, row.second].includes(button.dataset.verdict)).length;
    button.hidden = fit === 0;
    button.disabled = last?.phase === "sending";
    write(button.querySelector(".count"), counted(fit));
  }
  const quiet = picked.filter((row) => row.silence).length;
  place("quiet").hidden = quiet === 0;
  write(place("quiet").querySelector(".count"), counted(quiet));
  if (quiet === 0) openSilence(false);
  write(place("state"), words());
  place("state").dataset.phase = last?.why ? "failed" : "";
  const asking = last?.stands.length ? last.stands : null;
  place("asking").hidden = asking === null;
  write(place("question"), asking === null ? "" : _("{count} answered before: {said} Override?", { count: asking.length, said: asking[0].said }));
  place("afterwards").hidden = !undoable();
  if (undoable()) write(place("countdown"), `${Math.ceil((last.undoUntil - Date.now()) / 1000)} s`);
  // what had the focus is gone: it goes to what is there now, not to the top of the page
  if (within && document.activeElement.offsetParent === null) {
    ([...bar.querySelectorAll("button")].find((button) => button.offsetParent !== null && !button.disabled) ?? document.getElementById("list")).focus();
  }
}

// Send something for each of some rows; what each was answered goes into `last`.
async function send(label, what, entries, bodyOf, given = []) {
  if (last?.phase === "sending") return;
  const queue = [...entries];
  const sent = { label, phase: "sending", total: entries.length + given.length, given: new Map(given), stands: [], why: "", at: 0, undoUntil: 0 };
  last = sent;
  show();
  const lane = async () => {
    for (let entry = queue.shift(); entry; entry = queue.shift()) {
      try {
        const { status, said } = await post(entry.id, what, bodyOf(entry));
        if (status === 202) sent.given.set(entry.id, said.answer_id);
        else if (status === 409) sent.stands.push({ ...entry, said: said.detail });
        else sent.why = said.detail;
      } catch {
        sent.why = _("The console does not answer. Try again.");
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  Object.assign(sent, { phase: "kept", at: Date.now() });
}

async function give(entries, { override = false, given = [] } = {}) {
  if (entries.length === 0 || last?.phase === "sending") return;
  const label = [...new Set(entries.map(({ verdict }) => labelOf(verdict)))].join(" / ");
  await send(label, "answer", entries, ({ verdict }) => ({ verdict, override }), given);
  Object.assign(last, { phase: "given", undoUntil: last.at + UNDO_MS });
  unselect([...last.given.keys()]);
  show();
}

const answered = (verdictOf) => give(chosen().map((row) => ({ id: row.alert_id, verdict: verdictOf(row) })).filter(({ verdict }) => verdict));

async function act(label, kind, entries, fields = {}) {
  await send(label, "actions", entries.map((row) => ({ id: row.alert_id })), () => ({ action: kind, ...fields }));
  show();
}

async function takeBack() {
  const before = [...last.given].map(([id, answerId]) => ({ id, answerId }));
  await send(_("Taken back"), "answer", before, ({ answerId }) => ({ verdict: "withdrawn", replaces: answerId }));
  select([...last.given.keys()]);
  show();
}

function openSilence(on) {
  silence.hidden = !on;
  place("quiet").setAttribute("aria-expanded", String(on));
  if (!on) return;
  silence.elements.end.focus();
  foretell(silence, quietable());
}

// For the keys: each says whether alerts are selected, so that it was for them and not for the one that is open.
export function answerSelected(which) {
  const some = chosen().length > 0;
  if (some) answered((row) => row[which]);
  return some;
}

export function takeSelected() {
  const some = chosen();
  if (some.length) act(_("Taken"), "take", some);
  return some.length > 0;
}

export function silenceSelected() {
  const some = chosen();
  if (some.some((row) => row.silence)) openSilence(true);
  return some.length > 0;
}

export function undoSelected() {
  const some = undoable();
  if (some) takeBack();
  return some;
}

export function selectNone() {
  unselect();
  show();
}

// The rows as they are shown now.
export function observeTogether(shown) {
  rows = shown;
  show();
}

export function startAnsweringTogether() {
  startSelecting(() => {
    // somebody begins anew: what was said of the last time has been read
    if (last && last.phase !== "sending" && !undoable() && last.stands.length === 0) last = null;
    show();
  });
  for (const button of verdicts) {
    const { verdict } = button.dataset;
    button.addEventListener("click", () => answered((row) => ([row.first, row.second].includes(verdict) ? verdict : null)));
  }
  place("take").addEventListener("click", takeSelected);
  place("quiet").addEventListener("click", () => openSilence(silence.hidden));
  place("undo").addEventListener("click", undoSelected);
  place("override").addEventListener("click", () => give(last.stands, { override: true, given: [...last.given] }));
  place("keep").addEventListener("click", () => {
    const { stands } = last;
    last.stands = [];
    unselect(stands.map(({ id }) => id));
    show();
  });
  document.getElementById("unselect").addEventListener("click", selectNone);
  silence.addEventListener("change", () => {
    askForTerm(silence);
    foretell(silence, quietable());
  });
  silence.addEventListener("submit", async (event) => {
    event.preventDefault();
    const fields = { ...termOf(silence), text: silence.elements.text.value };
    openSilence(false);
    await act(_("Silenced"), "silence", chosen().filter((row) => row.silence), fields);
    silence.reset();
    askForTerm(silence);
  });
  silence.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    openSilence(false);
    place("quiet").focus();
  });
  setInterval(show, 250);
}
