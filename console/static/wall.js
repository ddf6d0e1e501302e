// The wall: the Now page for a screen that nobody touches. It comes back alone, and stands still nowhere.
import { fillPage } from "./bindings.js";
import { fillRows } from "./rows.js";
import { dayChart } from "./day_chart.js";
import { follow } from "./live.js";
import { _ } from "./language.js";

const SHIFT_MS = 60_000;
const SHIFTS = [[0, 0], [3, 0], [3, 3], [0, 3], [-3, 3], [-3, 0], [-3, -3], [0, -3], [3, -3]];
const BEEP_SECONDS = 0.4;

const chart = dayChart(document.getElementById("day-chart"), document.getElementById("day-reading"));
const sound = document.getElementById("sound");
let speaker = null;
let urgent = null;

// A sound only for what needs somebody now, and only where somebody turned it on.
function beep() {
  if (speaker === null) return;
  const tone = speaker.createOscillator();
  tone.frequency.value = 660;
  tone.connect(speaker.destination);
  tone.start();
  tone.stop(speaker.currentTime + BEEP_SECONDS);
}

function listen(rail) {
  const now = new Set(rail.alerts.filter((alert) => alert.level === "now").map((alert) => alert.sentence));
  if (urgent !== null && [...now].some((sentence) => !urgent.has(sentence))) beep();
  urgent = now;
}

sound.addEventListener("click", () => {
  if (speaker === null) speaker = new AudioContext();
  else {
    speaker.close();
    speaker = null;
  }
  sound.setAttribute("aria-pressed", String(speaker !== null));
  sound.textContent = speaker === null ? _("Sound off") : _("Sound on");
  beep();
});

// Against burn-in: a few pixels every minute.
if (!matchMedia("(prefers-reduced-motion: reduce)").matches) {
  let step = 0;
  setInterval(() => {
    step = (step + 1) % SHIFTS.length;
    document.getElementById("main").style.transform = `translate(${SHIFTS[step].map((by) => `${by}px`).join(",")})`;
  }, SHIFT_MS);
}

follow(
  (now) => {
    // another start of the console: its page may be a newer one
    if (now.build !== document.body.dataset.build) return location.reload();
    fillPage(now);
    fillRows(now);
    chart.show(now.day, now.notes.day);
    listen(now.rail);
  },
  { api: location.pathname, leave: { 404: location.href } },
);
