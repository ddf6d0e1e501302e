"""The supervisor, with real processes."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from schemas.errors import Stop
from tests.support.patience import until
from tillwatch.stack.program import Program
from tillwatch.stack.supervisor import Supervisor

ANNOUNCES_AND_SLEEPS = """
import pathlib, signal, sys, time
def leave(*_):
    with open({journal!r}, "a") as file:
        file.write({name!r} + " stopped\\n")
    sys.exit()
signal.signal(signal.SIGTERM, leave)
with open({journal!r}, "a") as file:
    file.write({name!r} + " started\\n")
time.sleep(600)
"""


def python(name: str, code: str, **options: object) -> Program:
    return Program(name, (sys.executable, "-I", "-S", "-c", textwrap.dedent(code)), **options)  # type: ignore[arg-type]


def writes_journal(name: str, journal: Path) -> Program:
    async def has_started() -> bool:
        return journal.exists() and f"{name} started" in journal.read_text()

    return python(name, ANNOUNCES_AND_SLEEPS.format(journal=str(journal), name=name), is_ready=has_started)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # a zombie that nobody has waited for yet is dead
    return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()


async def test_programs_start_in_order_and_stop_in_reverse(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    async with Supervisor(tmp_path / "log", announce=print) as stack:
        for name in ("first", "second", "third"):
            await stack.start(writes_journal(name, journal))
        assert [status.state for status in stack.statuses] == ["ready"] * 3
    told = journal.read_text().splitlines()
    assert told[:3] == ["first started", "second started", "third started"]
    assert told[3:] == ["third stopped", "second stopped", "first stopped"]


async def test_crashed_program_is_started_again_ever_later(tmp_path: Path) -> None:
    said: list[str] = []
    async with Supervisor(tmp_path, announce=said.append, first_pause_seconds=0.02) as stack:
        await stack.start(python("shaky", "print('here', flush=True); raise SystemExit(3)"))
        await until(lambda: stack.statuses[0].restarts >= 3)
    pauses = [line.split(" again in ")[1].split(" s")[0] for line in said]
    assert said[0].startswith("shaky ended with exit code 3; starting it again in 0.02 s (its log: ")
    assert pauses[:3] == ["0.02", "0.04", "0.08"]
    assert (tmp_path / "shaky.log").read_text().count("here") >= 3


async def test_killed_program_is_started_again(tmp_path: Path) -> None:
    said: list[str] = []
    async with Supervisor(tmp_path, announce=said.append, first_pause_seconds=0.01) as stack:
        await stack.start(python("steady", "import time; time.sleep(600)"))
        status = stack.statuses[0]
        first = status.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await until(lambda: status.restarts == 1 and status.pid not in (None, first))
    assert "steady ended with signal 9" in said[0]


async def test_program_that_ends_properly_is_left_ended(tmp_path: Path) -> None:
    async with Supervisor(tmp_path, announce=print) as stack:
        await stack.start(python("short", "", may_end=True))
        assert await stack.ended("short") == 0
        assert stack.statuses[0].state == "ended"
        assert stack.statuses[0].restarts == 0


async def test_stubborn_program_and_its_children_are_killed(tmp_path: Path) -> None:
    stubborn = """
        import signal, subprocess, sys
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        print(child.pid, flush=True)
        child.wait()
    """
    said: list[str] = []
    log = tmp_path / "stubborn.log"
    async with Supervisor(tmp_path, announce=said.append) as stack:
        await stack.start(python("stubborn", stubborn, stop_seconds=0.2))
        await until(lambda: log.read_text().endswith("\n"))
        pids = [stack.statuses[0].pid, int(log.read_text())]
    assert said == ["stubborn did not stop within 0.2 s and was killed"]
    await until(lambda: not any(is_alive(pid) for pid in pids if pid))


async def test_program_never_ready_is_an_error_with_its_log(tmp_path: Path) -> None:
    async def never() -> bool:
        return False

    program = python(
        "mute", "print('I lack a thing', flush=True); import time; time.sleep(600)", is_ready=never,
        ready_seconds=0.5,
    )  # fmt: skip
    async with Supervisor(tmp_path, announce=print) as stack:
        with pytest.raises(Stop, match=r"mute was not ready within 0\.5 s.*\n.*I lack a thing"):
            await stack.start(program)
        pid = stack.statuses[0].pid
    assert pid is not None
    assert not is_alive(pid)


SUPERVISOR_OF_TWO = """
import asyncio, pathlib, sys
from tillwatch.stack.program import Program
from tillwatch.stack.supervisor import Supervisor

async def main():
    sleeper = (sys.executable, "-c", "import time; time.sleep(600)")
    async with Supervisor(pathlib.Path(sys.argv[1]), announce=print) as stack:
        await stack.start(Program("one", sleeper), Program("two", sleeper))
        print(*(status.pid for status in stack.statuses), flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


async def test_no_process_survives_a_killed_supervisor(tmp_path: Path) -> None:
    supervisor = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SUPERVISOR_OF_TWO, str(tmp_path), stdout=subprocess.PIPE
    )
    assert supervisor.stdout is not None
    pids = [int(text) for text in (await supervisor.stdout.readline()).split()]
    assert len(pids) == 2
    assert all(is_alive(pid) for pid in pids)
    supervisor.kill()
    await supervisor.wait()
    await until(lambda: not any(is_alive(pid) for pid in pids))
