"""What the collector adds to an event that came without it: who sent it, when, and its number."""

import uuid
from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from schemas.errors import Refused
from schemas.identifiers import uuid7

__all__ = ["Envelopes"]


class Envelopes:
    """Numbers the events of every source that does not number them itself.

    `run` is new with each process, and `seq` counts from 0 per source and topic.
    """

    def __init__(self) -> None:
        self.run = f"collector-{uuid.uuid4().hex[:16]}"
        self._next: Counter[tuple[str, str]] = Counter()

    def fill(
        self, event: Mapping[str, object], *, topic: str, source: str, now: datetime
    ) -> dict[str, object]:
        """Return the event with all fields of the envelope.

        Parameters
        ----------
        event
            As it was sent.
        topic
            Where it will go; each topic has its own numbers.
        source
            Whom the API key belongs to.
        now
            The time an event without `occurred_at` gets.

        Raises
        ------
        Refused
            Another source than the key's, or only one of `run` and `seq`.

        """
        if event.get("source", source) != source:
            raise Refused("schema", "source: not the one that the API key belongs to; leave it out")
        if ("run" in event) != ("seq" in event):
            raise Refused("schema", "run and seq: send both or neither, since seq counts within a run")
        number = {} if "seq" in event else {"run": self.run, "seq": self._next[source, topic]}
        made = {"source": source, "occurred_at": now.isoformat(), "event_id": str(uuid7(now))}
        return {**made, **event, **number}

    def used(self, run: str, seq: int, *, topic: str, source: str) -> None:
        """Count an event that takes the number given here; one that is sent again took it before."""
        if run == self.run and seq == self._next[source, topic]:
            self._next[source, topic] += 1
