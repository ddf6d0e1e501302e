"""`tillwatch metrics`: every series of figures per minute, as it is declared."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["metrics"]

metrics = typer.Typer(help="The series per minute: what they are and who watches them.", no_args_is_help=True)


@metrics.command(name="list")
def list_() -> None:
    """List the series: unit, topic, direction that is bad, watchers. More is in docs/series.md."""
    from rich.console import Console
    from rich.table import Column, Table

    from detectors.series.table import SERIES

    names = ("series", "unit", "from", "bad", "watched by")
    table = Table(*(Column(name, no_wrap=True) for name in names), box=None)
    for one in SERIES.values():
        watchers = ", ".join(one.watchers) or "–"
        table.add_row(one.name, one.unit, one.source, one.bad or "–", watchers)
    Console().print(table)


@metrics.command()
def show(name: Annotated[str, typer.Argument(help="Of the series.")]) -> None:
    """Show all that is declared of one series; exit code 2 if there is no such series."""
    from dataclasses import asdict

    from detectors.series.table import SERIES

    one = SERIES.get(name)
    if one is None:
        typer.echo(f"no series is called {name}; there are {', '.join(SERIES)}", err=True)
        raise typer.Exit(2)
    for field, value in asdict(one).items():
        shown = ", ".join(value) if isinstance(value, tuple) else value
        typer.echo(f"{field.replace('_', ' '):22}{'–' if shown in (None, '') else shown}")


@metrics.command()
def scan(
    file: Annotated[Path, typer.Argument(help="CSV with a header: time, then figures.", dir_okay=False)],
    by: Annotated[
        str, typer.Option(help="records (general), seasonal, counts, cusum, or half_space for all together.")
    ] = "records",
) -> None:
    """List the anomalies in any series of values; exit code 2 if the file cannot be read."""
    from datetime import UTC, datetime

    from detectors.anomaly.registry import DETECTORS
    from detectors.anomaly.scan import scan as scanned
    from detectors.errors import ValuesRefused
    from producers.errors import BadInputFile
    from producers.series_file import read_series_file

    if by not in DETECTORS:
        typer.echo(f"no detector is called {by}; there are {', '.join(DETECTORS)}", err=True)
        raise typer.Exit(2)
    try:
        given = read_series_file(file)
        alarms = scanned(given.seconds, given.values, by=by)
    except (BadInputFile, ValuesRefused) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    for one in alarms:
        at = datetime.fromtimestamp(one.at, UTC)
        name = "all together" if by == "half_space" else given.names[one.figure]
        typer.echo(f"{at:%Y-%m-%d %H:%M:%S}  {name}  {one.value:g}  {one.score:.3f}")
    typer.echo(f"{len(alarms)} anomalies in {given.values.size:,} values, by {by}", err=True)


@metrics.command()
def page(file: Annotated[Path, typer.Argument(help="docs/series.md", dir_okay=False)]) -> None:
    """Write the page of all series."""
    from detectors.series.page import series_page
    from detectors.series.table import SERIES

    file.write_text(series_page(SERIES.values()), encoding="utf-8")
