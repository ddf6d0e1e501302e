"""How far a simulation has come, on disk, so that it goes on there after a restart."""

import os
from datetime import date, datetime
from pathlib import Path

from pydantic import ValidationError

from producers.errors import OtherSimulation
from producers.simulator.incidents.schedule import IncidentMode
from schemas.event import Contract, EventTime

__all__ = ["Progress"]

FILE_NAME = "simulation.json"


class Progress(Contract):
    """Which simulation this is, and until when all its events are acknowledged.

    `sent_until` is None before the first. Events up to it, and at exactly that time, are in Kafka; those
    after it may be, if the process was killed: they are sent again with the same ids, `run` and `seq`.
    """

    seed: int
    customers: int
    incidents: IncidentMode = "script"
    first_day: date
    live_from: EventTime
    sent_until: EventTime | None = None

    @classmethod
    def load(cls, folder: Path) -> "Progress | None":
        """Read what the last run saved; None if there was none.

        Raises
        ------
        OtherSimulation
            The file is there but is not readable.

        """
        try:
            return cls.model_validate_json((folder / FILE_NAME).read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            raise OtherSimulation(
                f"{folder / FILE_NAME} is damaged ({type(error).__name__}); delete it to start over"
            ) from error

    def save(self, folder: Path) -> None:
        """Replace the file in one step."""
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f"{FILE_NAME}.{os.getpid()}.draft"
        draft.write_text(self.model_dump_json())
        draft.replace(folder / FILE_NAME)

    def sent(self, until: datetime) -> "Progress":
        """Return the progress with a later `sent_until`."""
        return self.model_copy(update={"sent_until": until})
