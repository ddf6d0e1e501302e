"""What a watcher has found, before it becomes an alert."""

from dataclasses import dataclass, field
from hashlib import blake2b

from schemas.alert import AlertCounterfactual, AlertKind, AlertPayment, AlertReason, EntityType, WatchedSeries

__all__ = ["Finding", "identity"]

LETTERS = str.maketrans("0123456789", "ghijklmnop")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One finding as it stands; a later one of the same identity replaces it. Times: seconds since 1970.

    Parameters
    ----------
    kind, entity_type, entity
        What was found, and about what.
    window
        Tells two findings of one kind about one entity apart, for example the local day or the onset. It
        must not change while the finding lasts.
    store_id, sentence, reasons, count, money_at_risk_minor, per_hour_minor, completeness, watched, payments,
    counterfactual
        As in `schemas.alert.Alert`.
    since, last_at, until
        Onset, newest evidence, and end; no end while it lasts.
    detector, model_version
        What found it.
    told_as
        The id of the alert, if it was told before and that is known.

    """

    kind: AlertKind
    entity_type: EntityType
    entity: str
    window: str
    store_id: str | None
    sentence: str
    since: float
    last_at: float
    until: float | None = None
    reasons: tuple[AlertReason, ...] = ()
    count: int = 1
    money_at_risk_minor: int = 0
    per_hour_minor: int | None = None
    completeness: float | None = None
    watched: WatchedSeries | None = None
    payments: tuple[AlertPayment, ...] = field(default=(), repr=False)
    counterfactual: AlertCounterfactual | None = None
    detector: str
    model_version: str | None = None
    told_as: str | None = None

    @property
    def alert_id(self) -> str:
        """The same finding is the same alert."""
        return self.told_as or identity(self.kind, self.entity_type, self.entity, self.window)


def identity(kind: AlertKind, entity_type: EntityType, entity: str, window: str) -> str:
    """Give the alert's id: sixteen letters from kind, entity and window.

    Letters only: one hash in a few hundred looks like a card number, and would be refused at the door.
    """
    said = "\n".join((kind, entity_type, entity, window))
    return blake2b(said.encode(), digest_size=8).hexdigest().translate(LETTERS)
