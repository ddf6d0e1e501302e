"""The command line: `tillwatch COMMAND`."""

import typer

from tillwatch.commands.alerts import alerts
from tillwatch.commands.collector import collector
from tillwatch.commands.console import console
from tillwatch.commands.demo import demo
from tillwatch.commands.judge import judge
from tillwatch.commands.replay import replay
from tillwatch.commands.reprocess import reprocess
from tillwatch.commands.simulate import simulate
from tillwatch.commands.sink import sink
from tillwatch.commands.store import store
from tillwatch.commands.topics import topics
from tillwatch.commands.trainer import trainer
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
app.command()(sink)
app.command()(store)
app.command()(console)
app.command()(worker)
app.command()(trainer)
app.command()(judge)
app.add_typer(alerts, name="alerts")
app.add_typer(replay, name="replay")
app.add_typer(reprocess, name="reprocess")
app.add_typer(topics, name="topics")


def main() -> None:
    """Run the command line."""
    configure_logging()
    app()


if __name__ == "__main__":
    main()
