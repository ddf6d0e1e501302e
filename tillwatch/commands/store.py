"""`tillwatch store`: the embedded store, and what any store needs: migrations, copies, retention, rollups."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from tillwatch.commands.answering import answering_servers, refusing

__all__ = ["store"]

store = typer.Typer(
    help="Serve ClickHouse's HTTP interface over the embedded engine (--data-dir), or look after a store.",
    invoke_without_command=True,
)

WithoutKafka = Annotated[
    bool, typer.Option("--without-kafka", help="No sink has ever written here, or Kafka is gone for good.")
]


def say(text: str) -> None:
    """Tell the operator."""
    typer.echo(f"tillwatch store: {text}", err=True)


@store.callback()
def serve(
    context: typer.Context,
    data_dir: Annotated[Path | None, typer.Option(help="Folder that keeps the data.")] = None,
    port: Annotated[int | None, typer.Option(help="Default: TILLWATCH_CLICKHOUSE_PORT, 18123.")] = None,
) -> None:
    """Serve ClickHouse's HTTP interface over the embedded engine, on 127.0.0.1."""
    from pydantic import ValidationError

    from schemas.errors import Stop
    from sinks.embedded.serve import serve as serve_store
    from sinks.settings import ClickHouseSettings, StoreSettings
    from tillwatch.log_lines import configure_logging

    if context.invoked_subcommand is not None:
        return
    if data_dir is None:
        say("give --data-dir, the folder that keeps the data")
        raise typer.Exit(2)
    try:
        settings = StoreSettings()
        listen_on = port or ClickHouseSettings().port
    except ValidationError as error:
        names = ", ".join("TILLWATCH_STORE_" + str(problem["loc"][0]).upper() for problem in error.errors())
        say(f"set {names} (8 characters or more)")
        raise typer.Exit(2) from None
    configure_logging()
    try:
        serve_store(data_dir, listen_on, settings)
    except Stop as error:
        say(str(error))
        raise typer.Exit(1) from None


@store.command()
def migrate() -> None:
    """Apply the migrations that are missing. The sink does so itself when it starts."""
    from sinks.connection import connect
    from sinks.migrate import migrate as apply
    from sinks.settings import ClickHouseSettings

    with refusing(say):
        for name in apply(connect(ClickHouseSettings())) or ["nothing to apply"]:
            typer.echo(name)


@store.command()
def status() -> None:
    """List what is applied, what is missing, and whether an applied file was changed (then exit code 1)."""
    from sinks.connection import connect
    from sinks.migrate import standing
    from sinks.settings import ClickHouseSettings

    changed = 0
    with refusing(say):
        for name, state in standing(connect(ClickHouseSettings())):
            changed += state == "changed"
            typer.echo(f"{state:8} {name}")
    raise typer.Exit(1 if changed else 0)


@store.command()
def ddl(cluster: Annotated[str, typer.Argument(help="Its name in the servers' configuration.")]) -> None:
    """Print the statements that make the tables of a ClickHouse cluster: replicated, and over all shards."""
    from sinks.clustered import clustered
    from sinks.migrate import read_migrations

    for statement in clustered(read_migrations(), cluster):
        typer.echo(f"{statement};\n")


@store.command()
def rebuild(
    rollup: Annotated[str, typer.Argument(help="The table; a wrong name lists all.")],
    *,
    since: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Leave days before it (UTC) as they are: their events are gone."
        ),
    ] = None,
    without_kafka: WithoutKafka = False,
) -> None:
    """Make a rollup anew from the rows that it is made of. The sink must be stopped."""
    from sinks.connection import connect
    from sinks.rollups.rebuild import rebuild as make_anew
    from sinks.settings import ClickHouseSettings

    with refusing(say):
        sink_stopped(without_kafka)
        rows = make_anew(
            connect(ClickHouseSettings()), rollup, since=None if since is None else since.date(), say=say
        )
    typer.echo(f"{rollup} has {rows:,} rows")


