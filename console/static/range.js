// A stretch dragged over a chart, and how an address names it.

export const LEAST_DRAG = 8;

// For uPlot's setSelect: choose(from, until), in seconds since 1970.
export function dragged(choose) {
  return ({ select, posToVal }) => {
    if (select.width >= LEAST_DRAG) choose(posToVal(select.left, "x"), posToVal(select.left + select.width, "x"));
  };
}

// The query of an address with this range, in whole minutes, instead of the one that it has.
export function withRange(search, from, until) {
  const query = new URLSearchParams(search);
  query.delete("range");
  const minute = (seconds, round) => new Date(round(seconds / 60) * 60_000).toISOString().replace(".000Z", "Z");
  query.set("from", minute(from, Math.floor));
  query.set("until", minute(until, Math.ceil));
  return query;
}
