"""`tillwatch topics`: make the contract's topics, list them, compare Kafka's with the contract."""

from typing import Annotated

import typer

__all__ = ["topics"]

topics = typer.Typer(help="Make, list or check the topics of the contract.", no_args_is_help=True)

DEADLINE_SECONDS = 30.0


@topics.command()
def create(
    replication_factor: Annotated[int, typer.Option(min=1, help="Copies of each partition.")] = 1,
) -> None:
    """Create the topics that are missing; existing ones are left as they are."""
    from producers.administration import check_topics, create_topics

    servers = _answering_servers()
    for name in create_topics(servers, replication_factor=replication_factor):
        typer.echo(f"created {name}")
    _report(check_topics(servers))


@topics.command(name="list")
def list_() -> None:
    """List the contract: topic, partitions, retention, cleanup, key. More is in docs/topics.md."""
    from rich.console import Console
    from rich.table import Column, Table

    from schemas.topics import TOPICS

    headings = [Column(name, no_wrap=True) for name in ("topic", "partitions", "kept", "cleanup")]
    table = Table(*headings, "key", box=None)
    for topic in TOPICS.values():
        kept = "for ever" if topic.retention_days is None else f"{topic.retention_days} days"
        table.add_row(
            topic.name, str(topic.partitions), kept, topic.cleanup, topic.key
        )  # fmt: skip
    Console().print(table)


@topics.command()
def check() -> None:
    """Compare Kafka's topics with the contract; exit code 1 if they differ."""
    from producers.administration import check_topics

    _report(check_topics(_answering_servers()))
    typer.echo("All topics fit the contract.")


@topics.command()
def delete(
    *, yes: Annotated[bool, typer.Option("--yes", help="Do it. Without this nothing is deleted.")] = False
) -> None:
    """Delete the contract's topics with all they hold, and Tillwatch's consumer groups."""
    from producers.administration import delete_groups, delete_topics

    servers = _answering_servers()
    if not yes:
        typer.echo(f"This deletes every event in Kafka at {servers}; say so with --yes.", err=True)
        raise typer.Exit(2)
    delete_groups(servers, prefix="tillwatch-")
    delete_topics(servers)
    typer.echo(f"deleted the topics and consumer groups of Tillwatch at {servers}")


def _answering_servers() -> str:
    from producers.administration import wait_for_kafka
    from schemas.errors import Retry
    from schemas.settings import KafkaSettings

    servers = KafkaSettings().bootstrap_servers
    try:
        wait_for_kafka(
            servers,
            announce=lambda text: typer.echo(text, err=True),
            deadline_seconds=DEADLINE_SECONDS,
        )
    except Retry as error:
        typer.echo(f"{error} (TILLWATCH_KAFKA_BOOTSTRAP_SERVERS)", err=True)
        raise typer.Exit(1) from None
    return servers


def _report(differences: list[str]) -> None:
    for difference in differences:
        typer.echo(difference, err=True)
    if differences:
        raise typer.Exit(1)
