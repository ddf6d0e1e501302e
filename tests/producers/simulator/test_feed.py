"""A simulated retailer on its way into a real Kafka."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from producers.client import EventProducer
from producers.clock import Clock, read_clock
from producers.cue_sheet import INCIDENT_KINDS, read_cue_sheet
from producers.ledger import Ledger, read_ledgers
from producers.simulator.calendar import day_bounds, local_date, moment
from producers.simulator.feed import Feed
from producers.simulator.progress import Progress
from producers.simulator.world import SimulatedEvent, World
from schemas.stock_movement import StockMovement
from schemas.topics import TOPICS
from schemas.transaction import Transaction
from tests.support.command import running
from tests.support.topic_log import read_raw

LIVE_FROM = moment(local_date(datetime(2026, 10, 21, 12, tzinfo=UTC)), 34_200)
SEED = 101
"""Its script silences a store from the 31st to the 80th minute."""
PROGRESS = Progress(seed=SEED, customers=300, first_day=local_date(LIVE_FROM), live_from=LIVE_FROM)
NAMES = ("stores", "transactions", "clicks", "stock-movements", "heartbeats", "labels", "context")
"""Nine and a half hours of history: a few thousand events."""


class Run:
    """One run of the feed in its folder; the next one goes on there."""

    def __init__(self, servers: str, folder: Path) -> None:
        self.servers = servers
        self.folder = folder
        self.clocks: list[Clock] = []

    def reached(self, moment: datetime) -> Callable[[], bool]:
        """Stop when the simulated clock has passed a moment."""
        return lambda: bool(self.clocks) and self.clocks[-1].anchor_simulated > moment

    def __call__(
        self, stopping: Callable[[], bool], *, live_seconds: float | None = None, speed: float = 600
    ) -> int:
        progress = Progress.load(self.folder) or PROGRESS
        world = World(SEED, first_day=progress.first_day, live_from=progress.live_from, customers=300)
        ledger = Ledger(self.folder / "simulator.ledger")
        with closing(EventProducer(self.servers, source="test", ledger=ledger)) as producer:
            feed = Feed(
                producer,
                world,
                progress,
                speed=speed,
                state_dir=self.folder,
                clock_file=self.folder / "clock.json",
                cue_sheet=self.folder / "told" / "sheet.json",
                report=lambda clock, _: self.clocks.append(clock),
            )
            feed.run(stopping=stopping, live_seconds=live_seconds)
        ledger.close()
        return feed.sent


@pytest.fixture
def run(kafka_topics: str, tmp_path: Path) -> Run:
    return Run(kafka_topics, tmp_path)


def after(events: int) -> Callable[[], bool]:
    """Stop when asked so many times."""
    asked = iter(range(events))
    return lambda: next(asked, None) is None


@cache  # planning the day takes 2 s of CPU
def simulated() -> tuple[SimulatedEvent, ...]:
    world = World(SEED, first_day=PROGRESS.first_day, live_from=LIVE_FROM, customers=300)
    return (*world.stores(), *world.events(PROGRESS.first_day))


def expected(until: datetime) -> list[SimulatedEvent]:
    return [record for record in simulated() if record.at <= until]


def as_sent(record: SimulatedEvent) -> bytes:
    return record.event.model_dump_json(exclude_none=True).encode()


@pytest.mark.services
def test_topics_hold_what_was_simulated_and_the_ledger_says_so(run: Run) -> None:
    sent = run(lambda: False, live_seconds=2.5)
    saved = Progress.load(run.folder)
    assert saved is not None
    assert saved.sent_until is not None
    assert timedelta(minutes=15) < saved.sent_until - LIVE_FROM < timedelta(minutes=40)
    told = expected(saved.sent_until)
    assert len(told) == sent
    totals = read_ledgers(run.folder)
    for name in NAMES:
        values = [raw.value for raw in read_raw(run.servers, TOPICS[name])]
        wanted = [as_sent(record) for record in told if record.topic.name == name]
        assert sorted(values) == sorted(wanted), name
        assert totals.get(name, None) is None if not wanted else totals[name].count == len(wanted)
    payments = [r.event for r in told if isinstance(r.event, Transaction)]
    movements = [r.event for r in told if isinstance(r.event, StockMovement)]
    assert totals["transactions"].amount == sum(event.amount_minor for event in payments)
    assert totals["transactions"].distinct == len(payments)
    assert totals["stock-movements"].amount == sum(event.quantity for event in movements)


@pytest.mark.services
def test_a_stopped_simulation_goes_on_where_it_stopped(run: Run) -> None:
    """Stopped in the history, then while a store is silent: together they are one simulation."""
    run(after(4))
    middle = Progress.load(run.folder)
    assert middle is not None
    assert middle.sent_until is not None
    assert day_bounds(PROGRESS.first_day)[0] < middle.sent_until < LIVE_FROM
    sheet = read_cue_sheet(run.folder / "cue-sheet.json")
    [silent] = [incident for incident in sheet if incident.kind == "silent_store"]
    run(run.reached(silent.begins_at), speed=1_200)
    run(run.reached(silent.ends_at + timedelta(minutes=5)), speed=3_000)
    saved = Progress.load(run.folder)
    assert saved is not None
    assert saved.sent_until is not None
    wanted = [as_sent(record) for record in expected(saved.sent_until)]
    values = [raw.value for name in NAMES for raw in read_raw(run.servers, TOPICS[name])]
    assert sorted(values) == sorted(wanted)


@pytest.mark.services
def test_the_cue_sheet_tells_what_goes_wrong_once_live(run: Run) -> None:
    run(after(2))
    sheet = read_cue_sheet(run.folder / "cue-sheet.json")
    world = World(SEED, first_day=PROGRESS.first_day, live_from=LIVE_FROM, customers=300)
    assert sheet == list(world.incidents(PROGRESS.first_day))
    assert len(sheet) == len(INCIDENT_KINDS)
    assert read_cue_sheet(run.folder / "told" / "sheet.json") == sheet


@pytest.mark.services
def test_a_killed_simulation_sends_the_same_events_again(run: Run) -> None:
    """Its saved progress is older than what Kafka has; ids and numbers are those of before."""
    run(after(4))
    old = Progress.load(run.folder)
    assert old is not None
    run(after(6))
    old.save(run.folder)  # as if the second run had been killed before it saved
    run(lambda: False, live_seconds=0.0)
    values = [raw.value for raw in read_raw(run.servers, TOPICS["transactions"])]
    wanted = [as_sent(r) for r in expected(LIVE_FROM) if r.topic.name == "transactions"]
    assert len(values) > len(wanted)
    assert sorted(set(values)) == sorted(wanted)


@pytest.mark.services
def test_the_clock_tells_history_then_live_then_stands_still(run: Run) -> None:
    run(lambda: False, live_seconds=1.5)
    phases = [clock.phase for clock in run.clocks]
    assert phases == sorted(phases)  # history, then live
    assert set(phases) == {"history", "live"}
    progress = [clock.progress for clock in run.clocks]
    assert progress == sorted(progress)
    assert progress[-1] == 1.0
    assert {clock.speed for clock in run.clocks if clock.phase == "live"} == {600.0, 0.0}
    last = read_clock(run.folder / "clock.json")
    saved = Progress.load(run.folder)
    assert saved is not None
    assert last.now(datetime.now(UTC) + timedelta(hours=1)) == last.anchor_simulated == saved.sent_until


@pytest.mark.services
def test_the_command_ends_within_seconds_of_a_signal(kafka_topics: str, tmp_path: Path) -> None:
    state = tmp_path / "state"
    arguments = ["tillwatch", "simulate", "--history-days", "1", "--state-dir", str(state)]
    arguments += ["--clock-file", str(tmp_path / "clock.json"), "--ledger-dir", str(tmp_path), "--seed=3"]
    with running(arguments, kafka_topics, tmp_path) as command:
        command.wait_until_said("live at 60×")
        assert command.stop(seconds=3) == 0
    totals = read_ledgers(tmp_path)
    for name in NAMES:
        values = [raw.value for raw in read_raw(kafka_topics, TOPICS[name])]
        assert len(values) == (totals[name].count if name in totals else 0)
    assert read_clock(tmp_path / "clock.json").speed == 0
    with running([*arguments[:-1], "--seed=4"], kafka_topics, tmp_path) as command:
        assert command.wait() == 2
        assert "holds a simulation with seed 3" in command.said
