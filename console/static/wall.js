// The wall: the Now page for a screen that nobody touches. It comes back alone, and stands still nowhere.
import { fillPage } from "./bindings.js";
import { fillRows } from "./rows.js";
import { dayChart } from "./day_chart.js";
import { follow } from "./live.js";
import { _ } from "./language.js";

const SHIFT_MS = 60_000;
const SHIFTS = [[0, 0], [3, 0], [3, 3], [0, 3], [-3, 3], [-3, 0], [-3, -3], [0, -3], [3, -3]];
const BEEP_SECONDS = 0.4;
const KEPT = "tillwatch-wall-sound";

const chart = dayChart(document.getElementById("day-chart"), document.getElementById("day-reading"));
const sound = document.getElementById("sound");
let speaker = null;
let urgent = null; // the alerts that were to be acted on a picture ago

// A sound only for what needs somebody now, and only where somebody turned it on.
function beep() {
  if (speaker === null) return;
  const tone = speaker.createOscillator();
  tone.frequency.value = 660;
  tone.connect(speaker.destination);
  tone.start();
  tone.stop(speaker.currentTime + BEEP_SECONDS);
}

// By what they are and not by what they say: a sentence has new figures every minute.
function listen(rail) {
  const now = new Set(rail.urgent);
  if (urgent !== null && [...now].some((alert) => !urgent.has(alert))) beep();
  urgent = now;
}

function say() {
  sound.setAttribute("aria-pressed", String(speaker !== null));
  if (speaker === null) sound.textContent = _("Sound off");
  else sound.textContent = speaker.state === "running" ? _("Sound on") : _("Sound waits for a press");
}

function turnOn() {
  speaker = new AudioContext();
  speaker.addEventListener("statechange", say); // a browser may want a press before a page makes itself heard
  say();
}

function keep(on) {
  try {
    localStorage.setItem(KEPT, on ? "on" : "off");
  } catch {
    // This browser keeps nothing: the sound is off again when the page comes back.
  }
}

function wasOn() {
  try {
    return localStorage.getItem(KEPT) === "on";
  } catch {
    return false;
  }
}

if (wasOn()) turnOn(); // the page comes back alone after a restart or an upgrade, and so does its sound
sound.addEventListener("click", async () => {
  if (speaker === null) turnOn();
  else if (speaker.state === "running") {
    speaker.close();
    speaker = null;
  }
  await speaker?.resume();
  keep(speaker !== null);
  say();
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
