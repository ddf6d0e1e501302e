"""`tillwatch models`: which model scores, how models do, and decisions about them by hand."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from tillwatch.commands.answering import answering_servers, refusing

if TYPE_CHECKING:
    from schemas.model import Model
    from schemas.promotion import LabelExclusion, Promotion
    from tillwatch.models_report import ModelsReport

__all__ = ["models"]

models = typer.Typer(help="List models, and decide by hand which of them scores.", no_args_is_help=True)

Record = TypeVar("Record")

MARGIN_SECONDS = 60.0
"""A decision holds from so long after the newest payment scored: what was scored stays as it was scored."""

KEPT_DAYS = 45
"""Workers forget models that are older than this behind the newest, unless a decision names them."""

Version = Annotated[str, typer.Argument(help="As `tillwatch models list` shows it.")]
Reason = Annotated[str, typer.Option(help="Why, for those who ask later.")]
Who = Annotated[str | None, typer.Option(help="Who decides; default: the user of this machine.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")]


@models.command(name="list")
def list_(
    *,
    most: Annotated[int, typer.Option(min=1, help="Models and decisions to show.")] = 20,
    as_json: Json = False,
) -> None:
    """List the newest models with their line and role, matured figures, and who decided what."""
    with refusing(say):
        report = read(answering_servers(say))
    if as_json:
        typer.echo(report.as_json(most))
    else:
        report.show(most)


@models.command()
def show(version: Version, *, as_json: Json = False) -> None:
    """Show a model: data window, labels, parent, threshold, figures, decisions about it."""
    import orjson

    with refusing(say):
        report = read(answering_servers(say))
        found = report.of_model(existing(report, version))
    if as_json:
        typer.echo(orjson.dumps(found).decode())
        return
    for name, value in found.items():
        typer.echo(f"{name.replace('_', ' '):<18}{value}")


@models.command()
def promote(version: Version, *, reason: Reason = "by hand", who: Who = None) -> None:
    """Let a model score from the next minute on, and after it the newer ones of its line."""
    decide("promote", version, reason, who)


@models.command()
def pin(version: Version, *, reason: Reason = "by hand", who: Who = None) -> None:
    """Let only this model score, whatever is published or promoted, until it is unpinned."""
    decide("pin", version, reason, who)


@models.command()
def unpin(*, reason: Reason = "by hand", who: Who = None) -> None:
    """Let what was promoted last score again."""
    from schemas.errors import Stop

    with refusing(say):
        if not read(answering_servers(say)).standing().is_pinned:
            raise Stop("no model is pinned")
    decide("unpin", None, reason, who)


@models.command()
def rewind(
    *,
    without_source: Annotated[
        str | None, typer.Option(help="Leave out labels said by it: chargeback, analyst, customer, matured.")
    ] = None,
    before: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"],
            help="Leave out labels that became known from then (UTC, event time) until now.",
        ),
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last rewind back.")] = False,
    reason: Reason = "by hand",
    who: Who = None,
) -> None:
    """Let the trainer learn anew from the log without some labels; both options: only labels that fit both.

    Its next models never saw them and take over in their lines; pin the present champion first to look at
    them before. What labels do to features stays: withdraw a label to void it there too.
    """
    from datetime import UTC, timedelta

    from producers.promotions import reached, read_promotions
    from schemas.errors import Stop
    from schemas.promotion import LabelExclusion

    with refusing(say):
        if undo == bool(without_source or before):
            raise Stop("say --without-source, --before or both, or else --undo")
        servers = answering_servers(say)
        now = reached(servers)
        standing = standing_exclusions(read_promotions(servers))
        if undo:
            if not standing:
                raise Stop("no rewind stands")
            publish(servers, "rewind", moment=now.known_to, reason=reason, who=who, exclusions=standing[:-1])
            return
        cut = None if before is None else before.replace(tzinfo=UTC)
        end = None if cut is None else now.known_to + timedelta(microseconds=1)
        if cut and end and cut >= end:
            raise Stop(
                f"the newest label was known at {now.known_to:%Y-%m-%dT%H:%M}; --before is not before it"
            )
        exclusion = checked(LabelExclusion, said_by=without_source, known_from=cut, known_to=end)
        all_of_them = (*standing, exclusion)
        publish(servers, "rewind", moment=now.known_to, reason=reason, who=who, exclusions=all_of_them)


def decide(action: str, version: str | None, reason: str, who: str | None) -> None:
    """Publish a decision that holds from the next minute on."""
    from datetime import timedelta

    from producers.promotions import reached

    with refusing(say):
        servers = answering_servers(say)
        model = None if version is None else scoring(read(servers), version)
        moment = reached(servers).scored_to + timedelta(seconds=MARGIN_SECONDS)
        publish(servers, action, model=model, moment=moment, reason=reason, who=who)


def publish(
    servers: str,
    action: str,
    *,
    moment: datetime,
    reason: str,
    who: str | None,
    model: "Model | None" = None,
    exclusions: "tuple[LabelExclusion, ...]" = (),
) -> None:
    """Write a decision, and say what it is."""
    import getpass
    from datetime import UTC

    from producers.promotions import publish_promotion
    from schemas.promotion import Promotion

    promotion = checked(
        Promotion,
        action=action,
        version=None if model is None else model.version,
        line=None if model is None else model.line,
        valid_from=moment,
        by="hand",
        who=who or getpass.getuser(),
        reason=reason,
        exclusions=exclusions,
        at=datetime.now(UTC),
    )
    publish_promotion(servers, promotion)
    what = f"{action} {promotion.version}" if promotion.version else action
    say(f"{what} holds for payments from {moment:%Y-%m-%dT%H:%M:%S} UTC on (event time)")


def checked(contract: type[Record], **fields: object) -> Record:
    """Make a record, or say in one line which field is wrong."""
    from pydantic import ValidationError

    from schemas.errors import Stop

    try:
        return contract(**fields)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"])) or "decision"
        raise Stop(f"{name}: {first['msg']}") from None


def read(servers: str) -> "ModelsReport":
    """Read models, decisions and figures."""
    from producers.promotions import read_metrics, read_models, read_promotions
    from tillwatch.models_report import ModelsReport

    found, damaged = read_models(servers)
    return ModelsReport(found, read_promotions(servers), read_metrics(servers), damaged)


def existing(report: "ModelsReport", version: str) -> "Model":
    """Find a model, or name the newest."""
    from schemas.errors import Stop

    if version not in report.models:
        newest = [one.version for one in report.newest(3)]
        raise Stop(f"there is no model {version}; the newest are {', '.join(newest) or 'none'}")
    return report.models[version]


def scoring(report: "ModelsReport", version: str) -> "Model":
    """Find a model that workers can score with."""
    from datetime import timedelta

    from detectors.fraud.features import FEATURE_SET
    from schemas.errors import Stop

    model = existing(report, version)
    if model.feature_set != FEATURE_SET:
        raise Stop(f"model {version} knows the features {model.feature_set}, workers compute {FEATURE_SET}")
    newest = max(one.valid_from for one in report.models.values())
    named = {one.version for one in report.promotions}
    if version not in named and model.valid_from < newest - timedelta(days=KEPT_DAYS):
        raise Stop(f"model {version} is older than {KEPT_DAYS} days: running workers have forgotten it")
    return model


def standing_exclusions(promotions: "Sequence[Promotion]") -> "tuple[LabelExclusion, ...]":
    """Give what the newest rewind excludes."""
    from detectors.fraud.standing import in_order

    rewinds = [one for one in in_order(promotions) if one.action == "rewind"]
    return rewinds[-1].exclusions if rewinds else ()


def say(line: str) -> None:
    """Tell the operator."""
    typer.echo(f"tillwatch models: {line}", err=True)
