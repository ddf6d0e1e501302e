// What the forms of a silence and of a hold say: when it ends, at which hours it holds, and what it would have hidden.
import { _ } from "./language.js";

const FOUR_WEEKS = "672"; // hours

let morning = "";
let asked = 0;

// Tomorrow's eight o'clock of the stores, as the newest picture says.
export function observeMorning(moment) {
  morning = moment;
}

function endOf({ end, time }) {
  if (end.value === "morning") return { until: morning };
  return end.value === "time" ? { until: time.value } : { hours: Number(end.value) };
}

function weeklyOf({ again, day, begins, ends }) {
  if (!again?.checked) return null;
  const weekdays = [...day].filter((one) => one.checked).map((one) => Number(one.value));
  return { weekdays, begins: begins.value, ends: ends.value };
}

export function termOf(form) {
  const weekly = weeklyOf(form.elements);
  return { ...endOf(form.elements), ...weekly && { weekly } };
}

// Ask only for what is wanted; also after the form was reset.
export function askForTerm(form) {
  const { end, time, again } = form.elements;
  const weekly = form.querySelector(".weekly");
  const often = again?.checked ?? false;
  for (const option of end.querySelectorAll("[data-weekly]")) option.disabled = option.hidden = !often;
  if (weekly?.hidden && often) end.value = FOUR_WEEKS; // an hour of it is meant by nobody
  if (end.selectedOptions[0]?.disabled) end.value = FOUR_WEEKS;
  time.required = end.value === "time";
  time.closest("label").hidden = !time.required;
  if (weekly) weekly.hidden = weekly.disabled = !often;
}

// Say what a silence about some alerts would have hidden; of several questions only the last one is answered.
export async function foretell(form, alertIds) {
  const place = form.querySelector(".would-hide");
  const mine = (asked += 1);
  const query = new URLSearchParams(alertIds.map((id) => ["alert", id]));
  const weekly = weeklyOf(form.elements);
  if (weekly) for (const [name, value] of Object.entries(weekly)) query.set(name, value);
  let text = _("What it would have hidden is not known.");
  try {
    const answer = await fetch(`/api/v1/alerts/would-hide?${query}`);
    const said = await answer.json();
    text = answer.ok ? said.text : said.detail;
  } catch {
    // the console is away, and says so elsewhere
  }
  if (mine === asked) place.textContent = text;
}
