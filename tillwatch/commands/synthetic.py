"""`tillwatch synthetic`: see every minute whether payments become alerts."""

import typer

__all__ = ["synthetic"]


def synthetic() -> None:
    """Send a synthetic payment every minute and wait for the judge's answer to it.

    Settings: TILLWATCH_SYNTHETIC_EVERY_SECONDS, TILLWATCH_SYNTHETIC_HEARTBEAT_URL, TILLWATCH_HEALTH_PORT,
    TILLWATCH_CLOCK_FILE.
    """
    from pydantic import ValidationError

    from producers.settings import ProducerSettings, SyntheticSettings
    from schemas.settings import KafkaSettings
    from streams.ending import told_at_the_end
    from streams.settings import HealthSettings
    from tillwatch.log_lines import configure_logging
    from tillwatch.synthetic_watch import watch

    def say(line: str) -> None:
        typer.echo(f"tillwatch synthetic: {line}", err=True)

    try:
        kafka, settings, health = KafkaSettings(), SyntheticSettings(), HealthSettings()
        clock_file = ProducerSettings().clock_file
    except ValidationError as error:
        say(" ".join(f"{one['loc']}: {one['msg']}" for one in error.errors()))  # not what was given: a secret
        raise typer.Exit(2) from None
    configure_logging()
    with told_at_the_end(say):
        watch(kafka.bootstrap_servers, settings, health, clock_file=clock_file, announce=say)
