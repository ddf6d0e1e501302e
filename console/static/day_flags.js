// Flags: on the time axis where alerts began, above the day what was said to happen. Those that would cover
// each other become one with a number.

const ORDER = { now: 0, silent: 1, soon: 2, ended: 3 };
const TOUCH = matchMedia("(pointer: coarse), (max-width: 639px)");

// How far apart two are at least; half of it is kept from the chart's edges.
const apart = () => (TOUCH.matches ? 46 : 28);

function grouped(plot, flags) {
  const groups = [];
  for (const flag of flags) {
    const left = plot.valToPos(flag.at, "x");
    const last = groups.at(-1);
    if (last && left - last.left < apart()) last.flags.push(flag);
    else groups.push({ left, flags: [flag] });
  }
  return groups;
}

// One element of this sort for each group, at its place, with the words of all its flags.
function draw(plot, flags, selector, make, finish) {
  const groups = grouped(plot, flags);
  const places = [...plot.over.querySelectorAll(selector)];
  groups.forEach((group, index) => {
    const element = places[index] ?? plot.over.appendChild(make());
    const words = group.flags.map((flag) => flag.text);
    element.title = words.join("\n");
    element.setAttribute("aria-label", words.join("; "));
    element.style.left = `${Math.min(Math.max(group.left, apart() / 2), plot.over.clientWidth - apart() / 2)}px`;
    finish(element, group.flags);
  });
  places.slice(groups.length).forEach((element) => element.remove());
}

const numbered = (icon, flags) => icon + (flags.length > 1 ? String(flags.length) : "");

export function drawFlags(plot, flags) {
  const make = () => Object.assign(document.createElement("a"), { className: "flag" });
  draw(plot, flags, "a.flag", make, (element, group) => {
    const worst = [...group].sort((one, other) => ORDER[one.level] - ORDER[other.level])[0];
    element.href = worst.address;
    element.dataset.level = worst.level;
    element.textContent = numbered(worst.icon, group);
  });
}

// say(words) for the one that is pointed at, tapped or reached by Tab; say(null) after it.
export function drawTold(plot, told, say) {
  const make = () => {
    const element = Object.assign(document.createElement("button"), { type: "button", className: "flag told" });
    for (const kind of ["pointerenter", "focus", "click"]) element.addEventListener(kind, () => say(element.getAttribute("aria-label")));
    for (const kind of ["pointerleave", "blur"]) element.addEventListener(kind, () => say(null));
    return element;
  };
  draw(plot, told, ".told", make, (element, group) => { element.textContent = numbered(group[0].icon, group); });
}
