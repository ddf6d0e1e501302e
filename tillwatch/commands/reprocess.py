"""`tillwatch reprocess`: score old payments again beside the live worker, compare, switch."""

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from tillwatch.commands.answering import answering_servers, refusing

if TYPE_CHECKING:
    from schemas.generation import Generation
    from streams.reprocessing import Reached

__all__ = ["reprocess"]

reprocess = typer.Typer(
    help="Score old payments again beside the live worker, compare, switch.", no_args_is_help=True
)


Name = Annotated[str, typer.Argument(help="Of the reprocess: small letters, digits, single hyphens.")]


@reprocess.command()
def start(
    name: Name,
    *,
    since: Annotated[
        datetime | None,
        typer.Option(
            "--from",
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"],
            help="First payments, UTC; default: all there are.",
        ),
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Score everything with this version; default: as it was valid.")
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Go on with what comes, until a signal.")] = False,
) -> None:
    """Score the log again into topic scores-NAME; the same command again goes on where it stopped."""
    from datetime import UTC

    from pydantic import ValidationError

    from schemas.errors import Stop
    from streams.ending import told_at_the_end
    from streams.reprocess_start import prepare
    from streams.reprocessing import reprocess as run
    from streams.settings import StreamSettings
    from tillwatch.commands.progress_line import ProgressLine
    from tillwatch.log_lines import configure_logging

    with refusing(say):
        try:
            settings = StreamSettings()
        except ValidationError as error:
            raise Stop(" ".join(str(error).split())) from None
        servers = answering_servers(say)
        checked_name(name)
        moment = None if since is None else since.replace(tzinfo=UTC)
        generation, is_new = prepare(servers, name, since=moment, model_version=model)
    say(f"{name} is generation {generation.number}, {'new' if is_new else 'taken up again'}")
    configure_logging()
    line = ProgressLine(sys.stderr)

    def report(now: "Reached") -> None:
        share = now.done / now.wanted if now.wanted else 1.0
        line.show(f"reprocess {name}", min(share, 1.0), now.done, f" of {now.wanted:,}")
        if now.is_there and not follow:
            say(f"{name} has come to the live position: {now.done:,} payments")

    with told_at_the_end(say), line:
        run(generation, bootstrap_servers=servers, settings=settings, follow=follow, report=report)


@reprocess.command()
def compare(
    name: Name,
    *,
    most: Annotated[int, typer.Option(min=0, help="Payments that moved farthest to show.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
) -> None:
    """Compare scores-NAME with what the live worker said about the same payments."""
    from detectors.comparison import compare as compared
    from schemas.topics import scores_of
    from streams.reprocess_start import valid_from
    from streams.score_pairs import read_pairs, read_verdicts
    from streams.settings import StreamSettings
    from tillwatch.comparison_report import ComparisonReport

    with refusing(say):
        servers = answering_servers(say)
        generation = existing(servers, name)
        version = generation.model_version
        valid = None if version is None else valid_from(servers, version)
        both = read_pairs(servers, scores_of(name), read_verdicts(servers))
    budget = round(StreamSettings().alerts_per_day)
    report = ComparisonReport(
        generation,
        both,
        budget,
        compared(both.pairs, budget=budget, most=most),
        None if valid is None else compared(both.pairs.since(valid.timestamp()), budget=budget, most=0),
    )
    if as_json:
        typer.echo(report.as_json())
    else:
        report.show()


@reprocess.command()
def switch(
    name: Annotated[str | None, typer.Argument(help="Of the reprocess to make live.")] = None,
    *,
    back: Annotated[bool, typer.Option("--back", help="Take the last switch back.")] = False,
) -> None:
    """Let the worker score in another generation from one point on, and show its scores before it too.

    Worker and sink must be stopped; the same command again finishes what was cut off.
    """
    from producers.administration import topic_ids
    from producers.generations import read_generations
    from schemas.errors import Stop
    from schemas.topics import TRANSACTIONS
    from sinks.connection import connect
    from sinks.generations.switch import Switching
    from sinks.settings import ClickHouseSettings
    from tillwatch.log_lines import configure_logging

    configure_logging()
    with refusing(say):
        if (name is None) != back:
            raise Stop("say either the name of a reprocess, or --back")
        servers = answering_servers(say)
        store = ClickHouseSettings()
        client = connect(store)
        generations = read_generations(servers)
        topic_id = topic_ids(servers)[TRANSACTIONS.name]
        switching = Switching(servers, store, client, topic_id, say)
        if name is None:
            switching.back(generations)
        else:
            switching.to(existing(servers, name), generations)
        client.close()


@reprocess.command()
def drop(name: Name) -> None:
    """Delete topic, consumer groups and table of a reprocess that is not live; its name is free again."""
    from sinks.connection import connect
    from sinks.generations.drop import drop_reprocess
    from sinks.settings import ClickHouseSettings

    with refusing(say):
        servers = answering_servers(say)
        client = connect(ClickHouseSettings())
        drop_reprocess(servers, client, existing(servers, name, check=False))
        client.close()
    say(f"{name} is dropped")


@reprocess.command(name="list")
def list_(*, as_json: Annotated[bool, typer.Option("--json", help="One JSON list.")] = False) -> None:
    """List reprocesses and switches, which one is live, and how far each reprocess has come."""
    from producers.administration import topic_ids
    from producers.generations import live_generation, read_generations
    from schemas.topics import TRANSACTIONS
    from tillwatch.generations_report import generations_json, generations_table

    with refusing(say):
        servers = answering_servers(say)
        topic_id = topic_ids(servers)[TRANSACTIONS.name]
        generations = [one for one in read_generations(servers) if one.topic_id == topic_id]
        live = live_generation(generations, topic_id)
        if as_json:
            typer.echo(generations_json(servers, generations, live))
        else:
            generations_table(servers, generations, live)


def say(line: str) -> None:
    """Tell the operator."""
    typer.echo(f"tillwatch reprocess: {line}", err=True)


def checked_name(name: str) -> None:
    """Refuse a name that is no part of a topic's name."""
    from pydantic import TypeAdapter, ValidationError

    from schemas.errors import Stop
    from schemas.generation import ORIGINAL, GenerationName

    try:
        TypeAdapter(GenerationName).validate_python(name)
    except ValidationError:
        raise Stop(f"{name!r} is no name: small letters, digits and single hyphens, at most 40") from None
    if name == ORIGINAL:
        raise Stop(f"{ORIGINAL} is what the worker scored before any switch; choose another name")


def existing(servers: str, name: str, *, check: bool = True) -> "Generation":
    """Find a reprocess by its name, and refuse a topic with another number of partitions."""
    from producers.administration import topic_ids
    from producers.generations import read_generations, reprocess_named
    from producers.output_topics import make_output_topic
    from schemas.errors import Stop
    from schemas.topics import TRANSACTIONS, scores_of

    generations = read_generations(servers)
    topic_id = topic_ids(servers)[TRANSACTIONS.name]
    found = reprocess_named(generations, name, topic_id)
    if found is None:
        names = sorted({one.name for one in generations if one.kind == "reprocess"})
        raise Stop(f"there is no reprocess {name}; there are {', '.join(names) or 'none'}")
    if check:
        make_output_topic(servers, scores_of(name))
    return found
