"""Both scorings of each payment, from the two topics that hold them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
import orjson

from detectors.comparison import ScorePairs
from detectors.fraud.claims import Claim, claim_of, standing
from producers.whole_topic import read_partition, read_whole
from schemas.decode import decode_batch
from schemas.errors import Refused
from schemas.label import Label
from schemas.origin import Origin
from schemas.topics import LABELS, SCORES, TRANSACTIONS, Topic
from streams.dense_reader import DenseReader

__all__ = ["BothScored", "read_pairs", "read_verdicts"]

DECODED_AT_ONCE = 1_000
ID_LENGTH = 36


class BothScored(NamedTuple):
    """What two topics of scores hold of the same payments.

    Parameters
    ----------
    pairs
        The payments that both scored.
    only_live, only_other
        Input records between the first and the last that both have, of which one has nothing: must be 0.
    dispositions_differ
        Input records that one scored and the other refused, took for a repeat or only followed.
    gaps
        Input records missing in one of the topics: must be 0.

    """

    pairs: ScorePairs
    only_live: int
    only_other: int
    dispositions_differ: int
    gaps: int


class Columns:
    """Pairs as they are found, one partition after the other."""

    def __init__(self) -> None:
        self.event_ids: list[bytes] = []
        self.seconds: list[float] = []
        self.amounts: list[int] = []
        self.scores: tuple[list[float], list[float]] = ([], [])
        self.reviewed: tuple[list[bool], list[bool]] = ([], [])

    def add(self, live: dict[str, Any], other: dict[str, Any]) -> None:
        """Take in a payment."""
        payment = live["payment"]
        self.event_ids.append(payment["event_id"].encode())
        self.seconds.append(datetime.fromisoformat(payment["occurred_at"]).timestamp())
        self.amounts.append(payment["amount_minor"])
        for side, record in enumerate((live, other)):
            self.scores[side].append(record["score"])
            self.reviewed[side].append(record["decision"] != "approve")

    def pairs(self, verdicts: Mapping[bytes, bool]) -> ScorePairs:
        """Turn them into arrays."""
        return ScorePairs(
            np.array(self.event_ids, f"S{ID_LENGTH}"),
            np.array(self.seconds, np.float64),
            np.array(self.amounts, np.int64),
            np.array(self.scores[0], np.float64),
            np.array(self.scores[1], np.float64),
            np.array(self.reviewed[0], np.bool_),
            np.array(self.reviewed[1], np.bool_),
            np.array([verdicts.get(event_id, -1) for event_id in self.event_ids], np.int8),
        )


def read_pairs(bootstrap_servers: str, other: Topic, verdicts: Mapping[bytes, bool]) -> BothScored:
    """Read `scores` and another topic of scores to their present ends, and join them by input record.

    Cost: 8 µs a record of 950 bytes, and what reading it costs; memory 200 bytes a payment, and 1 kB for
    those of one partition.

    """
    columns = Columns()
    only_live = only_other = differ = gaps = 0
    for number in range(TRANSACTIONS.partitions):
        live, live_gaps = read_once(bootstrap_servers, SCORES, number)
        again, other_gaps = read_once(bootstrap_servers, other, number)
        gaps += live_gaps + other_gaps
        if not live or not again:
            continue
        begin, end = max(min(live), min(again)), min(max(live), max(again))
        for offset in range(begin, end + 1):
            first, second = live.get(offset), again.get(offset)
            if first is None or second is None:
                only_live += first is not None
                only_other += second is not None
            elif first["disposition"] != second["disposition"]:
                differ += 1
            elif first["disposition"] == "scored":
                columns.add(first, second)
    return BothScored(columns.pairs(verdicts), only_live, only_other, differ, gaps)


def read_once(bootstrap_servers: str, topic: Topic, number: int) -> tuple[dict[int, dict[str, Any]], int]:
    """Read one partition as any reader must, by input offset; and count what is missing.

    The records were written by our own agents, and only a few of their fields are looked at.
    """
    reader = DenseReader()
    found = {}
    for value in read_partition(bootstrap_servers, topic, number):
        record = orjson.loads(value)
        origin = Origin.model_construct(**record["origin"])
        if reader.accept(origin):
            payment = record.get("payment")
            found[origin.offset] = {
                "disposition": record["disposition"],
                "score": record.get("score"),
                "decision": record.get("decision"),
                "payment": payment and {name: payment[name] for name in FIELDS},
            }
    return found, reader.gaps


FIELDS = ("event_id", "occurred_at", "amount_minor")


def read_verdicts(bootstrap_servers: str) -> dict[bytes, bool]:
    """Read all labels: what stands of each payment by now, true for fraud."""
    claims: dict[bytes, list[Claim]] = {}
    waiting: list[bytes] = []

    def take() -> None:
        for label in decode_batch(Label, waiting).events:
            if not isinstance(label, Refused):
                claims.setdefault(str(label.event_id).encode(), []).append(claim_of(label))
        waiting.clear()

    for value in read_whole(bootstrap_servers, LABELS):
        waiting.append(value)
        if len(waiting) == DECODED_AT_ONCE:
            take()
    take()
    stands = {event_id: standing(sorted(set(said))) for event_id, said in claims.items()}
    return {event_id: claim.fraud for event_id, claim in stands.items() if claim is not None}
