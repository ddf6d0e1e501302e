"""`tillwatch console`: the page."""

import typer
from pydantic import ValidationError

__all__ = ["console"]


def console() -> None:
    """Serve the live page. Login and port: TILLWATCH_CONSOLE_USER, _PASSWORD, _PORT."""
    from console.server import serve  # other commands start without it
    from console.settings import ConsoleSettings
    from schemas.settings import KafkaSettings
    from sinks.settings import ClickHouseSettings

    try:
        settings, store, kafka = ConsoleSettings(), ClickHouseSettings(), KafkaSettings()
    except ValidationError as error:
        for problem in error.errors(include_url=False, include_input=False):
            name = ".".join(str(part) for part in problem["loc"])
            typer.echo(
                f"setting {name}: {problem['msg']} (TILLWATCH_CONSOLE_… or TILLWATCH_CLICKHOUSE_…)", err=True
            )
        raise typer.Exit(2) from None
    typer.echo(f"console at http://{settings.host}:{settings.port}, login {settings.user}", err=True)
    try:
        serve(settings, store, kafka)
    except OSError as error:
        typer.echo(f"port {settings.port} on {settings.host}: {error.strerror or error}", err=True)
        raise typer.Exit(1) from None
