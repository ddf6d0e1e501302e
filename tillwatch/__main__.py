"""The command line: `tillwatch COMMAND`."""

import sys

import typer

from schemas.errors import Stop
from streams import failpoints
from streams.ending import EXIT_CODES_HELP
from tillwatch.commands.alerts import alerts
from tillwatch.commands.collector import collector
from tillwatch.commands.console import console
from tillwatch.commands.context import context
from tillwatch.commands.dead_letters import dead_letters
from tillwatch.commands.demo import demo
from tillwatch.commands.explain import explain
from tillwatch.commands.explainer import explainer
from tillwatch.commands.judge import judge
from tillwatch.commands.lists import lists
from tillwatch.commands.metrics import metrics
from tillwatch.commands.models import models
from tillwatch.commands.replay import replay
from tillwatch.commands.reprocess import reprocess
from tillwatch.commands.review import review
from tillwatch.commands.rules import rules
from tillwatch.commands.simulate import simulate
from tillwatch.commands.sink import sink
from tillwatch.commands.store import store
from tillwatch.commands.synthetic import synthetic
from tillwatch.commands.topics import topics
from tillwatch.commands.trainer import trainer
from tillwatch.commands.verdicts import verdicts
from tillwatch.commands.why import why
from tillwatch.commands.worker import worker
from tillwatch.log_lines import configure_logging

__all__ = ["app", "main"]

app = typer.Typer(
    name="tillwatch",
    help="Watches a retailer's tills, apps and stock rooms as they work.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

app.command()(collector)
app.command()(simulate)
app.command()(demo)
app.command(epilog=EXIT_CODES_HELP)(sink)
app.command()(console)
app.command(epilog=EXIT_CODES_HELP)(worker)
app.command(epilog=EXIT_CODES_HELP)(trainer)
app.command(epilog=EXIT_CODES_HELP)(judge)
app.command(epilog=EXIT_CODES_HELP)(explainer)
app.command(epilog=EXIT_CODES_HELP)(synthetic)
app.command()(explain)
app.command()(review)
app.command()(why)
app.add_typer(alerts, name="alerts")
app.add_typer(context, name="context")
app.add_typer(dead_letters, name="dead-letters")
app.add_typer(lists, name="lists")
app.add_typer(metrics, name="metrics")
app.add_typer(models, name="models")
app.add_typer(replay, name="replay")
app.add_typer(reprocess, name="reprocess")
app.add_typer(rules, name="rules")
app.add_typer(store, name="store")
app.add_typer(topics, name="topics")
app.add_typer(verdicts, name="verdicts")


def main() -> None:
    """Run the command line; exits with 2 where TILLWATCH_FAILPOINT is wrong."""
    configure_logging()
    try:
        failpoints.arm(failpoints.FailpointSettings().failpoint)
    except Stop as error:
        sys.stderr.write(f"tillwatch: {error}\n")
        sys.exit(2)
    app()


if __name__ == "__main__":
    main()
