// A chart as a picture: its canvas with title, range, key and the page's background, as a PNG to keep.
// A link to a blob is a download and no image of the page, so the content policy stays as it is.
import { _ } from "./language.js";

const EDGE = 16;
const LINE = 20;
const NOT_NARROWING = new Set(["range", "compare", "from", "until"]);

function style(element, part = null) {
  return getComputedStyle(element, part);
}

// "Tue 3 Mar 2026, 09:00 to 21:00": from and until in seconds since 1970.
export function rangeText(from, until, zone) {
  const date = (at) => new Date(at * 1000).toLocaleDateString("en-GB", {
    weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: zone,
  }).replace(",", "");
  const time = (at) => new Date(at * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone });
  const end = date(from) === date(until) ? time(until) : `${date(until)}, ${time(until)}`;
  return _("{begin} to {end}", { begin: `${date(from)}, ${time(from)}`, end });
}

export function fileName(title, range) {
  const words = `${title} ${range}`.toLowerCase().normalize("NFKD").replace(/:/g, "");
  return `${words.replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 120)}.png`;
}

// Each sort of line as its key on the page shows it.
function drawKeys(pen, keys, top, width) {
  let left = EDGE;
  let line = top;
  for (const key of keys) {
    const text = key.textContent;
    const needed = pen.measureText(text).width + 44;
    if (left > EDGE && left + needed > width - EDGE) [left, line] = [EDGE, line + LINE];
    const swatch = style(key, "::before");
    const edge = parseFloat(swatch.borderTopWidth) || 0;
    pen.save();
    pen.globalAlpha = Number(swatch.opacity);
    if (edge > 0) {
      pen.strokeStyle = swatch.borderTopColor;
      pen.lineWidth = edge;
      pen.setLineDash(swatch.borderTopStyle === "solid" ? [] : [4, 3]);
      pen.beginPath();
      pen.moveTo(left, line - 4);
      pen.lineTo(left + 20, line - 4);
      pen.stroke();
    } else {
      const plain = swatch.backgroundImage === "none";
      pen.fillStyle = plain ? swatch.backgroundColor : style(document.documentElement).getPropertyValue("--missing").trim();
      const wide = swatch.display === "none" ? 0 : Math.min(20, parseFloat(swatch.width));
      for (let at = 0; at < wide; at += plain ? 20 : 5) pen.fillRect(left + at, line - 9, plain ? wide : 2, 10);
    }
    pen.restore();
    pen.fillText(text, left + 26, line);
    left += needed;
  }
  return line;
}

// The flags lie over the canvas and are no part of it.
function drawFlags(pen, figure, canvas, top) {
  const origin = canvas.getBoundingClientRect();
  for (const flag of figure.querySelectorAll(".flag")) {
    const box = flag.getBoundingClientRect();
    pen.fillStyle = style(flag).color;
    pen.font = style(flag).font;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(flag.textContent, EDGE + box.left - origin.left + box.width / 2, top + box.top - origin.top + box.height / 2);
  }
}

function painted(figure, canvas, title, range) {
  // What the canvas itself has words for needs no key.
  const keys = [...figure.querySelectorAll(".key:not(.began, .noticed)")];
  const page = style(document.documentElement);
  const paint = (name) => page.getPropertyValue(name).trim();
  const family = style(document.body).fontFamily;
  const top = EDGE + 48;
  const [wide, high] = [canvas.clientWidth, canvas.clientHeight];
  const width = wide + 2 * EDGE;
  const picture = document.createElement("canvas");
  const pen = picture.getContext("2d");
  pen.font = `13px ${family}`;
  const keyTop = top + high + LINE;
  const last = drawKeys(pen, keys, keyTop, width); // measured first: a canvas that changes its size is empty
  picture.width = width * devicePixelRatio;
  picture.height = (last + EDGE) * devicePixelRatio;
  pen.scale(devicePixelRatio, devicePixelRatio);
  pen.fillStyle = paint("--panel");
  pen.fillRect(0, 0, width, last + EDGE);
  pen.fillStyle = paint("--ink");
  pen.font = `600 16px ${family}`;
  pen.fillText(title, EDGE, EDGE + 14, wide);
  pen.fillStyle = paint("--ink-2");
  pen.font = `13px ${family}`;
  pen.fillText(range, EDGE, EDGE + 36, wide);
  drawKeys(pen, keys, keyTop, width);
  pen.drawImage(canvas, EDGE, top, wide, high);
  drawFlags(pen, figure, canvas, top);
  return picture;
}

// What the page is narrowed to: a part's figures must not pass for the whole's.
export function narrowed() {
  const fields = [...(document.getElementById("chips")?.elements ?? [])];
  const chosen = fields.filter((field) => field.name && field.value && !NOT_NARROWING.has(field.name));
  return chosen.map((field) => field.selectedOptions?.[0].text ?? field.value);
}

export function keep(picture, name) {
  picture.toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000); // some browsers read it after the click
  }, "image/png");
}

// Buttons name their title by id; the chart leaves its range at its place.
export function offerPictures() {
  for (const button of document.querySelectorAll("[data-picture]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const figure = button.closest("figure");
      const canvas = figure.querySelector("canvas");
      if (canvas === null) return;
      const title = document.getElementById(button.dataset.picture).textContent.trim();
      const range = [figure.querySelector("[data-range]").dataset.range, ...narrowed()].join(", ");
      keep(painted(figure, canvas, title, range), fileName(title, range));
    });
  }
}
