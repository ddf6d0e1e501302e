"""Faults: what is drawn, what is reported, and a short run through real processes."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from benchmarks.chaos.chain import Chain
from benchmarks.chaos.faults import Draw, Fault, Surprise, points_of
from benchmarks.chaos.load import Begun, first_unacknowledged
from benchmarks.chaos.report import report_chaos
from benchmarks.chaos.run import Chaos, measure_chaos
from benchmarks.chaos.verdict import Difference, Verdict
from producers.ledger import Ledger, ledger_line
from streams.failpoints import FAILPOINTS, Arming, parse
from tests.support.events import MONDAY

ROLES = ("worker", "judge", "trainer", "sink", "store")


def test_every_point_is_drawn_before_any_comes_again() -> None:
    draw = Draw(1)
    lives = [draw.life("sink-1", "sink") for _ in range(60)]
    points = [fault.point for life in lives for fault in life]
    every = set(points_of("sink"))
    assert set(points[: len(every)]) == every


def test_the_same_seed_draws_the_same_faults() -> None:
    def lives(seed: int) -> list[list[Fault]]:
        draw = Draw(seed)
        return [draw.life("worker-1", "worker") for _ in range(20)]

    assert lives(1) == lives(1)
    assert lives(1) != lives(2)


@pytest.mark.parametrize("role", ROLES)
def test_what_is_drawn_can_be_armed(role: str) -> None:
    """Each life ends, by a kill or an error, and its armings are what the failpoints understand."""
    draw = Draw(3)
    for _ in range(50):
        life = draw.life(f"{role}-1", role)
        armed = parse(",".join(map(str, life)))
        assert armed == [Arming(one.point, one.passes, one.action, one.seconds) for one in life]
        assert life[-1].action in ("kill", "error")


def test_every_point_belongs_to_a_process() -> None:
    drawn = {point for role in ROLES for point in points_of(role)}
    assert drawn == set(FAILPOINTS)


def test_a_killed_sender_goes_on_with_what_is_not_in_its_ledger(tmp_path: Path) -> None:
    chain, path = Chain(1, MONDAY), tmp_path / "chaos.ledger"
    assert first_unacknowledged(path, chain) == 0
    ledger = Ledger(path, lines_held=1)
    for number in (0, 1, 2, 4):
        for topic, event in chain.events(number):
            ledger.acknowledged(ledger_line(topic.name, event))
    ledger.close()
    assert first_unacknowledged(path, chain) == 3
    assert Chain(1, MONDAY).payment(3) == chain.payment(3)
    assert Chain(2, MONDAY).payment(3) != chain.payment(3)


def test_a_sender_knows_how_far_the_one_before_had_come(tmp_path: Path) -> None:
    first = Begun(tmp_path / "chaos.begun")
    assert first.number == -1
    for number in (8, 9, 10, 3):  # it goes back to send again what nobody acknowledged
        first.note(number)
    assert Begun(tmp_path / "chaos.begun").number == 10


class Script(Draw):
    """One life of each process as written here, then lives without a fault; nothing from outside."""

    def __init__(self, **lives: Fault) -> None:
        super().__init__(0)
        self._lives = lives

    def life(self, member: str, role: str) -> list[Fault]:  # noqa: ARG002
        fault = self._lives.pop(member.replace("-", "_"), None)
        return [] if fault is None else [fault]

    def surprise(self) -> Surprise:
        return "load killed"

    def one_of(self, some: Sequence[Any]) -> Any:  # noqa: ARG002
        return None


@pytest.mark.services
def test_three_deaths_lose_and_double_nothing() -> None:
    """A worker between acknowledgement and commit, a sink between insert and commit, the store before it
    answers; the checker of its own finds every payment once and every sum right.
    """
    script = Script(
        worker_1=Fault("outputs-acknowledged", 3, "kill"),
        sink_1=Fault("rows-inserted", 3, "kill"),
        store=Fault("insert-applied", 20, "kill"),
    )
    said: list[str] = []
    result = measure_chaos(3, 1, 100.0, said.append, draw=script)
    assert result.proven, said
    assert result.kills == 3
    assert result.own_ends == {}
    assert result.faults == {
        ("worker", "outputs-acknowledged", "kill"): 1,
        ("sink", "rows-inserted", "kill"): 1,
        ("store", "insert-applied", "kill"): 1,
    }
    assert result.verdict.sent > 100


def test_a_run_that_wrote_nothing_twice_proves_nothing() -> None:
    verdict = Verdict(sent=100, sent_again=0, raw_duplicates=0)
    result = Chaos(verdict, 3, faults={}, own_ends={}, seconds=1, drained_seconds=1)
    assert not result.proven
    table, figures = report_chaos(result, 1, 10)
    assert "proves nothing" in table
    assert (figures["lost"], figures["doubled"], figures["raw_duplicates"]) == (0, 0, 0)


def test_a_loss_is_in_the_table_and_in_the_figures() -> None:
    lost = Difference("lost", 2, "payments without a score that counts: 2 (a, b)")
    verdict = Verdict(sent=100, sent_again=0, raw_duplicates=5, differences=[lost])
    result = Chaos(
        verdict, 3, faults={("sink", "rows-inserted", "kill"): 3}, own_ends={}, seconds=1, drained_seconds=1
    )
    assert not result.proven
    table, figures = report_chaos(result, 1, 10)
    assert "lost: payments without a score that counts: 2 (a, b)" in table
    assert figures["lost"] == 2


def children(parent: int) -> set[int]:
    """Name the processes that a process has started and that live."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, ppid, *_ = status.read_text().rpartition(")")[2].split()
            if int(ppid) == parent and state != "Z":
                found.add(int(status.parent.name))
    return found


@pytest.mark.services
def test_an_interrupted_run_leaves_no_process_behind(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks", "chaos", "--kills", "1000"]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as run:
        assert run.stderr is not None
        while not re.search(r" 1  \S+ +(kill|freeze)", run.stderr.readline()):
            assert run.poll() is None
        left = children(run.pid)
        assert len(left) >= 7
        run.send_signal(signal.SIGINT)
        run.stderr.read()
        assert run.wait(60) != 0
    assert not {pid for pid in left if Path(f"/proc/{pid}").exists()}
    assert not list(tmp_path.iterdir())
