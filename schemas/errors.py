"""The error tree. Its three branches tell the caller what to do.

TillwatchError
├── Retry        try again: the other side is away or busy
├── SetAside     this record cannot be used: put it aside and go on
│   └── Refused  a record breaks its contract (kind, reason)
└── Stop         going on would lose or double something, or cannot work: end the process
"""

from schemas.dead_letter import RefusalKind

__all__ = ["Refused", "Retry", "SetAside", "Stop", "TillwatchError"]


class TillwatchError(Exception):
    """Base of every error that Tillwatch raises itself."""


class Retry(TillwatchError):
    """The other side is away or busy; the same call may work later."""


class SetAside(TillwatchError):
    """One record cannot be used; it goes to dead-letters and the stream goes on."""


class Stop(TillwatchError):
    """Going on would lose or double something, or cannot work. The message says what to do."""


class Refused(SetAside):
    """A record breaks its contract.

    Parameters
    ----------
    kind
        Which door it failed at.
    reason
        What was expected and what came; never a value from the payload.

    """

    def __init__(self, kind: RefusalKind, reason: str) -> None:
        super().__init__(f"{kind}: {reason}")
        self.kind: RefusalKind = kind
        self.reason = reason
