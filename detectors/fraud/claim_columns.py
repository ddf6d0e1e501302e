"""Days and ids of many payments and what was said about them, as columns and back."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import numpy as np

from detectors.errors import SnapshotRefused
from detectors.fraud.claims import FRAUD, GENUINE, WITHDRAWN, Claim
from detectors.snapshot import Parts, column, packed_texts, texts

__all__ = ["claims_of", "claims_parts", "day_columns", "day_numbers", "event_columns", "events_of"]

ID_BYTES = 16


def claims_parts(said: Sequence[Sequence[Claim]]) -> Parts:
    """Write the claims about each of some payments."""
    flat = [claim for claims in said for claim in claims]
    return {
        "claims": np.fromiter(map(len, said), np.uint32, len(said)),
        "claim_known": np.array([claim.known for claim in flat], np.float64),
        "claim_kind": np.array([claim.kind for claim in flat], np.uint8),
        **packed_texts("claim_said_by", [claim.said_by for claim in flat]),
    }


def claims_of(parts: Parts, count: int) -> Iterator[tuple[Claim, ...]]:
    """Read the claims about each of so many payments.

    Raises
    ------
    SnapshotRefused
        Arrays that do not fit together, or a verdict that there is not.

    """
    lengths = column(parts, "claims", np.uint32, count)
    total = int(lengths.sum())
    kinds = column(parts, "claim_kind", np.uint8, total)
    if total and kinds.max() > max(GENUINE, FRAUD, WITHDRAWN):
        raise SnapshotRefused(f"a claim is of kind {kinds.max()}")
    known = column(parts, "claim_known", np.float64, total).tolist()
    flat = map(Claim, known, kinds.tolist(), texts(parts, "claim_said_by", total))
    return (tuple(islice(flat, length)) for length in lengths.tolist())


def day_columns(days: Iterable[int]) -> Parts:
    """Write the day of each payment, counted from 1970."""
    return {"day": np.fromiter(days, np.int32)}


def day_numbers(parts: Parts) -> list[int]:
    """Read the day of each payment."""
    days: list[int] = column(parts, "day", np.int32).tolist()
    return days


def event_columns(events: Sequence[int]) -> Parts:
    """Write event ids, numbers below 2**128."""
    whole = b"".join([event.to_bytes(ID_BYTES, "little") for event in events])
    return {"event": np.frombuffer(whole, np.uint8)}


def events_of(parts: Parts, count: int) -> list[int]:
    """Read so many event ids.

    Raises
    ------
    SnapshotRefused
        There are more or fewer.

    """
    whole = column(parts, "event", np.uint8, count * ID_BYTES).tobytes()
    return [int.from_bytes(whole[at : at + ID_BYTES], "little") for at in range(0, len(whole), ID_BYTES)]
