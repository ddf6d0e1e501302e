"""`tillwatch lists`: who is allowed, blocked or looked at, from when to when, and why."""

from enum import Enum
from typing import TYPE_CHECKING, Annotated, get_args
from uuid import UUID

import typer

from schemas.list_entry import ListEntry, ListName, ListSubject
from tillwatch.commands.answering import answering_servers, refusing
from tillwatch.commands.valid_from import Since

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["lists"]

lists = typer.Typer(help="Allow, block or review cards, customers and more.", no_args_is_help=True)

Lists = Enum("Lists", {name: name for name in get_args(ListName)})  # type: ignore[misc]  # from the contract
Subjects = Enum("Subjects", {name: name for name in get_args(ListSubject)})  # type: ignore[misc]  # as above

By = Annotated[str, typer.Option("--by", help="Who you are.", envvar="USER")]


@lists.command()
def add(
    list_name: Annotated[Lists, typer.Argument(help="Which list.")],
    subject: Annotated[Subjects, typer.Argument(help="What is put on it.")],
    value: Annotated[str, typer.Argument(help="The token, pseudonym, hash or digits.")],
    *,
    owner: Annotated[str, typer.Option(help="Who answers for it.")],
    reason: Annotated[str, typer.Option(help="Why, for people.")],
    days: Annotated[float | None, typer.Option(min=0, help="Ends after so many days.")] = None,
    since: Since = None,
) -> None:
    """Put something on a list; every worker knows it before the next payment."""
    from datetime import UTC, datetime, timedelta

    from pydantic import ValidationError

    from producers.published import event_time_now, publish
    from schemas.errors import Stop
    from schemas.identifiers import uuid7
    from schemas.topics import LISTS

    with refusing(say):
        servers = answering_servers(say)
        wall = datetime.now(UTC)
        begin = event_time_now(servers) if since is None else since.replace(tzinfo=UTC)
        try:
            entry = ListEntry(
                entry_id=uuid7(wall),
                list_name=list_name.value,
                subject=subject.value,
                value=value,
                owner=owner,
                reason=reason,
                valid_from=begin,
                expires_at=None if days is None else begin + timedelta(days=days),
                at=wall,
            )
        except ValidationError as error:
            raise Stop(problems(error)) from None
        publish(servers, LISTS, entry)
    typer.echo(str(entry.entry_id))
    say(f"{subject.value} {value} is on the {list_name.value} list from {begin.isoformat()} on")


@lists.command()
def remove(entry_id: Annotated[UUID, typer.Argument(help="As add and show print it.")], *, by: By) -> None:
    """Take an entry off its list, from the next payment on; what it covered until then stays known."""
    from datetime import UTC, datetime

    from producers.published import event_time_now, publish, read_entries
    from schemas.errors import Stop
    from schemas.topics import LISTS

    with refusing(say):
        servers = answering_servers(say)
        entry = next((one for one in read_entries(servers) if one.entry_id == entry_id), None)
        if entry is None:
            raise Stop(f"there is no entry {entry_id}; `tillwatch lists show --all` lists them")
        end = max(event_time_now(servers), entry.valid_from)
        if entry.expires_at is not None and entry.expires_at <= end:
            raise Stop(f"entry {entry_id} ended at {entry.expires_at.isoformat()} already")
        update = {"expires_at": end, "removed_by": by, "at": datetime.now(UTC)}
        publish(servers, LISTS, entry.model_copy(update=update))
    say(f"{entry.subject} {entry.value} is off the {entry.list_name} list from {end.isoformat()} on")


@lists.command()
def show(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Those that are over too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line each.")] = False,
) -> None:
    """List the entries that count now."""
    from producers.published import event_time_now, read_entries

    with refusing(say):
        servers = answering_servers(say)
        now = event_time_now(servers)
        entries = read_entries(servers)
    wanted = [one for one in entries if everything or one.expires_at is None or one.expires_at > now]
    if as_json:
        for one in wanted:
            typer.echo(one.model_dump_json())
    else:
        print_table(wanted)


def print_table(entries: "Sequence[ListEntry]") -> None:
    """Show entries as a table."""
    from rich.console import Console
    from rich.table import Table

    table = Table("list", "of", "value", "from (UTC)", "to", "owner", "reason", "entry", box=None)
    for one in entries:
        until = "" if one.expires_at is None else f"{one.expires_at:%Y-%m-%d %H:%M}"
        begin = f"{one.valid_from:%Y-%m-%d %H:%M}"
        table.add_row(
            one.list_name, one.subject, one.value, begin, until, one.owner, one.reason, str(one.entry_id)
        )
    Console().print(table)


def problems(error: "Exception") -> str:
    """Say in one line what is wrong with an entry, without its value."""
    found = error.errors(include_input=False, include_url=False)  # type: ignore[attr-defined]  # pydantic's
    return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'entry'}: {one['msg']}" for one in found)


def say(line: str) -> None:
    """Tell the operator; standard output holds identifiers and tables alone."""
    typer.echo(f"tillwatch lists: {line}", err=True)
