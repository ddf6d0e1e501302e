"""Bring a simulated retailer into Kafka: its history as fast as it goes, then live by the simulated clock."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from producers.client import EventProducer
from producers.clock import Clock, write_clock
from producers.cue_sheet import Incident, write_cue_sheet
from producers.simulator.calendar import day_bounds, local_date
from producers.simulator.progress import Progress
from producers.simulator.world import SimulatedEvent, World

__all__ = ["Feed"]

CUE_SHEET = "cue-sheet.json"
TICK_SECONDS = 0.1
SAVE_SECONDS = 1.0
LOOK_UP_EVERY = 200
"""Events between two looks at the wall clock while history is loaded."""


class Feed:
    """Sends a world's events and keeps the clock, the cue sheet and the saved progress in step with them.

    Parameters
    ----------
    producer
        Where events go.
    world, progress
        What is simulated, and how far it was sent before.
    speed
        Simulated seconds per second once live.
    state_dir, clock_file
        Folder of the saved progress; file that tells other programs the simulated time.
    cue_sheet
        File that tells other programs what goes wrong; one is also written to the state folder.
    report
        Called about once a second with the clock and the number of events sent by this process.

    """

    def __init__(
        self,
        producer: EventProducer,
        world: World,
        progress: Progress,
        *,
        speed: float,
        state_dir: Path,
        clock_file: Path | None,
        cue_sheet: Path | None = None,
        report: Callable[[Clock, int], None],
    ) -> None:
        self._producer = producer
        self._world = world
        self._progress = progress
        self._speed = speed
        self._state_dir = state_dir
        self._clock_file = clock_file
        self._cue_sheets = [state_dir / CUE_SHEET] + ([cue_sheet] if cue_sheet is not None else [])
        self._report = report
        self._events = self._stream()
        self._next: SimulatedEvent | None = None
        self._last_at = progress.sent_until or day_bounds(world.first_day)[0]
        self.sent = 0

    def run(self, *, stopping: Callable[[], bool], live_seconds: float | None = None) -> None:
        """Load what is missing of the history, then follow the clock until told to stop.

        Everything sent is acknowledged and the progress saved when this returns.

        Parameters
        ----------
        stopping
            Asked often; True ends the run.
        live_seconds
            End by itself so many seconds after going live.

        Raises
        ------
        NotDelivered
            Kafka was away too long. The next run goes on from the saved progress.

        """
        if self._progress.sent_until is None:
            for record in self._world.stores():
                self._send(record)
        self._load_history(stopping)
        if not stopping():
            self._follow_clock(stopping, live_seconds)
        self._save(self._last_at, self._clock(speed=0.0))

    def _load_history(self, stopping: Callable[[], bool]) -> None:
        due = time.monotonic()
        while not stopping() and self._last_at < self._world.live_from:
            finished = self._send_until(self._world.live_from, at_most=LOOK_UP_EVERY)
            if finished:
                self._last_at = self._world.live_from
            if finished or time.monotonic() >= due:
                self._save(self._last_at, self._clock(speed=0.0))
                due = time.monotonic() + SAVE_SECONDS

    def _follow_clock(self, stopping: Callable[[], bool], live_seconds: float | None) -> None:
        started = due = time.monotonic()
        clock = self._clock(speed=self._speed)
        while not stopping() and (live_seconds is None or time.monotonic() - started < live_seconds):
            now = clock.now(datetime.now(UTC))
            self._send_until(now)
            self._last_at = max(now, self._last_at)
            if time.monotonic() >= due:
                due = time.monotonic() + SAVE_SECONDS
                clock = self._clock(speed=self._speed)
                self._save(self._last_at, clock)
            time.sleep(TICK_SECONDS)

    def _send_until(self, until: datetime, *, at_most: int | None = None) -> bool:
        """Send what is due and say whether nothing is left until then; never stop between two of one time."""
        count = 0
        while True:
            if self._next is None:
                self._next = next(self._events)
            if self._next.at > until:
                return True
            if at_most is not None and count >= at_most and self._next.at > self._last_at:
                return False
            self._send(self._next)
            self._last_at = self._next.at
            self._next = None
            count += 1

    def _send(self, record: SimulatedEvent) -> None:
        self._producer.send(record.topic, record.event)
        self.sent += 1

    def _stream(self) -> Iterator[SimulatedEvent]:
        """Yield everything after what was sent before, for ever."""
        after = self._progress.sent_until
        day = local_date(after) if after else self._world.first_day
        while True:
            self._tell_cues(day)
            for record in self._world.events(day):
                if after is None or record.at > after:
                    yield record
            day += timedelta(days=1)

    def _tell_cues(self, today: date) -> None:
        """Write what goes wrong from going live until the end of a day; nothing is told of later days."""
        day = local_date(self._world.live_from)
        incidents: list[Incident] = []
        while day <= today:
            incidents += self._world.incidents(day)
            day += timedelta(days=1)
        for path in self._cue_sheets:
            write_cue_sheet(path, incidents)

    def _clock(self, *, speed: float) -> Clock:
        begin, end = day_bounds(self._world.first_day)[0], self._world.live_from
        live = self._last_at >= end
        return Clock(
            phase="live" if live else "history",
            progress=1.0 if live else max(0.0, (self._last_at - begin) / (end - begin)),
            anchor_wall=datetime.now(UTC),
            anchor_simulated=self._last_at,
            speed=speed,
        )

    def _save(self, until: datetime, clock: Clock) -> None:
        self._producer.flush()
        self._progress = self._progress.sent(until)
        self._progress.save(self._state_dir)
        self._tell(clock)

    def _tell(self, clock: Clock) -> None:
        if self._clock_file is not None:
            write_clock(self._clock_file, clock)
        self._report(clock, self.sent)
