"""How a process ends: its exit code, and the one log line that says why."""

import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from schemas.errors import Stop

__all__ = ["EXIT_CODES", "EXIT_CODES_HELP", "Signalled", "end", "told_at_the_end"]

ASKED = 0
STOPPED = 1
BAD_SETTINGS = 2
BROKEN = 70

EXIT_CODES = {
    ASKED: "asked to end by SIGTERM or SIGINT",
    STOPPED: "going on would lose, double or spoil something; the message says what to do first",
    BAD_SETTINGS: "a setting is wrong; the message names it",
    BROKEN: "an unexpected error, with its traceback in the log; start again, nothing is lost",
}
"""What people and supervisors may rely on. Killed by a signal it is 128 + its number, as everywhere."""

EXIT_CODES_HELP = "Exit codes: " + "; ".join(f"{code} = {why}" for code, why in EXIT_CODES.items()) + "."

log = logging.getLogger(__name__)


class Signalled(Exception):
    """Somebody asked the process to end; no error."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)


@contextmanager
def told_at_the_end(say: Callable[[str], None]) -> Iterator[None]:
    """Run a process in this block; whatever ends it becomes a log line and an exit code.

    Until somebody else takes the signals over, they end the block.

    Raises
    ------
    SystemExit
        Always, unless the block returns: with one of `EXIT_CODES`.

    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _raise_signalled)
    try:
        yield
    except Stop as stop:
        say(str(stop))
        end(stop)
    except Exception as error:  # noqa: BLE001  # the edge of the process: it is logged and ends it
        end(error)


def _raise_signalled(number: int, _: FrameType | None) -> NoReturn:
    raise Signalled(number)


def end(reason: Exception) -> NoReturn:
    """Say why in one line, and end at once, whatever task or thread still hangs: nothing depends on it."""
    if isinstance(reason, Signalled):
        code = ASKED
        log.info("process ends", extra={"exit_code": code, "why": str(reason)})
    elif isinstance(reason, Stop):
        code = STOPPED
        log.error("process ends", extra={"exit_code": code, "why": str(reason)})
    else:
        code = BROKEN
        log.critical("process ends", extra={"exit_code": code, "why": repr(reason)}, exc_info=reason)
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