@store.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="Empty, or not there yet.", file_okay=False)],
    *,
    without_kafka: WithoutKafka = False,
) -> None:
    """Copy the whole store into a folder, and note where the sink stands. The sink must be stopped."""
    from producers.group_offsets import everything_committed_by
    from sinks.connection import connect
    from sinks.keeping.backup import back_up
    from sinks.keeping.manifest import SinkPosition
    from sinks.settings import ClickHouseSettings, SinkSettings

    with refusing(say):
        servers = sink_stopped(without_kafka)
        found = [] if servers is None else everything_committed_by(servers, SinkSettings().group)
        names = ("topic", "partition", "offset", "metadata")
        positions = [SinkPosition.model_validate(dict(zip(names, one, strict=True))) for one in found]
        manifest = back_up(connect(ClickHouseSettings()), folder, positions, say)
    typer.echo(f"{sum(piece.rows for piece in manifest.pieces):,} rows in {len(manifest.pieces)} files")


@store.command()
def restore(
    folder: Annotated[Path, typer.Argument(help="What `backup` filled.", exists=True, file_okay=False)],
    *,
    without_kafka: WithoutKafka = False,
) -> None:
    """Fill an empty store from a copy, and let the sink, which must be stopped, go on from where it stood."""
    from producers.group_offsets import recommit
    from sinks.connection import connect
    from sinks.keeping.backup import restore as fill
    from sinks.settings import ClickHouseSettings, SinkSettings

    with refusing(say):
        servers = sink_stopped(without_kafka)
        manifest = fill(connect(ClickHouseSettings()), folder, say)
        if servers is not None:
            stood = [(one.topic, one.partition, one.offset, one.metadata) for one in manifest.sink_positions]
            recommit(servers, SinkSettings().group, stood)
    typer.echo(f"{sum(piece.rows for piece in manifest.pieces):,} rows, as of {manifest.made_at:%F %T} UTC")


@store.command()
def retention(
    table: Annotated[str | None, typer.Argument(help="None = list all.")] = None,
    days: Annotated[str | None, typer.Argument(help='A number, or "ever".')] = None,
) -> None:
    """List for how many days what is kept, or change it for one table. Older rows go in the background."""
    from schemas.errors import Stop
    from sinks.connection import connect
    from sinks.keeping.retention import keep, kept_for
    from sinks.settings import ClickHouseSettings

    with refusing(say):
        client = connect(ClickHouseSettings())
        if table is not None:
            if days is None or not (days == "ever" or days.isdecimal()):
                raise Stop('say for how many days, or "ever"')
            keep(client, table, None if days == "ever" else int(days))
        for one in kept_for(client):
            limit = "for ever" if one.days is None else f"{one.days} days"
            typer.echo(f"{one.table:20}{limit:>10}{one.rows:>16,} rows{one.bytes_on_disk / 1e6:>12,.1f} MB")


@store.command()
def forget(customer: Annotated[str, typer.Argument(help="The id, as it is stored.")]) -> None:
    """Make what is kept of a customer nobody's; figures stay. Kafka's records go when their time is over."""
    from sinks.connection import connect
    from sinks.keeping.forget import forget_customer
    from sinks.settings import ClickHouseSettings

    with refusing(say):
        for table, rows in forget_customer(connect(ClickHouseSettings()), customer).items():
            typer.echo(f"{table:20}{rows:>10,} rows")
    say("what the sink has not written yet is not among them: run this again when it has")


def sink_stopped(without_kafka: bool) -> str | None:
    """Refuse while a sink is in its group; give Kafka's address, None without Kafka."""
    from sinks.generations.stopped import check_nobody_in
    from sinks.settings import SinkSettings

    if without_kafka:
        return None
    servers = answering_servers(say)
    check_nobody_in(servers, SinkSettings().group, "sink")
    return servers
