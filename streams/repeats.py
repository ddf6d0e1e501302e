"""Finding the repeats in a batch."""

from collections.abc import Sequence
from typing import TypeVar

from schemas.errors import Refused
from schemas.event import Event
from streams.resend_filter import ResendFilter

__all__ = ["Repeat", "mark_repeats"]

Sent = TypeVar("Sent", bound=Event)


class Repeat:
    """Stands in a batch for an event that its source sent before."""

    __slots__ = ()


REPEAT = Repeat()


def mark_repeats(
    outcomes: Sequence[Sent | Refused], seen: ResendFilter
) -> tuple[list[Sent | Refused | Repeat], int]:
    """Replace each event that was seen before; give the batch and the number of repeats in it."""
    marked: list[Sent | Refused | Repeat] = []
    repeats = 0
    for outcome in outcomes:
        if isinstance(outcome, Refused) or not seen.is_repeat(outcome):
            marked.append(outcome)
        else:
            marked.append(REPEAT)
            repeats += 1
    return marked, repeats
