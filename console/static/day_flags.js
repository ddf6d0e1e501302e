// Flags on the time axis: where alerts began. Those that would cover each other become one with a number.

const ORDER = { now: 0, silent: 1, soon: 2, ended: 3 };
const TOUCH = matchMedia("(pointer: coarse), (max-width: 639px)");

function grouped(plot, flags) {
  const apart = TOUCH.matches ? 46 : 28;
  const groups = [];
  for (const flag of flags) {
    const left = plot.valToPos(flag.at, "x");
    const last = groups.at(-1);
    if (last && left - last.left < apart) last.flags.push(flag);
    else groups.push({ left, flags: [flag] });
  }
  return groups;
}

function fill(element, { left, flags }, width) {
  const worst = [...flags].sort((one, other) => ORDER[one.level] - ORDER[other.level])[0];
  const many = flags.length > 1 ? String(flags.length) : "";
  element.href = worst.address;
  element.dataset.level = worst.level;
  element.title = flags.map((flag) => flag.text).join("\n");
  element.setAttribute("aria-label", flags.map((flag) => flag.text).join("; "));
  element.textContent = worst.icon + many;
  element.style.left = `${Math.min(Math.max(left, 0), width)}px`;
}

export function drawFlags(plot, flags) {
  const groups = grouped(plot, flags);
  const places = [...plot.over.querySelectorAll(".flag")];
  groups.forEach((group, index) => {
    const element = places[index] ?? plot.over.appendChild(Object.assign(document.createElement("a"), { className: "flag" }));
    fill(element, group, plot.over.clientWidth);
  });
  places.slice(groups.length).forEach((element) => element.remove());
}
