"""What the collector adds to an event that came without it: who sent it, when, and its number."""

import uuid
from collections import Counter
from datetime import datetime

import orjson

from schemas.errors import Refused
from schemas.identifiers import uuid7

__all__ = ["Envelopes"]


class Envelopes:
    """Numbers the events of every source that does not number them itself.

    `run` is new with each process, and `seq` counts from 0 per source.
    """

    def __init__(self) -> None:
        self.run = f"collector-{uuid.uuid4().hex[:16]}"
        self._next: Counter[str] = Counter()

    def fill(self, body: bytes, *, source: str, now: datetime) -> bytes:
        """Return the event as JSON with all fields of the envelope.

        Parameters
        ----------
        body
            One JSON object.
        source
            Whom the API key belongs to.
        now
            The time an event without `occurred_at` gets.

        Raises
        ------
        Refused
            Not one JSON object, another source than the key's, or only one of `run` and `seq`.

        """
        try:
            event = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise Refused("not_json", f"{error.msg} at character {error.pos}") from None
        if not isinstance(event, dict):
            raise Refused("not_json", "expected one JSON object")
        if event.setdefault("source", source) != source:
            raise Refused("schema", "source: not the one that the API key belongs to; leave it out")
        if ("run" in event) != ("seq" in event):
            raise Refused("schema", "run and seq: send both or neither, since seq counts within a run")
        event.setdefault("occurred_at", now.isoformat())
        event.setdefault("event_id", str(uuid7(now)))
        if "seq" not in event:
            event["run"], event["seq"] = self.run, self._next[source]
        return orjson.dumps(event)

    def used(self, run: str, source: str) -> None:
        """Count an event that was handed to Kafka under a number given here."""
        if run == self.run:
            self._next[source] += 1
