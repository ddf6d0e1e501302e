"""`tillwatch rules`: try analysts' rules on the past, publish them, and see what they catch and cost."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tillwatch.commands.answering import answering_servers, refusing
from tillwatch.commands.valid_from import Since

if TYPE_CHECKING:
    from schemas.rule_set import Rule

__all__ = ["rules"]

rules = typer.Typer(help="Analysts' rules: check, publish, show, ledger.", no_args_is_help=True)

RuleFile = Annotated[Path, typer.Argument(help="rules.yaml, see docs/rules.md.", exists=True, dir_okay=False)]
Days = Annotated[float, typer.Option(min=0.01, help="Days back from the newest payment.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON line each instead of a table.")]


@rules.command()
def check(
    file: RuleFile,
    *,
    days: Days = 30,
    maturity_days: Annotated[float, typer.Option(min=0, help="A younger payment's label is not used.")] = 7,
    only_syntax: Annotated[bool, typer.Option("--syntax", help="Read the file; ask no ClickHouse.")] = False,
    as_json: Json = False,
) -> None:
    """Say what each rule would have done to the payments that ClickHouse keeps."""
    from datetime import timedelta

    from detectors.rules.preflight import Preflight
    from sinks.connection import connect
    from sinks.rules.history import history, stored_lists
    from sinks.rules.ledger import newest_payment
    from sinks.settings import ClickHouseSettings
    from streams.settings import StreamSettings
    from tillwatch.rules_report import preflight_lines, preflight_table

    with refusing(say):
        tried = read(file)
        if only_syntax:
            say(f"{len(tried)} rules can be used")
            return
        client = connect(ClickHouseSettings())
        newest = newest_payment(client)
        flight = Preflight(tried, stored_lists(client))
        unreadable = 0
        until, since = newest + timedelta(milliseconds=1), newest - timedelta(days=days)
        matured = newest - timedelta(days=maturity_days)
        for part in history(client, since, until, flight.columns, matured=matured):
            flight.add(part.payments, part.outcomes)
            unreadable += part.unreadable
        client.close()
    if as_json:
        for line in preflight_lines(flight, days):
            typer.echo(line)
    else:
        preflight_table(flight, days, StreamSettings().reporting_currency)
    say(f"{flight.payments:,} payments of {days:g} days up to {newest:%Y-%m-%d %H:%M} UTC")
    if unreadable:
        say(f"{unreadable:,} more have features of another feature set and were left out")


@rules.command()
def publish(
    file: RuleFile,
    *,
    by: Annotated[str, typer.Option(help="Who publishes.", envvar="USER")],
    since: Since = None,
) -> None:
    """Check a file and let every worker ask its rules, and no others, from the next payment on."""
    from datetime import UTC, datetime

    from producers.published import event_time_now, publish, read_rule_sets
    from schemas.errors import Stop
    from schemas.rule_set import RuleSet
    from schemas.topics import RULES

    with refusing(say):
        asked = read(file)
        servers = answering_servers(say)
        before = read_rule_sets(servers)
        made = RuleSet(
            version=before[-1].version + 1 if before else 1,
            rules=tuple(asked),
            valid_from=event_time_now(servers) if since is None else since.replace(tzinfo=UTC),
            published_by=by,
            published_at=datetime.now(UTC),
        )
        publish(servers, RULES, made)
        if made not in read_rule_sets(servers):
            raise Stop(f"somebody else published version {made.version} at the same time; publish again")
    typer.echo(str(made.version))
    say(f"version {made.version}: {len(asked)} rules from {made.valid_from.isoformat()} on")


@rules.command()
def show(
    version: Annotated[int | None, typer.Argument(help="Default: the newest.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Show a published set of rules."""
    from producers.published import read_rule_sets
    from schemas.errors import Stop
    from tillwatch.rules_report import rule_set_table

    with refusing(say):
        sets = read_rule_sets(answering_servers(say))
        wanted = [one for one in sets if version in (None, one.version)]
        if not wanted:
            raise Stop("no rules were published" if version is None else f"there is no version {version}")
    if as_json:
        typer.echo(wanted[-1].model_dump_json())
    else:
        rule_set_table(wanted[-1])


@rules.command()
def ledger(*, days: Days = 30, as_json: Json = False) -> None:
    """Say what each live rule caught and cost."""
    from datetime import timedelta

    from sinks.connection import connect
    from sinks.rules.ledger import ledger as of_rules
    from sinks.rules.ledger import newest_payment, unrun
    from sinks.settings import ClickHouseSettings
    from streams.settings import StreamSettings
    from tillwatch.rules_report import ledger_lines, ledger_table

    with refusing(say):
        client = connect(ClickHouseSettings())
        since = newest_payment(client) - timedelta(days=days)
        lines, failed = of_rules(client, since), unrun(client, since)
        client.close()
    if as_json:
        for line in ledger_lines(lines):
            typer.echo(line)
    else:
        ledger_table(lines, StreamSettings().reporting_currency)
    for name, count in failed.items():
        say(f"{name} could not be run on {count:,} payments and did not hit them")


@rules.command()
def columns() -> None:
    """List the columns that a rule may name."""
    from detectors.rules.columns import COLUMNS

    for column in COLUMNS.values():
        typer.echo(f"{column.name:32}{column.kind:8}{column.origin:9}{column.meaning}")


def read(file: Path) -> "list[Rule]":
    """Read a file of rules; a broken one is refused with line and reason."""
    from producers.rule_file import read_rules
    from schemas.errors import Stop

    try:
        text = file.read_text("utf-8")
    except UnicodeDecodeError:
        raise Stop(f"{file} is no UTF-8") from None
    return read_rules(text)


def say(line: str) -> None:
    """Tell the operator; standard output holds versions and tables alone."""
    typer.echo(f"tillwatch rules: {line}", err=True)
