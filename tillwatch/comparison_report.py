"""A comparison of two scorings, for people and for programs."""

from dataclasses import dataclass

import orjson
from rich.console import Console
from rich.table import Table

from detectors.comparison import Comparison, Labelled, Moved
from schemas.generation import Generation
from streams.score_pairs import BothScored

__all__ = ["ComparisonReport"]

FILE_WIDTH = 120
VERDICTS = {-1: "", 0: "genuine", 1: "fraud"}


@dataclass(frozen=True)
class ComparisonReport:
    """What `compare` says.

    Parameters
    ----------
    generation
        The reprocess.
    both, found
        What was read, and how it differs.
    budget
        Payments a day.
    fair
        Of one chosen model: the same over payments from when it became valid. It has learnt from earlier
        ones, so it knows them with hindsight.

    """

    generation: Generation
    both: BothScored
    budget: int
    found: Comparison
    fair: Comparison | None

    @property
    def with_hindsight(self) -> int:
        """Payments that the chosen model may have learnt from."""
        return 0 if self.fair is None else self.found.payments - self.fair.payments

    def as_json(self) -> str:
        """Write everything as one line of JSON."""
        both, found, fair = self.both, self.found, self.fair
        return orjson.dumps(
            {
                "name": self.generation.name,
                "generation": self.generation.number,
                "model_version": self.generation.model_version,
                "payments": found.payments,
                "only_live": both.only_live,
                "only_reprocessed": both.only_other,
                "dispositions_differ": both.dispositions_differ,
                "gaps": both.gaps,
                "same_score": found.same_score,
                "decisions_changed": found.decisions_changed,
                "decisions_changed_share": found.decisions_changed_share,
                "newly_reviewed": found.newly_reviewed,
                "no_longer_reviewed": found.no_longer_reviewed,
                "mean_difference": found.mean_difference,
                "mean_absolute_difference": found.mean_absolute_difference,
                "difference_quantiles": {f"{share:g}": value for share, value in found.difference_quantiles},
                "days": [day._asdict() for day in found.days],
                "budget_per_day": self.budget,
                "live": labelled_json(found.live),
                "reprocessed": labelled_json(found.other),
                "with_hindsight": self.with_hindsight,
                "live_without_hindsight": None if fair is None else labelled_json(fair.live),
                "reprocessed_without_hindsight": None if fair is None else labelled_json(fair.other),
                "moved": [moved._asdict() for moved in found.moved],
            }
        ).decode()

    def show(self) -> None:
        """Print everything as plain tables."""
        console = Console()
        if not console.is_terminal:
            console.width = FILE_WIDTH
        model = self.generation.model_version or "the model that was valid at the time"
        console.print(
            f"{self.generation.name}: generation {self.generation.number}, {model}", highlight=False
        )
        console.print(overview(self.both, self.found))
        if self.fair is None:
            console.print(by_label("By the labels known so far", self.found, self.budget))
        else:
            title = f"By the labels known so far, with hindsight of {self.with_hindsight:,} payments"
            console.print(by_label(title, self.found, self.budget))
            console.print(by_label("The same without those", self.fair, self.budget))
        console.print(differences(self.found))
        console.print(by_day(self.found))
        if self.found.moved:
            console.print(farthest(self.found.moved))


def labelled_json(found: Labelled) -> dict[str, object]:
    """Give the figures of one scoring."""
    return {**found._asdict(), "precision_at_budget": found.precision_at_budget}


def overview(both: BothScored, found: Comparison) -> Table:
    """Say how many payments, and of how many the decision changed."""
    table = Table("payments in both", f"{found.payments:,}", box=None, title="Compared", title_justify="left")
    for name, figure in {
        "same score": f"{found.same_score:,}",
        "decision changed": f"{found.decisions_changed:,} ({found.decisions_changed_share:.2%})",
        "newly reviewed": f"{found.newly_reviewed:,}",
        "no longer reviewed": f"{found.no_longer_reviewed:,}",
        "taken differently": f"{both.dispositions_differ:,}",
        "in one only (must be 0)": f"{both.only_live + both.only_other:,}",
        "missing (must be 0)": f"{both.gaps:,}",
    }.items():
        table.add_row(name, figure)
    return table


def by_label(title: str, found: Comparison, budget: int) -> Table:
    """Lay what labels say about both side by side."""
    table = Table("", "live", "reprocessed", box=None, title=title, title_justify="left")
    both = (found.live, found.other)
    table.add_row("labelled payments", *(f"{one.payments:,}" for one in both))
    table.add_row("of these fraud", *(f"{one.frauds:,}" for one in both))
    table.add_row(
        "average precision", *(f"{one.average_precision:.3f}" if one.frauds else "-" for one in both)
    )
    table.add_row(f"highest {budget:,} of each day", *(f"{one.within_budget:,}" for one in both))
    table.add_row("  labelled", *(f"{one.within_budget_labelled:,}" for one in both))
    table.add_row("  fraud", *(f"{one.within_budget_frauds:,}" for one in both))
    shares = [one.precision_at_budget for one in both]
    table.add_row("  precision", *("-" if share is None else f"{share:.3f}" for share in shares))
    return table


def differences(found: Comparison) -> Table:
    """Show how far scores moved: reprocessed less live."""
    heads = [f"{share:.0%}" for share, _ in found.difference_quantiles]
    title = (
        f"Score differences, mean {found.mean_difference:+.4f}, "
        f"without sign {found.mean_absolute_difference:.4f}"
    )
    table = Table(*heads, box=None, title=title, title_justify="left")
    if heads:
        table.add_row(*(f"{value:+.4f}" for _, value in found.difference_quantiles))
    return table


def by_day(found: Comparison) -> Table:
    """Count payments at the threshold or above, day by day."""
    heads = ("day (UTC)", "payments", "live", "reprocessed")
    table = Table(*heads, box=None, title="Alerts per day", title_justify="left")
    for day in found.days:
        table.add_row(f"{day.day}", f"{day.payments:,}", f"{day.live:,}", f"{day.other:,}")
    return table


def farthest(moved: tuple[Moved, ...]) -> Table:
    """Name the payments that moved farthest."""
    heads = ("event", "made (UTC)", "minor units", "live", "reprocessed", "review", "label")
    table = Table(*heads, box=None, title="Farthest moved", title_justify="left")
    for one in moved:
        table.add_row(
            one.event_id,
            f"{one.occurred_at:%Y-%m-%d %H:%M}",
            f"{one.amount_minor:,}",
            f"{one.live:.4f}",
            f"{one.other:.4f}",
            f"{'yes' if one.live_reviewed else 'no'} > {'yes' if one.other_reviewed else 'no'}",
            VERDICTS[one.verdict],
        )
    return table
