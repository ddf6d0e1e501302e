"""Decoding what our own agents wrote."""

import logging
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from schemas.decode import own_decoder
from streams.batch import Batch

__all__ = ["own_records"]

Record = TypeVar("Record", bound=BaseModel)

log = logging.getLogger(__name__)


def own_records(batch: Batch[Any], model: type[Record]) -> list[Record]:
    """Decode a batch that another agent wrote; what breaks its contract is logged and left out.

    It has passed the door already, so it is not searched for card numbers again, which costs as much as
    decoding it. What comes has the model's fields, see `schemas.structs`.
    """
    events: list[Record] = []
    decode = own_decoder(model)
    for offset, record in zip(batch.offsets, batch.records, strict=True):
        if offset in batch.aside:
            batch.refused += 1
            batch.reasons[str(batch.aside[offset])] += 1
            continue
        try:
            events.append(decode(record))
        except ValidationError as error:
            batch.refused += 1
            batch.reasons["a record of ours breaks its contract"] += 1
            log.error(
                "a record of ours breaks its contract",
                extra={"topic": batch.topic.name, "offset": offset, "cause": error.title},
            )
    return events
