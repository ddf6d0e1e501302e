"""`tillwatch sink`: every topic into ClickHouse, exactly once."""

import typer

__all__ = ["sink"]


def sink() -> None:
    """Write every topic into ClickHouse, exactly once. Several may run; they share the partitions."""
    from pydantic import ValidationError

    from schemas.settings import KafkaSettings
    from sinks.settings import ClickHouseSettings, SinkSettings
    from sinks.writer.run import run_sink
    from streams.ending import told_at_the_end
    from streams.settings import HealthSettings
    from tillwatch.log_lines import configure_logging

    def say(line: str) -> None:
        typer.echo(f"tillwatch sink: {line}", err=True)

    try:
        kafka, store, settings = KafkaSettings(), ClickHouseSettings(), SinkSettings()
        health = HealthSettings()
    except ValidationError as error:
        say(" ".join(str(error).split()))
        raise typer.Exit(2) from None
    configure_logging()
    with told_at_the_end(say):
        run_sink(kafka.bootstrap_servers, store, settings, health, announce=say)
