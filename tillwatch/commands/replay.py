"""`tillwatch replay`: real data sets through the same topics as live events."""

import gc
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Annotated, NoReturn

import typer

__all__ = ["replay"]

replay = typer.Typer(help="Stream a data set through Kafka.", no_args_is_help=True)

INTERRUPTED = 130


@replay.callback()
def data_sets() -> None:
    """Stream a data set through Kafka."""


@replay.command("card-fraud")
def card_fraud(
    file: Annotated[Path, typer.Argument(help="Parquet file of card payments with their labels.")],
    *,
    speed: Annotated[str, typer.Option(help="max, or event seconds per second, for example 60x.")] = "max",
    limit: Annotated[int | None, typer.Option(min=1, help="Send only the first payments.")] = None,
    ledger_dir: Annotated[
        Path | None, typer.Option(help="Folder for the list of acknowledged events [TILLWATCH_LEDGER_DIR].")
    ] = None,
) -> None:
    """Send payments in event time, and a label for each a week later in event time.

    A replay that is started again resends the same events, which readers recognise.
    """
    from producers.administration import create_topics, wait_for_kafka
    from producers.card_fraud_file import load_payments
    from producers.client import EventProducer
    from producers.errors import BadInputFile, NotDelivered
    from producers.ledger import Ledger
    from producers.replay import Replay, ReplayState, run_of
    from producers.settings import ProducerSettings
    from schemas.settings import KafkaSettings
    from tillwatch.commands.progress_line import ProgressLine

    pace = read_speed(speed)
    try:
        payments = load_payments(file, limit)
        run = run_of(file)
    except BadInputFile as error:
        fail(str(error), code=2)
    servers = KafkaSettings().bootstrap_servers
    wait_for_kafka(servers, announce=typer.echo)
    create_topics(servers)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    directory = ledger_dir or ProducerSettings().ledger_dir
    ledger = Ledger(directory / "replay.ledger") if directory else None
    producer = EventProducer(servers, source="replay-card-fraud", ledger=ledger, linger_ms=20)
    gc.set_threshold(100_000, 50, 100)  # events are many, short-lived and without cycles: a quarter less CPU
    started = time.monotonic()
    with ProgressLine(sys.stderr) as line:

        def report(state: ReplayState) -> None:
            share = (state.payments + state.labels) / (2 * len(payments))
            line.show(
                "replaying", share, state.payments + state.labels, f", {state.reached:%Y-%m-%d %H:%M} UTC"
            )

        try:
            state = Replay(producer, payments, run=run, speed=pace, report=report).run(stop.is_set)
        except NotDelivered as error:
            fail(f"{error}; replay again, what was sent is recognised", code=1)
    producer.close()
    if ledger is not None:
        ledger.close()
    seconds = time.monotonic() - started
    typer.echo(
        f"Kafka acknowledged {state.payments:,} payments and {state.labels:,} labels in {seconds:.1f} s "
        f"({state.payments / seconds:,.0f} payments/s)."
    )
    if state.labels < len(payments):
        fail("Stopped before the end; replay again, what was sent is recognised.", code=INTERRUPTED)


def read_speed(text: str) -> float | None:
    """Understand `max`, `60x` and `60`; None is full speed."""
    if text == "max":
        return None
    try:
        speed = float(text.removesuffix("x"))
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        fail(f"--speed {text}: expected max, or a number such as 60x", code=2)
    return speed


def fail(message: str, *, code: int) -> NoReturn:
    """Say in one line what is wrong and end."""
    typer.echo(message, err=True)
    raise typer.Exit(code)
