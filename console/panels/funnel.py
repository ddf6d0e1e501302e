"""The funnel of the last hour: how many visits came to each step, beside a week before."""

from collections.abc import Sequence
from dataclasses import dataclass

from console.language import N_, _
from console.query import Query
from console.wording import count, percent

__all__ = ["FUNNEL", "FunnelRow", "FunnelStep", "funnel"]

STEPS = {
    "view": N_("Visit"),
    "product": N_("Product"),
    "add_to_cart": N_("Cart"),
    "checkout": N_("Checkout"),
    "pay": N_("Pay"),
}
WORTH_A_WORD = 0.2
"""A rate that is off by a fifth of the usual one gets a word, if enough visits stand behind it."""

ENOUGH = 30
"""Visits to a step below which its rate is mostly chance. Both chosen, not tuned."""


@dataclass(frozen=True)
class FunnelRow:
    """Visits that came to a step in the last finished hour, and in the same hour a week before."""

    action: str
    visits: int
    usual: int


FUNNEL = Query("funnel", FunnelRow, every_seconds=2)


@dataclass(frozen=True)
class FunnelStep:
    """A bar. `bar` and `tick` are shares of the first step in per cent; `word` compares this step's rate."""

    step: str
    label: str
    visits: str
    rate: str
    bar: str
    tick: str
    word: str
    level: str


def funnel(rows: Sequence[FunnelRow]) -> tuple[FunnelStep, ...]:
    """Write five bars; none where no visit is known.

    The bar is the share of visits that came so far, the tick the usual share. The word judges the way from
    the step before, so that one broken step is named and not all after it.
    """
    found = {row.action: row for row in rows}
    first = found.get("view")
    if first is None or not first.visits:
        return ()
    before: FunnelRow | None = None
    steps = []
    for action, label in STEPS.items():
        row = found.get(action) or FunnelRow(action, 0, 0)
        tick = share(row.usual, first.usual)
        word, worse = compared(row, before)
        steps.append(
            FunnelStep(
                step=action,
                label=_(label),
                visits=count(row.visits),
                rate=percent(share(row.visits, first.visits), 0),
                bar=f"{100 * min(1.0, row.visits / first.visits):.1f}%",
                tick="" if tick is None else f"{100 * min(1.0, tick):.1f}%",
                word=word,
                level="soon" if worse else "",
            )
        )
        before = row
    return tuple(steps)


def share(part: float, whole: float) -> float | None:
    """Divide, unless there is nothing to divide by."""
    return part / whole if whole else None


def compared(row: FunnelRow, before: FunnelRow | None) -> tuple[str, bool]:
    """Compare the rate from the step before with the usual one: in words, and whether it is worse."""
    if before is None or before.visits < ENOUGH or before.usual < ENOUGH:
        return "", False
    rate, usual = row.visits / before.visits, row.usual / before.usual
    if not usual or abs(rate / usual - 1) < WORTH_A_WORD:
        return "", False
    figures = {"rate": percent(rate, 0), "usual": percent(usual, 0)}
    if rate < usual:
        return _("↓ {rate} go on, usually {usual}: worse", **figures), True
    return _("↑ {rate} go on, usually {usual}: better", **figures), False
