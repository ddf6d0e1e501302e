"""Points at which a test kills this process on purpose, to show that a crash there loses nothing."""

import logging
import os
import signal
import sys
from typing import Literal, get_args

from schemas.errors import Stop

__all__ = ["Failpoint", "arm", "reach"]

Failpoint = Literal[
    "outputs-acknowledged",
    "rows-inserted",
    "snapshot-chunk-written",
    "snapshot-before-manifest",
    "restore-chunk-read",
]
FAILPOINTS: tuple[Failpoint, ...] = get_args(Failpoint)

log = logging.getLogger(__name__)

# Name and number of passes left before this process dies; one per process, set by its command.
armed: dict[str, int] = {}
planned: dict[str, int] = {}


def arm(spec: str | None) -> None:
    """Arm `NAME:N`, so that this process kills itself at its N-th pass of NAME; None disarms.

    Raises
    ------
    Stop
        If the text is not a known name, a colon and a number from 1.

    """
    armed.clear()
    planned.clear()
    if not spec:
        return
    name, _, passes = spec.partition(":")
    if name not in FAILPOINTS or not passes.isdecimal() or int(passes) < 1:
        raise Stop(f"TILLWATCH_FAILPOINT must be NAME:N with NAME one of {', '.join(FAILPOINTS)}; got {spec}")
    armed[name] = planned[name] = int(passes)


def reach(name: Failpoint) -> None:
    """Pass a failpoint: nearly free unless it is armed; SIGKILL to this process when its turn has come."""
    if name not in armed:
        return
    armed[name] -= 1
    if armed[name] == 0:
        log.critical("failpoint fired", extra={"failpoint": name, "reached": planned[name]})
        sys.stderr.write(f"failpoint {name} fired at its {planned[name]}. reach\n")
        sys.stderr.flush()
        os.kill(os.getpid(), signal.SIGKILL)
