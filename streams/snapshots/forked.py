"""A copy of a state that another process makes, while this one goes on."""

import gc
import os
import signal
from collections.abc import Callable, Iterator
from io import BufferedReader, BufferedWriter
from struct import Struct
from traceback import format_exc

import msgspec

from detectors.snapshot import Parts
from schemas.snapshot import SnapshotPart
from streams.snapshots.codec import compressed_pieces, described

__all__ = ["CopyFailed", "ForkedCopy"]

LENGTH = Struct("<q")
FAILED = -1
NICE = 10


class CopyFailed(Exception):
    """The process that copies a state ended before it had; its last words are in the message."""


class ForkedCopy:
    """The state as it stands when this is made, which a child sees whatever happens to it afterwards.

    The operating system shares the memory of both until one of them writes to it: the stream stands still
    for the fork alone, about 10 ms a gigabyte. The child lets others go first, and ends when nobody reads
    any more what it has to say.

    Parameters
    ----------
    take
        Makes the arrays of the state; called in the child.

    """

    def __init__(self, take: Callable[[], Parts]) -> None:
        read_end, write_end = os.pipe()
        self._child: int | None = os.fork()
        if self._child == 0:
            live_on_as_copy(take, write_end)
        os.close(write_end)
        self._said: BufferedReader = os.fdopen(read_end, "rb")

    def described(self) -> tuple[SnapshotPart, ...]:
        """Wait until the child has made the arrays.

        Raises
        ------
        CopyFailed
            It could not, or was killed.

        """
        return tuple(map(SnapshotPart.model_validate, msgspec.json.decode(self._next())))

    def pieces(self) -> Iterator[bytes]:
        """Wait for one piece after the other; the child makes no more than are asked for.

        Raises
        ------
        CopyFailed
            It was killed.

        """
        while piece := self._next():
            yield piece

    def close(self) -> None:
        """Let the child end, whatever it is at."""
        if self._child is not None:
            os.kill(self._child, signal.SIGKILL)
            os.waitpid(self._child, 0)
            self._child = None
        self._said.close()

    def _next(self) -> bytes:
        head = self._said.read(LENGTH.size)
        if len(head) < LENGTH.size:
            raise CopyFailed("the process that copies the state was killed")
        [length] = LENGTH.unpack(head)
        if length == FAILED:
            raise CopyFailed(self._said.read().decode())
        return self._said.read(length)


def live_on_as_copy(take: Callable[[], Parts], write_end: int) -> None:
    """Be the child: say the arrays and their pieces, or why there are none, and end."""
    try:
        signal.set_wakeup_fd(-1)  # it is the parent's
        let_go_of_all_but(write_end)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        os.nice(NICE)
        gc.disable()  # it would write to every object, and so copy all of memory
        with os.fdopen(write_end, "wb") as pipe:
            say_copy(take, pipe)
    finally:
        os._exit(0)


def let_go_of_all_but(kept: int) -> None:
    """Close what the parent has open: whoever takes its place must find its ports free, though we live on."""
    first = 3  # standard input, output and error stay
    os.closerange(first, kept)
    os.closerange(kept + 1, os.sysconf("SC_OPEN_MAX"))


def say_copy(take: Callable[[], Parts], pipe: BufferedWriter) -> None:
    """Write the arrays' names, then each piece, then an empty one; or the traceback of what went wrong."""
    try:
        parts = take()
        say(pipe, msgspec.json.encode([one.model_dump() for one in described(parts)]))
        for piece in compressed_pieces(parts):
            say(pipe, piece)
        say(pipe, b"")
    except BrokenPipeError:
        return  # nobody reads it any more
    except Exception:  # noqa: BLE001  # the parent says it
        pipe.write(LENGTH.pack(FAILED) + format_exc().encode())


def say(pipe: BufferedWriter, message: bytes) -> None:
    """Write one message with its length."""
    pipe.write(LENGTH.pack(len(message)))
    pipe.write(message)
