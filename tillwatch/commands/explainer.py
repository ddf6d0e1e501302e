"""`tillwatch explainer`: say of each alert about a total where it comes from."""

import typer

__all__ = ["explainer"]


def explainer() -> None:
    """Explain alerts about totals as they are raised, from ClickHouse, into the topic causes."""
    from pydantic import ValidationError

    from schemas.settings import KafkaSettings
    from sinks.causes.explainer import run_explainer
    from sinks.settings import ClickHouseSettings
    from streams.ending import told_at_the_end
    from streams.settings import HealthSettings
    from tillwatch.log_lines import configure_logging

    def say(line: str) -> None:
        typer.echo(f"tillwatch explainer: {line}", err=True)

    try:
        kafka, store, health = KafkaSettings(), ClickHouseSettings(), HealthSettings()
    except ValidationError as error:
        say(" ".join(str(error).split()))
        raise typer.Exit(2) from None
    configure_logging()
    with told_at_the_end(say):
        run_explainer(kafka.bootstrap_servers, store, health, announce=say)
