"""The demo's script, read from its file now and then."""

import logging
from pathlib import Path

from producers.cue_sheet import Incident, read_cue_sheet
from producers.errors import CueSheetUnreadable

__all__ = ["CueSheetFile"]

logger = logging.getLogger(__name__)

EVERY_SECONDS = 10.0


class CueSheetFile:
    """The incidents of a file; none without one, and those of before while it cannot be read."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._read_at = -EVERY_SECONDS
        self._incidents: tuple[Incident, ...] = ()

    def incidents(self, monotonic: float) -> tuple[Incident, ...]:
        """Return the incidents; the file is looked at once in ten seconds."""
        if self.path is not None and monotonic - self._read_at >= EVERY_SECONDS:
            self._read_at = monotonic
            try:
                self._incidents = tuple(read_cue_sheet(self.path))
            except CueSheetUnreadable as error:
                logger.warning("cue sheet unreadable", extra={"error": str(error)[:500]})
        return self._incidents
