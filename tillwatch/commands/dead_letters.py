"""`tillwatch dead-letters`: why records were refused, and sending them back to their topic."""

from typing import TYPE_CHECKING, Annotated

import typer

from tillwatch.commands.answering import answering_servers, refusing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.dead_letters.replaying import Replayed
    from sinks.refused.letters import Letter

__all__ = ["dead_letters"]

dead_letters = typer.Typer(help="Records that could not be used.", no_args_is_help=True)


@dead_letters.command(name="list")
def list_(
    *, as_json: Annotated[bool, typer.Option("--json", help="One JSON line per reason.")] = False
) -> None:
    """List why records were refused, how many, and how many of them were replayed."""
    from contextlib import closing

    import orjson

    from sinks.connection import connect
    from sinks.refused.letters import read_reasons
    from sinks.settings import ClickHouseSettings

    with refusing(say), closing(connect(ClickHouseSettings())) as client:
        found = read_reasons(client)
    for why, number in found:
        if as_json:
            typer.echo(orjson.dumps(why._asdict() | number._asdict()).decode())
        else:
            typer.echo(f"{number.total:>8,} {number.replayed:>8,} replayed  {' · '.join(why)}")


@dead_letters.command()
def replay(
    topic: Annotated[str, typer.Argument(help="As listed.")],
    kind: Annotated[str, typer.Argument(help="As listed.")],
    reason: Annotated[str, typer.Argument(help="As listed.")],
    *,
    by: Annotated[str, typer.Option("--by", help="Who sends them back.", envvar="USER")],
    letter: Annotated[
        str, typer.Option(help="Only this one: generation|topic|partition|offset, as the API says.")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Send the records of a reason that nobody has replayed back to their topic, the oldest first.

    At most 200 at once, 8 of those that broke an agent.
    """
    import asyncio

    from console.dead_letters.views import told, wanted
    from schemas.errors import Stop
    from sinks.refused.letters import Reason
    from sinks.settings import ClickHouseSettings

    with refusing(say):
        letters = wanted(ClickHouseSettings(), Reason(topic, kind, reason), letter)
        if not letters:
            raise Stop("nothing of this waits: look at tillwatch dead-letters list")
        if not yes:
            typer.confirm(f"Send {len(letters)} back to {topic}?", abort=True, err=True)
        typer.echo(told(asyncio.run(sent(answering_servers(say), letters, by))))


async def sent(servers: str, letters: "Sequence[Letter]", by: str) -> "Replayed":
    """Send them."""
    from console.dead_letters.replaying import Replays
    from console.publisher import Publisher

    publisher = Publisher(servers)
    try:
        return await Replays(publisher).replay(letters, by=by)
    finally:
        await publisher.close()


def say(line: str) -> None:
    """Tell the operator; standard output holds what was asked for alone."""
    typer.echo(f"tillwatch dead-letters: {line}", err=True)
