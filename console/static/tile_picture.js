// A tile as a picture: its title, its figure and what that is of, its line, its change, and of when and what it is.
import { fileName, keep, narrowed } from "./picture.js";

const WIDTH = 360;
const EDGE = 16;
const LINE_HIGH = 56;
const LINES = [["band", null], ["before", [3, 3]], ["actual", []]];

function drawLine(pen, svg, top, paint) {
  const { width, height } = svg.viewBox.baseVal;
  const stretch = new DOMMatrix().translate(EDGE, top).scale((WIDTH - 2 * EDGE) / width, LINE_HIGH / height);
  for (const [name, dash] of LINES) {
    const path = new Path2D();
    path.addPath(new Path2D(svg.querySelector(`.${name}`).getAttribute("d") ?? ""), stretch);
    pen.fillStyle = paint("--band");
    pen.strokeStyle = paint(name === "actual" ? "--ink" : "--ink-3");
    pen.lineWidth = name === "actual" ? 2 : 1;
    if (dash === null) pen.fill(path);
    else {
      pen.setLineDash(dash);
      pen.stroke(path);
    }
  }
}

export function keepTile(tile, about) {
  const page = getComputedStyle(document.documentElement);
  const paint = (name) => page.getPropertyValue(name).trim();
  const family = getComputedStyle(document.body).fontFamily;
  const said = (selector) => tile.querySelector(selector).innerText.replace(/\s+/g, " ").trim();
  const range = [about, ...narrowed()].join(", ");
  const texts = [
    [said("h2"), 36, `600 16px ${family}`, "--ink-2"], [said(".figure"), 78, `600 36px ${family}`, "--ink"],
    [[said(".detail"), said(".badge-line")].filter(Boolean).join(", "), 102, `13px ${family}`, "--ink-3"],
    [said(".against"), 196, `13px ${family}`, "--ink-2"], [range, 218, `13px ${family}`, "--ink-3"],
  ];
  const picture = document.createElement("canvas");
  [picture.width, picture.height] = [WIDTH * devicePixelRatio, 234 * devicePixelRatio];
  const pen = picture.getContext("2d");
  pen.scale(devicePixelRatio, devicePixelRatio);
  pen.fillStyle = paint("--panel");
  pen.fillRect(0, 0, WIDTH, 234);
  for (const [text, bottom, font, colour] of texts) {
    [pen.font, pen.fillStyle] = [font, paint(colour)];
    pen.fillText(text, EDGE, bottom, WIDTH - 2 * EDGE);
  }
  drawLine(pen, tile.querySelector(".sparkline"), 114, paint);
  keep(picture, fileName(said("h2"), range));
}
