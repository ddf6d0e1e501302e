"""`tillwatch simulate`: a retailer that never existed, for the demo."""

import gc
import signal
import sys
import threading
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from producers.simulator.incidents.schedule import IncidentMode
    from producers.simulator.progress import Progress

__all__ = ["simulate"]


class Incidents(StrEnum):
    """What goes wrong once live."""

    SCRIPT = "script"
    RANDOM = "random"
    NONE = "none"


def simulate(
    *,
    history_days: Annotated[int, typer.Option(min=1, max=40, help="Days before going live.")] = 10,
    speed: Annotated[float, typer.Option(min=0.1, max=3600, help="Simulated seconds per second.")] = 60.0,
    seed: Annotated[int, typer.Option(help="The same seed makes the same retailer.")] = 7,
    customers: Annotated[int, typer.Option(min=100, max=100_000, help="How many people buy.")] = 5_000,
    incidents: Annotated[
        Incidents,
        typer.Option(
            help="What goes wrong once live: script = ten incidents in four hours, random ones on the days "
            "after; random = from the start; none."
        ),
    ] = Incidents.SCRIPT,
    state_dir: Annotated[Path, typer.Option(help="Where to remember how far it came.")] = Path(
        "var/simulator"
    ),
    clock_file: Annotated[
        Path | None, typer.Option(help="File that tells the simulated time [TILLWATCH_CLOCK_FILE].")
    ] = None,
    cue_sheet: Annotated[
        Path | None, typer.Option(help="File that tells what goes wrong, and when [TILLWATCH_CUE_SHEET].")
    ] = None,
    ledger_dir: Annotated[
        Path | None, typer.Option(help="Folder for the list of acknowledged events [TILLWATCH_LEDGER_DIR].")
    ] = None,
    seconds: Annotated[float | None, typer.Option(min=0, help="End so long after going live.")] = None,
) -> None:
    """Simulate a retailer: days of history in seconds, then live at a multiple of real time.

    Started again, it goes on where it stopped. It makes missing topics itself.
    """
    from producers.administration import create_topics, wait_for_kafka
    from producers.client import EventProducer
    from producers.errors import NotDelivered, OtherSimulation
    from producers.ledger import Ledger
    from producers.settings import ProducerSettings
    from producers.simulator.feed import Feed
    from producers.simulator.world import World
    from schemas.settings import KafkaSettings
    from tillwatch.commands.progress_line import ProgressLine

    settings, servers = ProducerSettings(), KafkaSettings().bootstrap_servers
    ledger_dir, clock_file = ledger_dir or settings.ledger_dir, clock_file or settings.clock_file
    cue_sheet = cue_sheet or settings.cue_sheet
    try:
        progress = begin(
            state_dir,
            seed=seed,
            customers=customers,
            incidents=incidents.value,
            history_days=history_days,
        )
    except OtherSimulation as error:
        fail(str(error), code=2)
    wait_for_kafka(servers, announce=typer.echo)
    create_topics(servers)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    ledger = Ledger(ledger_dir / "simulator.ledger") if ledger_dir else None
    world = World(
        seed,
        first_day=progress.first_day,
        live_from=progress.live_from,
        customers=customers,
        incidents=progress.incidents,
    )
    producer = EventProducer(servers, source="simulator", ledger=ledger, linger_ms=10)
    gc.set_threshold(100_000, 50, 100)  # events are many, short-lived and without cycles: a quarter less CPU
    with ProgressLine(sys.stderr) as line:
        feed = Feed(
            producer,
            world,
            progress,
            speed=speed,
            state_dir=state_dir,
            clock_file=clock_file,
            cue_sheet=cue_sheet,
            report=line.simulated,
        )
        try:
            feed.run(stopping=stop.is_set, live_seconds=seconds)
        except NotDelivered as error:
            fail(f"{error}; start again to go on from there", code=1)
    producer.close(timeout_seconds=2.0)
    if ledger is not None:
        ledger.close()


def begin(
    state_dir: Path, *, seed: int, customers: int, incidents: "IncidentMode", history_days: int
) -> "Progress":
    """Return the saved progress, or that of a simulation which begins now.

    Raises
    ------
    OtherSimulation
        What is saved is of another seed or crowd, or has other incidents.

    """
    from producers.errors import OtherSimulation
    from producers.simulator.calendar import history_end, local_date
    from producers.simulator.progress import Progress

    saved = Progress.load(state_dir)
    if saved is None:
        live_from = history_end(datetime.now(UTC))
        first_day = local_date(live_from) - timedelta(days=history_days)
        return Progress(
            seed=seed, customers=customers, incidents=incidents, first_day=first_day, live_from=live_from
        )
    if (saved.seed, saved.customers, saved.incidents) != (seed, customers, incidents):
        raise OtherSimulation(
            f"{state_dir} holds a simulation with seed {saved.seed}, {saved.customers} customers and "
            f"incidents {saved.incidents}, not {seed}, {customers} and {incidents}; "
            "name another --state-dir, or delete this one"
        )
    return saved


def fail(message: str, *, code: int) -> NoReturn:
    """Say in one line what is wrong and end."""
    typer.echo(message, err=True)
    raise typer.Exit(code)
