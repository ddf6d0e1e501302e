// Answering: the state shows at once, what is true comes with the live picture, Undo for ten seconds.
import { _ } from "./language.js";
import { post } from "./alert_post.js";

const UNDO_MS = 10_000;
const LATE_MS = 5_000;

const place = (id) => document.getElementById(id);
const given = new Map(); // by alert: what was answered here, and what became of it
let onNext = () => {};
let detail = null;

function inForce(standing) {
  return standing !== null && standing.verdict !== "withdrawn" ? standing : null;
}

function ours(answer, standing) {
  return standing !== null && (standing.answer_id === answer.id
    || (standing.verdict === answer.verdict && standing.by === document.body.dataset.user));
}

// What the live picture says about an answer that is on its way.
function judge(answer) {
  const { standing } = detail.answer;
  if (!["learning", "late", "refused"].includes(answer.phase)) return;
  if (ours(answer, standing)) {
    answer.phase = answer.verdict === "withdrawn" ? "withdrawn" : "learned";
  } else if (Date.now() - answer.sentAt > LATE_MS) {
    answer.phase = standing !== null && standing.answer_id !== answer.replaces ? "refused" : "late";
  }
}

function words(answer) {
  const { standing } = detail.answer;
  switch (answer?.phase) {
    case "sending": return _("Sending…");
    case "learning": return answer.verdict === "withdrawn" ? _("Taking it back…") : _("{answer}. Learning…", { answer: answer.label });
    case "late": return _("Your answer is kept; nobody has taken it up after 5 s. This page shows it when that happens.");
    case "refused": return _("{said} It came first: yours was not taken.", { said: standing.text });
    case "failed": return answer.message;
    default: return detail.answer.text;
  }
}

function show() {
  if (detail === null) return;
  const answer = given.get(detail.alert_id);
  if (answer) judge(answer);
  const busy = answer?.phase === "sending";
  place("answer-state").textContent = words(answer);
  place("answer-state").dataset.phase = answer?.phase ?? "";
  place("effect").hidden = ["sending", "learning", "failed"].includes(answer?.phase);
  for (const button of document.querySelectorAll(".verdict-button")) {
    button.disabled = busy;
    const chosen = answer && ["sending", "learning", "late"].includes(answer.phase) ? answer.verdict : null;
    if (chosen !== null) button.setAttribute("aria-pressed", String(button.value === chosen));
  }
  place("asking").hidden = answer?.phase !== "asking";
  place("question").textContent = answer?.phase === "asking" ? answer.message : "";
  const left = answer ? answer.undoUntil - Date.now() : 0;
  const undoable = left > 0 && answer.verdict !== "withdrawn" && ["learning", "learned", "late"].includes(answer.phase);
  place("afterwards").hidden = !undoable;
  if (undoable) {
    const seconds = Math.ceil(left / 1000);
    place("countdown").textContent = answer.moved ? `${seconds} s` : _("{seconds} s, then the next alert", { seconds });
  }
}

function fail(alertId, sentence, answer, message) {
  Object.assign(answer, { phase: "failed", message, undoUntil: 0 });
  if (detail?.alert_id === alertId) return;
  // Whoever has gone on must still learn of it.
  const notice = place("notice");
  notice.textContent = `${sentence} ${message} `;
  const link = document.createElement("a");
  link.href = `/alerts/${alertId}`;
  link.textContent = _("Back to it");
  notice.append(link);
  notice.hidden = false;
}

async function give(verdict, label, override) {
  const { alert_id: alertId, sentence } = detail;
  const standing = given.get(alertId)?.id ?? (detail.answer.replaces || null);
  const answer = { verdict, label, phase: "sending", id: null, replaces: standing, undoUntil: 0, sentAt: Date.now(), moved: false };
  given.set(alertId, answer);
  place("notice").hidden = true;
  show();
  try {
    const { status, said } = await post(alertId, "answer", { verdict, replaces: standing, override });
    if (status === 202) {
      const now = Date.now();
      Object.assign(answer, { phase: "learning", id: said.answer_id, sentAt: now });
      if (verdict !== "withdrawn") answer.undoUntil = now + UNDO_MS;
    } else if (status === 409) {
      Object.assign(answer, { phase: "asking", message: _("{said} Override?", { said: said.detail }), id: null });
    } else {
      fail(alertId, sentence, answer, _("Not answered: {error}", { error: said.detail }));
    }
  } catch {
    fail(alertId, sentence, answer, _("Not answered: the console does not answer. Try again."));
  }
  show();
}

export function answerWith(which) {
  if (detail === null) return;
  const choice = detail.answer[which];
  const before = given.get(detail.alert_id);
  if (before?.phase === "sending") return;
  const standing = inForce(detail.answer.standing);
  if (standing?.verdict === choice.verdict) return;
  if (standing === null || ours({ id: before?.id }, standing)) return void give(choice.verdict, choice.label, false);
  given.set(detail.alert_id, {
    verdict: choice.verdict, label: choice.label, phase: "asking", message: _("{said} Override?", { said: standing.text }), undoUntil: 0,
  });
  show();
}

export function undo() {
  const answer = detail && given.get(detail.alert_id);
  if (answer && answer.undoUntil > Date.now() && answer.verdict !== "withdrawn") give("withdrawn", _("Taken back"), false);
}

// A new picture of the opened alert; null while none is shown.
export function observe(shown) {
  detail = shown;
  show();
}

export function startAnswering(next) {
  onNext = next;
  for (const button of document.querySelectorAll(".verdict-button")) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      answerWith(button.dataset.choice);
    });
  }
  place("undo").addEventListener("click", undo);
  place("keep").addEventListener("click", () => { given.delete(detail.alert_id); show(); });
  place("override").addEventListener("click", () => {
    const { verdict, label } = given.get(detail.alert_id);
    give(verdict, label, true);
  });
  // Whoever touches anything after the answer has moved, and is not sent on.
  for (const kind of ["pointerdown", "keydown", "wheel", "touchstart"]) {
    addEventListener(kind, () => { for (const answer of given.values()) answer.moved = true; }, { passive: true });
  }
  setInterval(() => {
    show();
    const answer = detail && given.get(detail.alert_id);
    if (!answer || answer.undoUntil === 0 || answer.undoUntil > Date.now()) return;
    answer.undoUntil = 0;
    if (!answer.moved && answer.phase === "learned") onNext(detail.alert_id);
  }, 250);
}
