"""The page `docs/series.md`: every series, for people."""

from collections.abc import Iterable

from detectors.series.declaration import Series

__all__ = ["series_page"]

HEAD = """# Series

This page is written by `make schemas` from `detectors/series/table.py`; do not edit it.
`tillwatch metrics list` and `tillwatch metrics show NAME` say the same.

Each series has a count of events and a total per minute of event time, on the topic `metrics` (cumulative
per input partition, the last word counts, [topics.md](topics.md)) and in ClickHouse. What judges them:
**sales** and **figures** hold finished minutes of a store and of the chain against what is usual at that
time of the week; **checkout** holds clicks on pay against payments; **stock** looks at levels and counts;
**cases** at single payments. A false finding costs a budget: so many a day each, in all stores together.
"""

COLUMNS = (
    "series", "is", "unit", "from", "by", "bad", "watched by", "false a day", "rhythm", "course", "owner",
)  # fmt: skip


def series_page(series: Iterable[Series]) -> str:
    """Write the page."""
    rows = [f"| {' | '.join(COLUMNS)} |", "|" + "---|" * len(COLUMNS)]
    return "\n".join([HEAD, *rows, *(row(one) for one in series)]) + "\n"


def row(one: Series) -> str:
    """Write the line of one series."""
    judged = {"sales", "figures"} & set(one.watchers)
    cells = (
        f"`{one.name}`", one.meaning, one.unit, f"`{one.source}`", ", ".join(one.dimensions), one.bad or "–",
        ", ".join(one.watchers) or "–", f"{one.false_per_day:g}" if judged else "–",
        "own" if one.rhythm == one.name else one.rhythm or "–", one.expected or "–", one.owner,
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"
