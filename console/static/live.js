// The stream of pictures, and what to say when it stops.
import { _ } from "./language.js";

const SILENT_MS = 10_000;
const RETRY_MS = 5_000;

const live = document.getElementById("live");
// A page of a range that is over stands still, however live its stream is.
const WORDS = { live: "paused" in document.body.dataset ? _("Paused") : _("Live"), loading: _("Loading"), stale: _("No news") };
const MARKS = { live: "paused" in document.body.dataset ? "‖" : "●", loading: "●", stale: "▨" };
let source = null;
let lastNews = Date.now();
let lastPicture = null;

function announce(state) {
  live.hidden = false;
  live.dataset.state = state;
  live.firstChild.textContent = `${WORDS[state]} `;
  live.lastElementChild.textContent = MARKS[state];
}

function timeOf(picture) {
  const options = { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false };
  return new Date(picture.taken_at).toLocaleTimeString("en-GB", { ...options, timeZone: picture.clock.zone });
}

// The same words as the server's, for the case that the server itself is away.
function withoutNews(picture) {
  const sentence = _("No data since {since}, last figures shown. The console does not answer.", { since: timeOf(picture) });
  const status = { level: "missing", icon: "▨", sentence, age: "", progress: null, address: "" };
  return { ...picture, state: "stale", status };
}

async function reconnectOrLogIn(show, from) {
  // EventSource gives up on an answer that is not a stream; find out which.
  try {
    const answer = await fetch(from.api);
    if (answer.status in from.leave) return location.assign(from.leave[answer.status]);
  } catch {
    // The server is away; try again.
  }
  setTimeout(() => open(show, from), RETRY_MS);
}

function open(show, from) {
  source?.close();
  source = new EventSource(`${from.api}/stream${from.query}`);
  source.addEventListener("now", (event) => {
    lastNews = Date.now();
    lastPicture = JSON.parse(event.data);
    announce(lastPicture.state === "waiting" ? "stale" : lastPicture.state);
    show(lastPicture);
  });
  source.addEventListener("logged-out", () => location.assign("/login"));
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) reconnectOrLogIn(show, from);
  });
}

// from.leave: where to go when the server answers with this status.
export function follow(show, place = {}) {
  const from = { api: "/api/v1/now", query: document.body.dataset.query ?? location.search, leave: { 401: "/login" }, ...place };
  open(show, from);
  setInterval(() => {
    if (Date.now() - lastNews < SILENT_MS) return;
    announce("stale");
    if (lastPicture !== null) show(withoutNews(lastPicture));
  }, 1_000);
}
