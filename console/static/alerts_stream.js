// The stream of what changed on the Alerts page, and what to say when it stops.
import { _ } from "./language.js";

const SILENT_MS = 10_000;
const RETRY_MS = 5_000;

const live = document.getElementById("live");
let source = null;
let lastNews = Date.now();
let picture = {};

function announce(state) {
  live.hidden = false;
  live.dataset.state = state;
  live.firstChild.textContent = `${state === "live" ? _("Live") : _("No news")} `;
  live.lastElementChild.textContent = state === "live" ? "●" : "▨";
}

// The same words as the server's, for the case that the server itself is away.
function withoutNews() {
  const options = { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false, timeZone: picture.clock.zone };
  const since = new Date(picture.taken_at).toLocaleTimeString("en-GB", options);
  const sentence = _("No data since {since}, last alerts shown. The console does not answer.", { since });
  return { ...picture, state: "stale", trouble: { level: "missing", icon: "▨", sentence } };
}

async function reconnectOrLogIn(address, show) {
  // EventSource gives up on an answer that is not a stream; find out which.
  try {
    const answer = await fetch("/api/v1/alerts");
    if (answer.status === 401) return location.assign("/login");
  } catch {
    // The server is away; try again.
  }
  setTimeout(() => source?.url.endsWith(address) && follow(address, show), RETRY_MS);
}

// Follow what one address shows; the stream before ends.
export function follow(address, show) {
  source?.close();
  const stream = (source = new EventSource(address));
  stream.addEventListener("alerts", (event) => {
    if (stream !== source) return;
    lastNews = Date.now();
    picture = { ...picture, ...JSON.parse(event.data) };
    announce(picture.state);
    show(picture);
  });
  stream.addEventListener("logged-out", () => location.assign("/login"));
  stream.addEventListener("error", () => {
    if (stream === source && stream.readyState === EventSource.CLOSED) reconnectOrLogIn(address, show);
  });
}

export function noticeSilence(show) {
  setInterval(() => {
    if (Date.now() - lastNews < SILENT_MS) return;
    announce("stale");
    if (picture.clock) show(withoutNews());
  }, 1_000);
}
