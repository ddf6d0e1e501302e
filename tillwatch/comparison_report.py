"""A comparison of two scorings, for people and for programs."""

import orjson
from rich.console import Console
from rich.table import Table

from detectors.comparison import Comparison, Labelled, Moved
from schemas.generation import Generation
from streams.score_pairs import BothScored

__all__ = ["comparison_json", "comparison_tables"]

FILE_WIDTH = 120
VERDICTS = {-1: "", 0: "genuine", 1: "fraud"}


def comparison_json(generation: Generation, both: BothScored, found: Comparison, budget: int) -> str:
    """Write everything as one line of JSON."""
    return orjson.dumps(
        {
            "name": generation.name,
            "generation": generation.number,
            "model_version": generation.model_version,
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
            "budget_per_day": budget,
            "live": labelled_json(found.live),
            "reprocessed": labelled_json(found.other),
            "moved": [moved._asdict() for moved in found.moved],
        }
    ).decode()


def labelled_json(found: Labelled) -> dict[str, object]:
    """Give the figures of one scoring."""
    return {**found._asdict(), "precision_at_budget": found.precision_at_budget}


def comparison_tables(generation: Generation, both: BothScored, found: Comparison, budget: int) -> None:
    """Print everything as plain tables."""
    console = Console()
    if not console.is_terminal:
        console.width = FILE_WIDTH
    model = generation.model_version or "the model that was valid at the time"
    console.print(f"{generation.name}: generation {generation.number}, {model}", highlight=False)
    console.print(overview(both, found))
    console.print(by_label(found, budget))
    console.print(differences(found))
    console.print(by_day(found))
    if found.moved:
        console.print(farthest(found.moved))


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


def by_label(found: Comparison, budget: int) -> Table:
    """Lay what labels say about both side by side."""
    table = Table(
        "", "live", "reprocessed", box=None, title="By the labels known so far", title_justify="left"
    )
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
