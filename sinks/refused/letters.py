"""The dead letters of one reason, each with whether somebody has sent it back."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from clickhouse_connect.driver.client import Client
from pydantic import TypeAdapter

__all__ = ["Letter", "LetterCount", "Reason", "count_letters", "read_letters", "read_reasons"]

OF_REASON = (
    "origin_topic = {topic:String} AND kind = {kind:String} AND leftUTF8(reason, 200) = {reason:String}"
)
ORIGIN = "origin_generation, origin_topic, origin_partition, origin_offset"
LETTERS = f"""
SELECT origin_generation AS generation, origin_topic AS topic, origin_partition AS partition,
       origin_offset AS offset, said AS reason, payload, payload_bytes, payload_sha256, refused_at,
       times, sent_by AS replayed_by, if(times = 0, NULL, sent_at) AS replayed_at
FROM (
    SELECT {ORIGIN}, dead_letters.reason AS said, payload, payload_bytes, payload_sha256, refused_at
    FROM dead_letters FINAL WHERE {OF_REASON}
) AS letters
LEFT JOIN (
    SELECT {ORIGIN}, count() AS times, argMax(by, at) AS sent_by, max(at) AS sent_at
    FROM dead_letter_replays FINAL WHERE origin_topic = {{topic:String}} GROUP BY {ORIGIN}
) AS replays USING ({ORIGIN})
"""  # of constants; values are typed parameters


REASONS = f"""
SELECT origin_topic AS topic, kind, leftUTF8(dead_letters.reason, 200) AS said, count() AS total,
       countIf(({ORIGIN}) IN (SELECT {ORIGIN} FROM dead_letter_replays)) AS replayed
FROM dead_letters FINAL
GROUP BY topic, kind, said
ORDER BY total DESC, topic, kind, said
LIMIT 200
"""  # of constants


class Reason(NamedTuple):
    """Why records of a topic were refused; `reason` is the first 200 characters of what was said."""

    topic: str
    kind: str
    reason: str


class LetterCount(NamedTuple):
    """How many letters there are of a reason, and how many of them were sent back."""

    total: int
    replayed: int


@dataclass(frozen=True)
class Letter:
    """A refused record as it was kept; `times` says how often it was sent back, and the rest by whom last."""

    generation: str
    topic: str
    partition: int
    offset: int
    reason: str
    payload: str
    payload_bytes: int
    payload_sha256: str
    refused_at: datetime
    times: int
    replayed_by: str
    replayed_at: datetime | None

    @property
    def key(self) -> str:
        """Where the record stood."""
        return f"{self.generation}|{self.topic}|{self.partition}|{self.offset}"


ROWS = TypeAdapter(list[Letter])


def read_letters(
    client: Client, why: Reason, *, limit: int, waiting: bool = False, key: str = ""
) -> list[Letter]:
    """Read letters of a reason, the newest first.

    Parameters
    ----------
    client
        As a user who may read.
    why
        Of which reason.
    limit
        At most so many.
    waiting
        Only such as nobody has sent back, the oldest first.
    key
        Only the one with this key.

    """
    where = ["times = 0"] if waiting else []
    if key:
        where.append(
            "concat(generation, '|', topic, '|', toString(partition), '|', toString(offset)) = {key:String}"
        )
    text = LETTERS + (f"WHERE {' AND '.join(where)} " if where else "")
    text += f"ORDER BY refused_at {'' if waiting else 'DESC'}, partition, offset LIMIT {{limit:UInt32}}"
    given = {**why._asdict(), "limit": limit, "key": key}
    return ROWS.validate_python(list(client.query(text, parameters=given, tz_mode="aware").named_results()))


def count_letters(client: Client, why: Reason) -> LetterCount:
    """Count the letters of a reason."""
    found = client.query(
        f"SELECT count(), countIf(times > 0) FROM ({LETTERS})",  # as above
        parameters=why._asdict(),
    )
    total, replayed = found.result_rows[0]
    return LetterCount(int(total), int(replayed))


def read_reasons(client: Client) -> list[tuple[Reason, LetterCount]]:
    """Read why records are refused and how many of them were sent back, the most frequent first."""
    found = client.query(REASONS).result_rows
    return [
        (Reason(topic, kind, reason), LetterCount(total, replayed))
        for topic, kind, reason, total, replayed in found
    ]
