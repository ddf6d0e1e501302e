"""All processes of the system, each dying again and again until there were enough faults."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.chaos.evidence import StoreAddress
from benchmarks.chaos.faults import FREEZE_SECONDS, Draw, Surprise
from benchmarks.chaos.member import Member
from tillwatch.stack.broker import Broker
from tillwatch.stack.ports import free_port

__all__ = ["Crew"]

MOST_LIFE_SECONDS = 40.0
"""A process whose point does not come about in this time is killed at no point, and draws another."""

BROKER_FREEZE_SECONDS = 9.0
SURPRISE_SECONDS = (6.0, 14.0)
STOP_SECONDS = 15.0
SINK_SESSION_SECONDS = 6
SNAPSHOT_SECONDS = 4
"""So that workers that live some ten seconds write some, and find some to load."""

PASSWORD = "chaos-password"  # noqa: S105  # of a store that listens on this machine while this runs
AGENTS = (("worker-1", "worker"), ("worker-2", "worker"), ("judge", "judge"), ("trainer", "trainer"))
SINKS = (("sink-1", "sink"), ("sink-2", "sink"))


class Crew:
    """Starts, kills, freezes and restarts.

    Parameters
    ----------
    folder
        Data and logs.
    draw
        Which faults.
    load
        Seed, first event time and payments a second, for what sends.
    say
        Is told each fault.

    Attributes
    ----------
    faults
        (process kind, point, action) of each fault that happened; of one from outside the point is empty.
    own_ends
        Last words of processes that ended though nothing was done to them, by name.

    """

    def __init__(self, folder: Path, draw: Draw, load: Sequence[str], say: Callable[[str], None]) -> None:
        self.broker = Broker(folder / "kafka", free_port(), free_port())
        self.store_port = free_port()
        self.ledger = folder / "chaos.ledger"
        self.faults: Counter[tuple[str, str, str]] = Counter()
        self.own_ends: Counter[str] = Counter()
        self._say = say
        self._draw = draw
        self._begun_at = time.monotonic()
        self._surprise_at = self._begun_at + SURPRISE_SECONDS[1]
        self._arming = True
        sends = ("benchmarks.chaos.load", self.broker.bootstrap_servers, str(self.ledger), *load)
        self.members = {
            name: Member(name, role, command, self._environment(role), folder / f"{name}.log")
            for name, role, command in (
                ("broker", "broker", self.broker.prepare),
                ("store", "store", tillwatch("store", "--data-dir", str(folder / "store"))),
                *((name, role, tillwatch(role)) for name, role in (*AGENTS, *SINKS)),
                ("load", "load", python(*sends)),
            )
        }

    def _environment(self, role: str) -> dict[str, str]:
        shared = {
            "TILLWATCH_KAFKA_BOOTSTRAP_SERVERS": self.broker.bootstrap_servers,
            "TILLWATCH_CLICKHOUSE_PORT": str(self.store_port),
            "TILLWATCH_CLICKHOUSE_PASSWORD": PASSWORD,
            "TILLWATCH_SINK_SESSION_TIMEOUT_SECONDS": str(SINK_SESSION_SECONDS),
            "TILLWATCH_SNAPSHOT_SECONDS": str(SNAPSHOT_SECONDS),
            "PYTHONUNBUFFERED": "1",
        }
        passwords = {f"TILLWATCH_STORE_{user}_PASSWORD": PASSWORD for user in ("WRITER", "READER")}
        return shared | (passwords if role == "store" else {})

    @property
    def store(self) -> StoreAddress:
        """Where the store answers, for who only reads."""
        return StoreAddress(self.store_port, "reader", PASSWORD)

    @property
    def kills(self) -> int:
        """Processes killed or frozen so far."""
        return sum(n for (_, _, action), n in self.faults.items() if action in ("kill", "freeze"))

    def start(self, names: Sequence[str] = ()) -> None:
        """Start some processes, or all that do not run; each draws its end."""
        for name in names or self.members:
            if not self.members[name].alive:
                self._start(self.members[name])

    def tend(self) -> None:
        """Look after every process once: note faults, thaw, restart; and surprise one now and then."""
        for member in self.members.values():
            self._tend(member)
        if self._arming and time.monotonic() >= self._surprise_at:
            self._surprise_at = time.monotonic() + self._draw.pause(*SURPRISE_SECONDS)
            self._surprise(self._draw.surprise())

    def _tend(self, member: Member) -> None:
        member.thaw_if_due()
        alive = member.alive  # before its log is read: what it said last is in there
        self._note_firings(member)
        if not alive:
            if not member.doomed:
                self._note_own_end(member)
            self._start(member)
        elif self._arming and member.spec and time.monotonic() - member.begun_at > MOST_LIFE_SECONDS:
            self._note(member, "", "kill", f"at no point: {member.spec} did not come")
            member.kill()
            self._start(member)

    def _note_firings(self, member: Member) -> None:
        for point, passes, action in member.firings():
            self._note(member, point, action, f"at pass {passes} of {point}")

    def _start(self, member: Member) -> None:
        faults = self._draw.life(member.name, member.role) if self._arms(member) else []
        member.start(",".join(map(str, faults)))

    def _arms(self, member: Member) -> bool:
        return self._arming and member.role in FREEZE_SECONDS

    def _note(self, member: Member, point: str, action: str, words: str) -> None:
        self.faults[member.role, point, action] += 1
        at = time.monotonic() - self._begun_at
        self._say(f"{at:6.1f} s  {self.kills:4}  {member.name:9} {action:6} {words}")

    def _note_own_end(self, member: Member) -> None:
        words = f"exit code {member.code}: {member.last_words()}"
        self.own_ends[f"{member.name}, {words}"] += 1
        at = time.monotonic() - self._begun_at
        self._say(f"{at:6.1f} s        {member.name:9} ended by itself, {words}")

    def _surprise(self, surprise: Surprise) -> None:
        role, what = surprise.split()
        member = self._draw.one_of([one for one in self.members.values() if one.role == role and one.alive])
        if member is None or member.frozen_until is not None:
            return
        if what == "frozen":
            self._note(member, "", "freeze", "at no point")
            member.freeze(FREEZE_SECONDS.get(role, BROKER_FREEZE_SECONDS))
        else:
            self._note(member, "", "kill", "at no point")
            member.kill()
            self._start(member)

    def calm(self) -> None:
        """Restart all that is armed as it would be for an operator, and let nothing happen any more."""
        self._arming = False
        for member in self.members.values():
            if member.frozen_until is not None:
                member.frozen_until = 0.0
                member.thaw_if_due()
        for member in self.members.values():
            if member.spec:
                member.stop(STOP_SECONDS)
                self._note_firings(member)
                self._start(member)

    def stop(self, names: Sequence[str], seconds: float = STOP_SECONDS) -> None:
        """Ask processes to end, and do not start them again."""
        for name in names:
            self.members[name].stop(seconds)
            del self.members[name]

    def kill(self) -> None:
        """Leave nothing behind."""
        for member in self.members.values():
            member.kill()


def python(module: str, *arguments: str) -> Callable[[], list[str]]:
    """Run a module in this Python."""
    return lambda: [sys.executable, "-m", module, *arguments]


def tillwatch(*arguments: str) -> Callable[[], list[str]]:
    """Run a command of ours, as an operator does."""
    return python("tillwatch", *arguments)
