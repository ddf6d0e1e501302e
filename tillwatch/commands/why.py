"""`tillwatch why`: ask why a figure fell or rose."""

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from detectors.causes.measures import MEASURES
from detectors.causes.question import Scope
from tillwatch.commands.answering import refusing

if TYPE_CHECKING:
    from schemas.causes import Explanation

__all__ = ["moment_of", "why"]


def known_metric(text: str) -> str:
    """Refuse a figure that nobody can explain."""
    if text not in MEASURES:
        raise typer.BadParameter(f"{text!r} is none of {', '.join(MEASURES)}")
    return text


def moment_of(text: str, newest: datetime, zone: ZoneInfo) -> datetime:
    """Read 14:05 on the newest day, or an ISO 8601 time; without a zone it is the stores'.

    Raises
    ------
    typer.BadParameter
        It is neither.

    """
    try:
        if len(text) <= 5:
            local = newest.astimezone(zone)
            found = datetime.combine(local.date(), time.fromisoformat(text), zone)
            return (found if found <= local else found - timedelta(days=1)).astimezone(UTC)
        read = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not like 14:05 or 2026-05-04T14:05") from None
    return (read if read.tzinfo is not None else read.replace(tzinfo=zone)).astimezone(UTC)


def why(
    metric: Annotated[str, typer.Argument(callback=known_metric, help=", ".join(MEASURES))],
    *,
    since: Annotated[str, typer.Option(help="14:05 of the newest day, or 2026-05-04T14:05; stores' time.")],
    until: Annotated[str | None, typer.Option(help="The same; else the newest minute that is here.")] = None,
    store: Annotated[str, typer.Option(help="Only this store_id.")] = "",
    channel: Annotated[str, typer.Option(help="Only pos, web or app.")] = "",
    region: Annotated[str, typer.Option(help="Only the stores of this region.")] = "",
    payment_method: Annotated[str, typer.Option(help="Only what was paid so: card, cash, wallet, …")] = "",
    category: Annotated[str, typer.Option(help="Only goods of this kind; of the figure goods.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line.")] = False,
) -> None:
    """Say why a figure fell or rose: which part of the business, since when, and whether data are missing.

    It is held against the same minutes of up to ten earlier days, brought to today's level.
    """
    from sinks.causes.asking import Asked, ask_why, newest_minute, read_stores, zone_of
    from sinks.connection import connect
    from sinks.settings import ClickHouseSettings

    scope = Scope(
        store_id=store, channel=channel, region=region, payment_method=payment_method, category=category
    )
    with refusing(say):
        client = connect(ClickHouseSettings())
        try:
            newest, zone = newest_minute(client), zone_of(read_stores(client))
            begin = moment_of(since, newest, zone)
            end = None if until is None else moment_of(until, newest, zone)
            found = ask_why(client, Asked(MEASURES[metric], begin, end, scope))
        finally:
            client.close()
    if as_json:
        typer.echo(found.model_dump_json())
    else:
        print_explanation(found, zone)


def print_explanation(found: "Explanation", zone: ZoneInfo) -> None:
    """Show the sentence, the ranked causes, and what else there is."""
    from rich.console import Console
    from rich.table import Column, Table

    from detectors.causes.words import amount

    screen = Console(highlight=False)
    screen.print(f"{found.sentence}.", markup=False)
    right = {"justify": "right"}
    table = Table(
        "cause",
        *(Column(name, **right) for name in ("is", "usual", "share", "surprise")),  # type: ignore[arg-type]
        box=None,
    )
    for cause in found.causes:
        words = f"{cause.words} (the rest of it)" if cause.partly else cause.words
        table.add_row(
            words,
            amount(cause.actual, found.unit),
            amount(cause.expected, found.unit),
            f"{100 * cause.share:.0f} %",
            f"{cause.surprise:.0f} nats",
        )
    rest = found.rest_share
    table.add_row("everything else", "", "", f"{100 * rest:.0f} %", "")
    if found.mix_share:
        table.add_row("parts have other sizes", "", "", f"{100 * found.mix_share:.0f} %", "")
    table.add_row(
        "all", amount(found.actual, found.unit), amount(found.expected, found.unit), "100 %",
        f"{found.surprise:.0f} nats",
    )  # fmt: skip
    screen.print(table)
    for figure in found.figures:
        screen.print(f"  there too: {figure.text}", markup=False)
    for one in found.nearby:
        screen.print(f"  {one.at.astimezone(zone):%d %b %H:%M} {one.what}: {one.text}", markup=False)
    for place in found.left_out:
        screen.print(f"  left out: {place.name}, silent since {place.since.astimezone(zone):%d %b %H:%M}")
    say(f"held against {found.days} earlier days")


def say(line: str) -> None:
    """Tell the operator; standard output holds the answer alone."""
    typer.echo(f"tillwatch why: {line}", err=True)
