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
def page(file: Annotated[Path, typer.Argument(help="docs/series.md", dir_okay=False)]) -> None:
    """Write the page of all series."""
    from detectors.series.page import series_page
    from detectors.series.table import SERIES

    file.write_text(series_page(SERIES.values()), encoding="utf-8")
