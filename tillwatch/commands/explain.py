"""`tillwatch explain`: why an alert's payments were scored as they were, and whether that comes out again."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from tillwatch.commands.answering import answering_servers, refusing

if TYPE_CHECKING:
    from schemas.score import Score

__all__ = ["explain"]


def explain(
    what: Annotated[str, typer.Argument(metavar="ID", help="An alert's id, or a payment's event id.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line per payment.")] = False,
) -> None:
    """Make the scores of an alert's payments again and compare them with what was said.

    Features and scores come from ClickHouse, models from Kafka. Ends with 0 if every score, threshold and
    reason comes out again to 1e-6, else with 1.
    """
    from detectors.fraud.explaining import explained
    from producers.published import read_models
    from tillwatch.explain_report import explained_line, explained_lines

    with refusing(say):
        scores = scores_of(what)
        models = read_models(answering_servers(say))
        found = [(score, explained(score, models)) for score in scores]
    for place, (score, one) in enumerate(found):
        if as_json:
            typer.echo(explained_line(score, one))
        else:
            explained_lines(score, one, models, first=not place)
    wrong = sum(bool(one.differences) for _, one in found)
    if wrong:
        say(f"{wrong} of {len(found)} do not agree with what was said")
        raise typer.Exit(1)


def scores_of(what: str) -> "list[Score]":
    """Read the scores of a payment event, or of an alert's payments with the most suspicious first."""
    from contextlib import closing

    from schemas.errors import Stop
    from sinks.connection import connect
    from sinks.settings import ClickHouseSettings
    from sinks.stored_scores import payments_of_alert, stored_score

    event = event_id_of(what)
    with closing(connect(ClickHouseSettings())) as client:
        alone = None if event is None else stored_score(client, event)
        if alone is not None:
            return [alone]
        payments = payments_of_alert(client, what)
        read = [stored_score(client, one, moment) for one, moment in payments or ()]
    if payments is None:
        raise Stop(f"ClickHouse knows no alert {what}, and no scored payment event of that id")
    if not payments:
        raise Stop(f"alert {what} is not about payments: its figures are in `tillwatch alerts tail`")
    scores = [score for score in read if score is not None]
    if not scores:
        raise Stop(f"the scores of the {len(payments)} payments of alert {what} are not kept any more")
    if len(scores) < len(payments):
        say(f"{len(payments) - len(scores)} of {len(payments)} payments have no score in ClickHouse")
    return sorted(scores, key=lambda one: -(one.score or 0.0))


def event_id_of(what: str) -> UUID | None:
    """Read an event id; an alert's is none."""
    try:
        return UUID(what)
    except ValueError:
        return None


def say(line: str) -> None:
    """Tell the operator; standard output holds the explanation alone."""
    typer.echo(f"tillwatch explain: {line}", err=True)
