"""Points at which a process dies, freezes, fails or waits on purpose, to show that nothing is lost there.

Armed by the environment of a process:

    TILLWATCH_FAILPOINT=outputs-acknowledged:3                  dies at the third pass
    TILLWATCH_FAILPOINT=outputs-sent:5:kill:0.002               dies 2 ms after the fifth pass
    TILLWATCH_FAILPOINT=before-commit:2:freeze:11,range-announced:9

A point is one line where it belongs, `failpoints.reach("NAME")`, and one line in the table below.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import Literal, get_args

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from schemas.errors import Stop

__all__ = ["FAILPOINTS", "Action", "Arming", "Failpoint", "FailpointSettings", "arm", "parse", "reach"]

Failpoint = Literal[
    "partitions-revoked",
    "before-adopting",
    "batches-answered",
    "outputs-sent",
    "outputs-partly-acknowledged",
    "keyed-topic-acknowledged",
    "outputs-acknowledged",
    "before-commit",
    "after-commit",
    "findings-made",
    "snapshot-chunk-written",
    "snapshot-before-manifest",
    "restore-chunk-read",
    "topics-revoked",
    "before-adopting-topics",
    "range-announced",
    "rows-inserted",
    "rows-before-commit",
    "rows-committed",
    "insert-received",
    "insert-applied",
]
Action = Literal["kill", "freeze", "error", "delay"]

FAILPOINTS: dict[Failpoint, str] = {
    "partitions-revoked": "worker, judge, trainer: the group moves; the round in flight has ended",
    "before-adopting": "worker, judge, trainer: it is known what was committed of new partitions",
    "batches-answered": "worker, judge, trainer: the agent has worked on a round, nothing of it is written",
    "outputs-sent": "worker, judge, trainer: records are handed to the producer, not acknowledged",
    "outputs-partly-acknowledged": "worker, judge, trainer: one partition's outputs are acknowledged",
    "keyed-topic-acknowledged": "worker, judge, trainer: one topic's outputs are acknowledged, not the next",
    "outputs-acknowledged": "worker: all outputs of a round are acknowledged, its scores among them",
    "before-commit": "worker, judge, trainer: all outputs are acknowledged, no offset is committed",
    "after-commit": "worker, judge, trainer: the offsets of a round are committed",
    "findings-made": "judge: labels or alerts are made, not written",
    "snapshot-chunk-written": "worker, judge, trainer: a chunk of a snapshot is acknowledged, not all",
    "snapshot-before-manifest": "worker, judge, trainer: all chunks of a snapshot are written, no manifest",
    "restore-chunk-read": "worker, judge, trainer: a chunk of a snapshot is read back, not all",
    "topics-revoked": "sink: the group moves; the round in flight has ended",
    "before-adopting-topics": "sink: it is known what was committed of new topics",
    "range-announced": "sink: the ranges of a round are committed as metadata, nothing is inserted",
    "rows-inserted": "sink: one range is inserted, others of the round perhaps not",
    "rows-before-commit": "sink: all ranges of a round are inserted, no offset is committed",
    "rows-committed": "sink: the offsets behind a round are committed",
    "insert-received": "embedded store: an insert has come, nothing of it is applied",
    "insert-applied": "embedded store: an insert is applied, nobody has been told",
}

# Continues a frozen process, unless it dies before: then nobody is left whom a signal could reach.
CONTINUE_LATER = """
import os, signal, sys, time
frozen, until = os.getppid(), time.monotonic() + float(sys.argv[1])
while os.getppid() == frozen:
    if time.monotonic() >= until:
        os.kill(frozen, signal.SIGCONT)
        break
    time.sleep(0.05)
