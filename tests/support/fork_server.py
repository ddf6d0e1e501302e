"""Starts `python -m …` processes by fork, with what they import loaded already, which saves a second of CPU.

Run as a script by `forked.py`; it speaks JSON, a line for each message. In: what to run. Out: the id of each
process that was started, in order, and the exit status of each that ended. It holds no thread, so a fork is
as good as a new interpreter: the module runs as `__main__` with arguments, environment and output of its own,
and ends as any Python process does. Its processes die with it, and it ends with whoever started it.
"""

import ctypes
import gc
import importlib
import os
import runpy
import select
import signal
import sys
from typing import Any

import orjson
from numba.core.registry import cpu_target

__all__: list[str] = []

PRELOADED = (
    "clickhouse_connect", "console.server", "kafka", "sinks.writer.run", "streams.fraud", "streams.judge",
    "streams.launch", "streams.series", "streams.stock", "tillwatch.__main__",
)  # fmt: skip
PR_SET_PDEATHSIG = 1


def preload() -> None:
    """Import what nearly every command imports; nothing that starts threads."""
    for name in PRELOADED:
        importlib.import_module(name)
    cpu_target.target_context.refresh()  # else each process does at its first loop: .3 s of CPU
    del sys.modules["tillwatch.__main__"]  # it is run anew in each process; what it imports is there
    gc.collect()
    gc.freeze()  # the pages of what is loaded stay shared


def serve() -> dict[str, Any]:
    """Start a process for each line of standard input; return in that process, with its line.

    Raises
    ------
    SystemExit
        In the server, at the end of its input.

    """
    woken, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    waiting = b""
    while True:
        ready, _, _ = select.select([0, woken], [], [])
        if woken in ready:
            os.read(woken, 1_000)
            report_the_ended()
        if 0 not in ready:
            continue
        read = os.read(0, 65_536)
        if not read:
            sys.exit()
        *lines, waiting = (waiting + read).split(b"\n")
        for line in lines:
            started = os.fork()
            if not started:
                for descriptor in (woken, wake):
                    os.close(descriptor)
                return orjson.loads(line)  # type: ignore[no-any-return]
            say({"started": started})


def report_the_ended() -> None:
    """Tell of each process that has ended."""
    while True:
        try:
            ended, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not ended:
            return
        say({"ended": ended, "code": os.waitstatus_to_exitcode(status)})


def say(message: dict[str, int]) -> None:
    """Write a line."""
    os.write(1, orjson.dumps(message) + b"\n")


def become(line: dict[str, Any]) -> None:
    """Be a process of its own: as subprocess would have made it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(line["folder"])
    os.environ.clear()
    os.environ.update(line["environment"])
    nothing = os.open(os.devnull, os.O_RDONLY)
    for name, descriptor in (("output", 1), ("errors", 2)):
        file = os.open(line[name], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(file, descriptor)
        os.close(file)
    os.dup2(nothing, 0)
    os.close(nothing)
    sys.argv[1:] = line["arguments"][1:]


if __name__ == "__main__":
    preload()
    request = serve()
    become(request)
    runpy.run_module(request["arguments"][0], run_name="__main__", alter_sys=True)
