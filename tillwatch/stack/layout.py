"""The folder of a local stack: where each thing lies, one stack at a time, and how to start over."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import Stop

__all__ = ["Layout"]


@dataclass(frozen=True)
class Layout:
    """Paths under the stack's folder (TILLWATCH_VAR)."""

    folder: Path

    @property
    def kafka(self) -> Path:
        """Configuration and log segments of the local broker."""
        return self.folder / "kafka"

    @property
    def store(self) -> Path:
        """Data of the embedded store."""
        return self.folder / "store"

    @property
    def logs(self) -> Path:
        """One log file per program."""
        return self.folder / "log"

    @property
    def ledgers(self) -> Path:
        """What Kafka acknowledged, by producer."""
        return self.folder / "ledgers"

    @property
    def simulator(self) -> Path:
        """How far the simulation has come."""
        return self.folder / "simulator"

    @property
    def clock(self) -> Path:
        """The simulated time, for every program."""
        return self.folder / "clock.json"

    @property
    def cue_sheet(self) -> Path:
        """What the simulator will let go wrong and when, for the page and the summary."""
        return self.folder / "cue-sheet.json"

    @property
    def secrets(self) -> Path:
        """Passwords and keys; kept when starting over."""
        return self.folder / "secrets.json"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for this process.

        Raises
        ------
        Stop
            Another stack runs on it.

        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Stop(
                    f"Another local stack runs on {self.folder}: stop it, "
                    "or set TILLWATCH_VAR to another folder."
                ) from None
            yield

    def wipe(self) -> None:
        """Delete all state that we keep here, and nothing else."""
        for path in (self.kafka, self.store, self.logs, self.ledgers, self.simulator):
            shutil.rmtree(path, ignore_errors=True)
        self.clock.unlink(missing_ok=True)
        self.cue_sheet.unlink(missing_ok=True)
