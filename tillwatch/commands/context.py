"""`tillwatch context`: say what happened to the business, and list what was said."""

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from schemas.context import ContextKind
from tillwatch.commands.answering import answering_servers, refusing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.context import Context

__all__ = ["context"]

context = typer.Typer(help="Releases, campaigns, weather: what may explain a figure.", no_args_is_help=True)

Kinds = Enum("Kinds", {name: name for name in get_args(ContextKind)})  # type: ignore[misc]  # from the contract


@context.command()
def add(
    kind: Annotated[Kinds, typer.Argument(help="What happened.")],
    title: Annotated[str, typer.Argument(help="For people: Release 5.3.0 of the app.")],
    *,
    by: Annotated[str, typer.Option("--by", help="Who says so.", envvar="USER")],
    begins: Annotated[datetime | None, typer.Option(help="Event time, UTC; else now.")] = None,
    ends: Annotated[datetime | None, typer.Option(help="Event time, UTC.")] = None,
    store: Annotated[str | None, typer.Option(help="Only this store_id.")] = None,
    channel: Annotated[str | None, typer.Option(help="Only pos, web or app.")] = None,
    device: Annotated[str | None, typer.Option(help="Only desktop, ios, android, tablet or other.")] = None,
    sku: Annotated[str | None, typer.Option(help="Only this article.")] = None,
    version: Annotated[str | None, typer.Option(help="Of a release.")] = None,
    campaign: Annotated[str | None, typer.Option(help="Of a campaign.")] = None,
) -> None:
    """Say what happened; `tillwatch why` and the alerts name it where a figure changes soon after."""
    from datetime import UTC

    from pydantic import ValidationError

    from producers.published import event_time_now, publish
    from schemas.context import Context
    from schemas.errors import Stop
    from schemas.identifiers import uuid7
    from schemas.topics import CONTEXT

    with refusing(say):
        servers = answering_servers(say)
        at = event_time_now(servers) if begins is None else begins.replace(tzinfo=UTC)
        fields = {
            "context_id": uuid7(at),
            "kind": kind.value,
            "title": title,
            "begins_at": at,
            "ends_at": None if ends is None else ends.replace(tzinfo=UTC),
            "store_id": store,
            "channel": channel,
            "device": device,
            "sku": sku,
            "version": version,
            "campaign": campaign,
            "source": by,
        }
        try:
            told = Context.model_validate(fields)
        except ValidationError as error:
            raise Stop("; ".join(one["msg"] for one in error.errors())) from None
        publish(servers, CONTEXT, told)
        typer.echo(str(told.context_id))


@context.command(name="list")
def list_(
    *,
    since: Annotated[datetime | None, typer.Option(help="Event time, UTC.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line each.")] = False,
) -> None:
    """List what was said to have happened, by when it began; as it was said last."""
    from datetime import UTC

    from producers.published import read_context

    with refusing(say):
        found = read_context(answering_servers(say))
    wanted = [one for one in found if since is None or one.begins_at >= since.replace(tzinfo=UTC)]
    if as_json:
        for one in wanted:
            typer.echo(one.model_dump_json(exclude_none=True))
    else:
        print_table(wanted)


def print_table(found: "Sequence[Context]") -> None:
    """Show happenings as a table."""
    from rich.console import Console
    from rich.table import Table

    table = Table("begins (UTC)", "ends", "kind", "what", "where", "by", box=None)
    for one in found:
        where = (one.store_id, one.channel, one.device, one.sku, one.version, one.campaign)
        table.add_row(
            f"{one.begins_at:%Y-%m-%d %H:%M}",
            "" if one.ends_at is None else f"{one.ends_at:%Y-%m-%d %H:%M}",
            one.kind,
            one.title,
            " ".join(dict.fromkeys(part for part in where if part)),
            one.source,
        )
    Console().print(table)


def say(line: str) -> None:
    """Tell the operator; standard output holds identifiers and tables alone."""
    typer.echo(f"tillwatch context: {line}", err=True)
