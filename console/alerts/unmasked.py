"""Who was shown whose an alert is, until when."""

__all__ = ["Unmasked"]

SHOWN_SECONDS = 15 * 60.0
"""Long enough for a call, too short to be forgotten on a screen. Chosen, not tuned."""


class Unmasked:
    """Remembers it by login and alert; a restart forgets, so that it is asked for and written down again."""

    def __init__(self) -> None:
        self._until: dict[tuple[str, str], float] = {}

    def show(self, session: str, alert_id: str, now: float) -> None:
        """Begin to show it; `now` is in seconds of any clock that only goes on."""
        self._until = {key: until for key, until in self._until.items() if now < until}
        self._until[session, alert_id] = now + SHOWN_SECONDS

    def shows(self, session: str, alert_id: str, now: float) -> bool:
        """Say whether it is shown to a login."""
        return now < self._until.get((session, alert_id), now)
