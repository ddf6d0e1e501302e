"""`tillwatch demo`: everything on this machine, fed by a simulated retailer."""

from typing import Annotated

import typer

__all__ = ["demo"]


def demo(
    *,
    seconds: Annotated[
        float | None,
        typer.Option(min=0.001, help="End so long after going live, and compare sent with stored."),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start over: delete all state first.")] = False,
) -> None:
    """Start Kafka, the store and every program on this machine, and a simulated retailer that feeds them."""
    import asyncio

    from pydantic import ValidationError
    from rich.console import Console

    from schemas.errors import TillwatchError
    from schemas.settings import KafkaSettings
    from tillwatch.log_lines import configure_logging
    from tillwatch.settings import StackSettings
    from tillwatch.stack.broker import Broker
    from tillwatch.stack.demo import Demo
    from tillwatch.stack.layout import Layout
    from tillwatch.stack.programs import Programs
    from tillwatch.stack.secrets import load_or_make

    try:
        settings, kafka = StackSettings(), KafkaSettings()
    except ValidationError as error:
        for problem in error.errors(include_url=False, include_input=False):
            typer.echo(f"setting TILLWATCH_{str(problem['loc'][0]).upper()}: {problem['msg']}", err=True)
        raise typer.Exit(2) from None
    layout = Layout(settings.var)
    has_own_cluster = "bootstrap_servers" in kafka.model_fields_set
    broker = Broker(layout.kafka.absolute(), settings.kafka_port, settings.kafka_controller_port)
    servers = kafka.bootstrap_servers if has_own_cluster else broker.bootstrap_servers
    out = Console()
    try:
        with layout.locked():
            if fresh and has_own_cluster:
                typer.echo(
                    f"Starting over would leave the topics in your Kafka at {servers} as they are, and they "
                    "would no longer fit the emptied store: run `tillwatch topics delete` first, then "
                    f"delete {layout.folder}.",
                    err=True,
                )
                raise typer.Exit(2)
            if fresh:
                layout.wipe()
            layout.logs.mkdir(parents=True, exist_ok=True)
            configure_logging(layout.logs / "demo.log")  # the terminal is for people
            secrets = load_or_make(layout.secrets)
            programs = Programs(settings, layout, secrets, servers)
            run = Demo(programs, local_broker=None if has_own_cluster else broker, out=out).run(seconds)
            code = asyncio.run(run)
    except TillwatchError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    raise typer.Exit(code)
