"""`tillwatch sink`: every topic into ClickHouse, exactly once."""

import typer

__all__ = ["sink"]


def sink() -> None:
    """Write every topic into ClickHouse, exactly once. Several may run; they share the partitions."""
    from pydantic import ValidationError

    from schemas.errors import Stop
    from schemas.settings import KafkaSettings
    from sinks.settings import ClickHouseSettings, SinkSettings
    from sinks.writer.run import run_sink
    from tillwatch.log_lines import configure_logging

    def say(line: str) -> None:
        typer.echo(f"tillwatch sink: {line}", err=True)

    try:
        kafka, store, settings = KafkaSettings(), ClickHouseSettings(), SinkSettings()
    except ValidationError as error:
        say(" ".join(str(error).split()))
        raise typer.Exit(2) from None
    configure_logging()
    try:
        run_sink(kafka.bootstrap_servers, store, settings, announce=say)
    except Stop as error:
        say(str(error))
        raise typer.Exit(1) from None
