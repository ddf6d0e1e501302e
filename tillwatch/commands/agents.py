"""What `tillwatch worker`, `trainer` and `judge` share: settings, logging and errors in one line."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from streams.process import Process

__all__ = ["run_agents"]


def run_agents(name: str, add_agents: Sequence[Callable[["Process"], None]]) -> None:
    """Run agents in this process until it is asked to end; the exit codes are in docs/reliability.md."""
    from pydantic import ValidationError

    from schemas.settings import KafkaSettings
    from streams.ending import told_at_the_end
    from streams.launch import launch
    from streams.settings import HealthSettings, StreamSettings
    from tillwatch.log_lines import configure_logging

    def say(line: str) -> None:
        typer.echo(f"tillwatch {name}: {line}", err=True)

    try:
        settings, health = StreamSettings(), HealthSettings()
    except ValidationError as error:
        say(" ".join(str(error).split()))
        raise typer.Exit(2) from None
    configure_logging()
    with told_at_the_end(say):
        launch(
            name,
            add_agents,
            bootstrap_servers=KafkaSettings().bootstrap_servers,
            settings=settings,
            health=health,
            announce=say,
        )
