// A stretch dragged over the line of a tile, in whole steps of the line. A finger scrolls the page.
import { LEAST_DRAG } from "./range.js";

// choose(from, until) gets seconds since 1970.
export function offerTileDrags(tiles, choose) {
  for (const line of tiles.querySelectorAll(".sparkline")) {
    const { width, height } = line.viewBox.baseVal;
    const mark = document.createElementNS(line.namespaceURI, "rect");
    mark.setAttribute("class", "dragged");
    mark.setAttribute("height", height);
    line.append(mark);
    let from = null;

    const share = (event) => {
      const box = line.getBoundingClientRect();
      return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    };
    const show = (to) => {
      mark.setAttribute("x", width * Math.min(from ?? 0, to));
      mark.setAttribute("width", from === null ? 0 : width * Math.abs(to - from));
    };
    const moment = (at) => {
      const [first, last, step] = [tiles.dataset.first, tiles.dataset.last, tiles.dataset.step].map(Number);
      return first + step * Math.round((at * (last - first)) / step);
    };

    line.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "touch" || event.button !== 0) return;
      event.preventDefault();
      line.setPointerCapture(event.pointerId);
      from = share(event);
    });
    line.addEventListener("pointermove", (event) => from !== null && show(share(event)));
    line.addEventListener("pointerup", (event) => {
      if (from === null) return;
      const [left, right] = [from, share(event)].sort((one, other) => one - other);
      from = null;
      show(0);
      if ((right - left) * line.getBoundingClientRect().width >= LEAST_DRAG) choose(moment(left), moment(right) + Number(tiles.dataset.step));
    });
    line.addEventListener("pointercancel", () => {
      from = null;
      show(0);
    });
  }
}
