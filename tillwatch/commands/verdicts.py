"""`tillwatch verdicts`: tell shops what becomes of reviewed payments, and list what they were told."""

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from schemas.payment_verdict import Outcome
from tillwatch.commands.answering import answering_servers, refusing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.payment_verdict import PaymentVerdict

__all__ = ["verdicts"]

verdicts = typer.Typer(help="What becomes of reviewed payments: release, void, hold.", no_args_is_help=True)

Outcomes = Enum("Outcomes", {name: name for name in get_args(Outcome)})  # type: ignore[misc]  # from the contract


@verdicts.command()
def send(
    what: Annotated[str, typer.Argument(metavar="ID", help="An alert's id, or a payment's event id.")],
    outcome: Annotated[Outcomes, typer.Argument(help="What to do with the payments.")],
    *,
    by: Annotated[str, typer.Option("--by", help="Who you are.", envvar="USER")],
    hours: Annotated[float | None, typer.Option(min=0, help="How long to hold.")] = None,
    reason: Annotated[str, typer.Option(help="Why, for people.")] = "",
) -> None:
    """Tell shops what to do with a payment, or with all that an alert names.

    This answers no alert and teaches nothing: answer on the console for that, and shops are told by it.
    """
    from datetime import timedelta

    from pydantic import ValidationError

    from producers.published import event_time_now, publish
    from schemas.errors import Stop
    from schemas.identifiers import uuid7
    from schemas.payment_verdict import PaymentVerdict
    from schemas.topics import VERDICTS
    from tillwatch.commands.explain import scores_of

    with refusing(say):
        payments = [score.payment for score in scores_of(what) if score.payment is not None]
        servers = answering_servers(say)
        at = event_time_now(servers)
        alert_id = None if str(payments[0].event_id) == what.lower() else what
        for payment in payments:
            try:
                verdict = PaymentVerdict(
                    verdict_id=uuid7(at),
                    event_id=payment.event_id,
                    payment_id=payment.payment_id,
                    outcome=outcome.value,
                    until=None if hours is None else at + timedelta(hours=hours),
                    by=by,
                    at=at,
                    alert_id=alert_id,
                    reason=reason,
                )
            except ValidationError as error:
                raise Stop("; ".join(one["msg"] for one in error.errors())) from None
            publish(servers, VERDICTS, verdict)
            typer.echo(str(verdict.verdict_id))
    say(f"shops are told to {outcome.value} {len(payments)} payment(s)")


@verdicts.command(name="list")
def list_(
    *,
    since: Annotated[datetime | None, typer.Option(help="Event time, UTC.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line each.")] = False,
) -> None:
    """List what shops were told in the last 45 days, oldest first; the last about a payment counts."""
    from datetime import UTC

    from producers.published import read_verdicts

    with refusing(say):
        found = read_verdicts(answering_servers(say))
    wanted = [one for one in found if since is None or one.at >= since.replace(tzinfo=UTC)]
    if as_json:
        for one in wanted:
            typer.echo(one.model_dump_json())
    else:
        print_table(wanted)


def print_table(found: "Sequence[PaymentVerdict]") -> None:
    """Show verdicts as a table."""
    from rich.console import Console
    from rich.table import Table

    table = Table("at (UTC)", "outcome", "payment", "by", "alert", "reason", box=None)
    for one in found:
        until = "" if one.until is None else f" until {one.until:%Y-%m-%d %H:%M}"
        table.add_row(
            f"{one.at:%Y-%m-%d %H:%M:%S}",
            f"{one.outcome}{until}",
            one.payment_id or str(one.event_id),
            one.by,
            one.alert_id or "",
            one.reason,
        )
    Console().print(table)


def say(line: str) -> None:
    """Tell the operator; standard output holds identifiers and tables alone."""
    typer.echo(f"tillwatch verdicts: {line}", err=True)
