"""`tillwatch review`: which cards to look at today, by risk or because their answer teaches."""

from typing import TYPE_CHECKING, Annotated

import typer

from tillwatch.commands.answering import refusing

if TYPE_CHECKING:
    from sinks.review.listing import ReviewList

__all__ = ["review"]


def review(
    *,
    cards: Annotated[
        int | None, typer.Option(min=1, max=1_000, help="The day's budget; TILLWATCH_REVIEW_CARDS_PER_DAY.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line per card.")] = False,
) -> None:
    """List the cards to look at today: payments of 24 hours that nobody has said anything about.

    Answer on the console: its page "To review" is the same list.
    """
    from sinks.review.listing import review_list_of
    from sinks.review.settings import ReviewSettings
    from sinks.settings import ClickHouseSettings

    settings = ReviewSettings()
    if cards is not None:
        settings = settings.model_copy(update={"cards_per_day": cards})
    with refusing(say):
        found = review_list_of(ClickHouseSettings(), settings)
    if as_json:
        print_json(found)
    else:
        print_table(found)


def print_json(found: "ReviewList") -> None:
    """Write a line per card."""
    import orjson

    for one in found.reviews:
        record = one._asdict() | {"payments": [paid._asdict() for paid in one.payments]}
        typer.echo(orjson.dumps(record).decode())


def print_table(found: "ReviewList") -> None:
    """Show the list."""
    from rich.console import Console
    from rich.table import Column, Table

    from detectors.watch.wording import money

    screen = Console(highlight=False)
    table = Table(
        "card",
        Column("payments", justify="right"),
        Column("worth", justify="right"),
        "for",
        "why",
        "alert",
        box=None,
    )
    for one in found.reviews:
        purpose = "risk" if one.by_risk else "teaching"
        worth = money(one.money_minor)
        table.add_row(one.card, str(len(one.payments)), worth, purpose, one.why, one.alert_id or "")
    screen.print(table)
    left = max(0, found.budget - found.answered)
    say(
        f"{found.answered} answered in 24 hours, {left} left of {found.budget}; "
        f"payments up to {found.at:%Y-%m-%d %H:%M} UTC"
    )


def say(line: str) -> None:
    """Tell the operator; standard output holds the list alone."""
    typer.echo(f"tillwatch review: {line}", err=True)
