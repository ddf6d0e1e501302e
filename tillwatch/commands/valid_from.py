"""The option by which a command says from when on what it publishes counts."""

from datetime import datetime
from typing import Annotated

import typer

__all__ = ["Since"]

Since = Annotated[
    datetime | None,
    typer.Option(
        "--from",
        formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        help="Event time, UTC; default: the next payment.",
    ),
]
