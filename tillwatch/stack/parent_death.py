"""Run a command that dies when its parent does, even if the parent is killed with SIGKILL.

Used as a script, `python parent_death.py PARENT_PID COMMAND…`: asks the kernel (Linux) for SIGKILL at the
parent's death, then becomes the command. A script instead of `preexec_fn`, which is unsafe with threads.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

__all__ = ["dying_with_parent"]

PR_SET_PDEATHSIG = 1


def dying_with_parent(command: Sequence[str]) -> list[str]:
    """Return the command, wrapped so that it does not outlive the calling process (Linux only)."""
    if sys.platform != "linux":
        return list(command)
    return [sys.executable, "-I", "-S", str(Path(__file__)), str(os.getpid()), *command]


def _become(parent: int, command: list[str]) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before we could ask
        sys.exit(1)
    try:
        os.execvp(command[0], command)  # noqa: S606 the command is ours
    except OSError as error:
        sys.exit(f"cannot start {command[0]}: {error.strerror}")


if __name__ == "__main__":
    _become(int(sys.argv[1]), sys.argv[2:])
