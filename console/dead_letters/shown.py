"""What a page shows of a dead letter: its bytes as harmless text, and nobody's for who only looks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from console.dead_letters.replaying import event_of
from console.errors import ReplayUnfit
from console.language import _
from console.wording import age, count
from schemas.topics import TOPICS
from sinks.refused.letters import Letter

__all__ = ["ShownLetter", "payload_text", "shown_letters", "stays"]

SHOWN_CHARACTERS = 4_000
NAME_OR_WORD = re.compile(r'"([A-Za-z_]+)"(?=\s*:)|\w')


@dataclass(frozen=True)
class ShownLetter:
    """One letter for a page and the API; `stays` says why it cannot be sent back, empty where it can."""

    key: str
    topic: str
    partition: int
    offset: int
    reason: str
    refused_at: datetime
    ago: str
    size: str
    payload: str
    replayed: str
    stays: str


def shown_letters(letters: Sequence[Letter], *, now: datetime, masked: bool) -> list[ShownLetter]:
    """Write letters for who looks."""
    return [
        ShownLetter(
            key=one.key,
            topic=one.topic,
            partition=one.partition,
            offset=one.offset,
            reason=one.reason,
            refused_at=one.refused_at,
            ago=_("{age} ago", age=age((now - one.refused_at).total_seconds())),
            size=_("{number} bytes", number=count(one.payload_bytes)),
            payload=payload_text(one, masked=masked),
            replayed=replayed_text(one, now),
            stays=stays(one),
        )
        for one in letters
    ]


def payload_text(letter: Letter, *, masked: bool) -> str:
    """Write what came; where it is masked, only names of the contract, signs and lengths are left of it."""
    text = letter.payload[:SHOWN_CHARACTERS]
    if masked:
        names = TOPICS[letter.topic].model.model_fields if letter.topic in TOPICS else {}
        text = NAME_OR_WORD.sub(
            lambda found: found[0] if found[1] in names else re.sub(r"\w", "•", found[0]), text
        )
    # what cannot be seen may turn the text around it, or hide in it
    text = "".join(one if one.isprintable() or one == "\n" else ascii(one)[1:-1] for one in text)
    left = letter.payload_bytes - len(letter.payload[:SHOWN_CHARACTERS].encode())
    return _("{text} … and {number} bytes", text=text, number=count(left)) if left > 0 else text


def replayed_text(letter: Letter, now: datetime) -> str:
    """Say who sent it back, and when."""
    if letter.replayed_at is None:
        return ""
    return _(
        "Replayed by {who}, {age} ago",
        who=letter.replayed_by,
        age=age((now - letter.replayed_at).total_seconds()),
    )


def stays(letter: Letter) -> str:
    """Say why a letter cannot be sent back."""
    try:
        event_of(letter)
    except ReplayUnfit as error:
        return str(error)
    return ""
