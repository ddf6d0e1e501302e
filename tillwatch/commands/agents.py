"""What `tillwatch worker`, `trainer` and `judge` share: settings, logging and errors in one line."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from streams.process import Process

__all__ = ["run_agents"]


def run_agents(name: str, add_agents: Sequence[Callable[["Process"], None]]) -> None:
    """Run agents in this process; exits with 2 for bad settings and 1 for a failure."""
    from pydantic import ValidationError

    from schemas.errors import Stop
    from schemas.settings import KafkaSettings
    from streams.launch import launch
    from streams.settings import StreamSettings
    from tillwatch.log_lines import configure_logging

    def say(line: str) -> None:
        typer.echo(f"tillwatch {name}: {line}", err=True)

    try:
        settings = StreamSettings()
    except ValidationError as error:
        say(" ".join(str(error).split()))
        raise typer.Exit(2) from None
    configure_logging()
    try:
        launch(
            name,
            add_agents,
            bootstrap_servers=KafkaSettings().bootstrap_servers,
            settings=settings,
            announce=say,
        )
    except Stop as error:
        say(str(error))
        raise typer.Exit(1) from None
