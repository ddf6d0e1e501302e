"""What can go wrong while somebody looks or answers.

Retry
├── StoreSilent    ClickHouse did not answer a question; what was known before is still shown
├── AnswerNotKept  Kafka did not acknowledge an answer; whether it was stored is unknown
├── ReplayNotKept  Kafka did not acknowledge a record that was sent back, or the note about it
└── ActionNotKept  Kafka did not acknowledge another action; whether it was stored is unknown
SetAside
├── AddressUnfit   a parameter of an address has a value that it cannot have
├── AnswerUnfit    the verdict does not fit the alert, or there is nothing to take back
├── ReplayUnfit    a dead letter cannot be sent back as it came, or would be refused again
├── ActionUnfit    an action lacks what it needs, or asks for too much
└── AnswerStands   somebody else's answer stands, and this one did not say that it replaces it
"""

from schemas.alert import AlertAnswer
from schemas.errors import Retry, SetAside

__all__ = [
    "ActionNotKept",
    "ActionUnfit",
    "AddressUnfit",
    "AnswerNotKept",
    "AnswerStands",
    "AnswerUnfit",
    "PlaybookChanged",
    "PlaybookNotKept",
    "PlaybookUnfit",
    "ReplayNotKept",
    "ReplayUnfit",
    "StoreSilent",
]


class StoreSilent(Retry):
    """ClickHouse did not answer. Start it, or look at its address and password in the console's settings."""


class AnswerNotKept(Retry):
    """Kafka did not acknowledge the answer in time. Give it again: twice the same changes nothing."""


class ActionNotKept(Retry):
    """Kafka did not acknowledge the action in time. Look at the alert's history before it is sent again."""


class ReplayNotKept(Retry):
    """Kafka did not acknowledge in time. Look at what is marked as replayed before the rest is sent."""


class ReplayUnfit(SetAside):
    """The message says why the letter stays where it is."""


class ActionUnfit(SetAside):
    """The message says what is missing."""


class PlaybookNotKept(Retry):
    """Kafka did not acknowledge the playbook in time. Look at its history before it is saved again."""


class PlaybookUnfit(SetAside):
    """The message says which playbook or step does not fit."""


class PlaybookChanged(SetAside):
    """Show who changed it meanwhile; saved again, that is replaced.

    Parameters
    ----------
    by
        Who did.

    """

    def __init__(self, by: str) -> None:
        super().__init__(f"{by} changed it meanwhile")
        self.by = by


class AddressUnfit(SetAside):
    """The message says which values the parameter takes."""


class AnswerUnfit(SetAside):
    """The message says which verdicts fit the alert."""


class AnswerStands(SetAside):
    """Show who answered what, and ask whether to override it.

    Parameters
    ----------
    standing
        The answer that counts.

    """

    def __init__(self, standing: AlertAnswer) -> None:
        super().__init__(f"{standing.by} has answered {standing.verdict}")
        self.standing = standing
