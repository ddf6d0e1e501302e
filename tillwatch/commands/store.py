"""`tillwatch store`: ClickHouse's HTTP interface over chDB, on this machine only."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["store"]


def store(
    data_dir: Annotated[Path, typer.Option(help="Folder that keeps the data.")],
    port: Annotated[int | None, typer.Option(help="Default: TILLWATCH_CLICKHOUSE_PORT, 18123.")] = None,
) -> None:
    """Serve ClickHouse's HTTP interface over the embedded engine, on 127.0.0.1."""
    from pydantic import ValidationError

    from schemas.errors import Stop
    from sinks.embedded.serve import serve
    from sinks.settings import ClickHouseSettings, StoreSettings
    from tillwatch.log_lines import configure_logging

    try:
        settings = StoreSettings()
        listen_on = port or ClickHouseSettings().port
    except ValidationError as error:
        names = ", ".join("TILLWATCH_STORE_" + str(problem["loc"][0]).upper() for problem in error.errors())
        typer.echo(f"tillwatch store: set {names} (8 characters or more)", err=True)
        raise typer.Exit(2) from None
    configure_logging()
    try:
        serve(data_dir, listen_on, settings)
    except Stop as error:
        typer.echo(f"tillwatch store: {error}", err=True)
        raise typer.Exit(1) from None