"""


class FailpointSettings(BaseSettings):
    """Read from the environment once, by the command line."""

    model_config = SettingsConfigDict(env_prefix="TILLWATCH_", frozen=True)

    failpoint: str | None = Field(default=None, description="NAME:N[:ACTION[:SECONDS]],… for tests")


@dataclass(frozen=True)
class Arming:
    """What happens at which pass of which point.

    Parameters
    ----------
    name, passes
        The point, and the number of the pass at which it fires, from 1.
    action
        kill = SIGKILL; freeze = SIGSTOP, and SIGCONT later; error = raise `Stop`, so that the process ends by
        the ordinary path; delay = block the whole process, as a long garbage collection would.
    seconds
        How long a freeze or delay lasts; of a kill, how long after the pass it comes.

    """

    name: Failpoint
    passes: int
    action: Action = "kill"
    seconds: float = 0.0


# Of this process, set by its command: what is armed, and how often each armed point was passed.
_armed: dict[str, list[Arming]] = {}
_passed: dict[str, int] = {}
_counting = threading.Lock()  # the store's points are passed by several threads


def parse(spec: str | None) -> list[Arming]:
    """Read `NAME:N[:ACTION[:SECONDS]]`, several separated by commas.

    Raises
    ------
    Stop
        It is none; the message lists the names.

    """
    return [_parse_one(one) for one in (spec or "").split(",") if one]


def _parse_one(spec: str) -> Arming:
    name, passes, action, seconds = (*spec.split(":"), "", "", "")[:4]
    action = action or "kill"
    needs_seconds = action in ("freeze", "delay")
    if (
        spec.count(":") > 3
        or name not in FAILPOINTS
        or not passes.isdecimal()
        or int(passes) < 1
        or action not in get_args(Action)
        or not (_is_seconds(seconds) if seconds else not needs_seconds)
        or (action == "error" and seconds)
    ):
        raise Stop(
            "TILLWATCH_FAILPOINT must be NAME:N, NAME:N:error, NAME:N:kill[:SECONDS], NAME:N:freeze:SECONDS "
            f"or NAME:N:delay:SECONDS, with NAME one of {', '.join(FAILPOINTS)}; got {spec}"
        )
    return Arming(name, int(passes), action, float(seconds or 0))  # type: ignore[arg-type]  # checked above


def _is_seconds(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal() and text.isascii()


def arm(spec: str | None) -> None:
    """Arm what a text says, and nothing else; None or an empty one disarms.

    Raises
    ------
    Stop
        As `parse`.

    """
    armings = parse(spec)
    _armed.clear()
    _passed.clear()
    for one in armings:
        _armed.setdefault(one.name, []).append(one)
        _passed[one.name] = 0


def reach(name: Failpoint) -> None:
    """Pass a point, which may be the end of this process.

    Cost: 35 ns where it is not armed; it is passed per batch, not per event.

    Raises
    ------
    Stop
        The point is armed with `error`.

    """
    if name not in _armed:
        return
    with _counting:
        _passed[name] += 1
        passed = _passed[name]
    for one in _armed[name]:
        if one.passes == passed:
            _fire(one)


def _fire(arming: Arming) -> None:
    # straight to the descriptor: nothing may lie in a buffer when the process dies
    text = f"failpoint {arming.name} fired at its {arming.passes}. reach: {arming.action}\n"
    sys.stderr.flush()
    os.write(2, text.encode())
    match arming.action:
        case "kill":
            _kill(arming.seconds)
        case "freeze":
            _freeze(arming.seconds)
        case "error":
            raise Stop(f"failpoint {arming.name} was armed with an error")
        case "delay":
            time.sleep(arming.seconds)


def _kill(seconds: float) -> None:
    """Die now, or a moment later, wherever this process is by then."""
    if not seconds:
        os.kill(os.getpid(), signal.SIGKILL)
    timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL))
    timer.daemon = True
    timer.start()


def _freeze(seconds: float) -> None:
    """Stop all threads of this process; a tiny one beside it lets it go on."""
    with subprocess.Popen([sys.executable, "-I", "-S", "-c", CONTINUE_LATER, str(seconds)]):
        os.kill(os.getpid(), signal.SIGSTOP)
