"""Why a figure changed: the parts that made it, and what else happened then."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.event import Contract, EventTime, Identifier, Name

__all__ = ["Causes", "DimensionValue", "Explanation", "Figure", "LeftOut", "Nearby", "PartCause"]

Sentence = Annotated[str, Field(min_length=1, max_length=600)]


class DimensionValue(Contract):
    """One value of one dimension."""

    dimension: Name = Field(description="store_id, region, channel, payment_method, device, app_version, …")
    value: Annotated[str, Field(max_length=256)] = Field(
        description="as in the events; empty = they say none"
    )


class PartCause(Contract):
    """A combination of values that explains part of a change, without what causes before it cover."""

    values: tuple[DimensionValue, ...] = Field(min_length=1, max_length=3, description="all of them together")
    words: Name = Field(description="for people: Android in the app")
    actual: float = Field(description="what it is, in the figure's unit")
    expected: float = Field(description="what it usually is")
    share: float = Field(description="of the whole change; shares and the rest's add up to 1")
    surprise: float = Field(description="as an accident it has a chance of at most exp(−surprise)")
    partly: bool = Field(default=False, description="causes before it cover a part of what its values name")

    @property
    def change(self) -> float:
        """What it is more, or less, than usual."""
        return self.actual - self.expected


class Figure(Contract):
    """Another figure of the first cause's part that changed too, beside its usual value."""

    text: Name = Field(description="for people: pay errors 21 % (usual 0.6 %)")
    value: float = Field(description="the figure, in `unit`")
    usual: float = Field(description="what it usually is")
    unit: Name = Field(description="share, payments, …")


class Nearby(Contract):
    """Something else that happened shortly before or meanwhile. It need not be a cause."""

    what: Name = Field(description="release, campaign, …, or the kind of an alert")
    text: Sentence = Field(description="for people")
    at: EventTime = Field(description="when it began, event time")
    told: bool = Field(default=False, description="somebody said so, in `context`; else it is an alert")
    reference: Identifier | None = Field(default=None, description="id of the alert or of the context event")


class LeftOut(Contract):
    """A place whose figures are missing and not fallen."""

    store_id: Identifier = Field(description="the store")
    name: Name = Field(description="for people")
    since: EventTime = Field(description="since when something of it is silent")


class Explanation(Contract):
    """Why a total changed over a stretch of time."""

    metric: Name = Field(description="which figure, as in `tillwatch why`")
    unit: Name = Field(description="of actual and expected: EUR, payments, share, …")
    since: EventTime = Field(description="first minute")
    until: EventTime = Field(description="end of the last minute, not included")
    store_id: Identifier | None = Field(default=None, description="where; none = everywhere")
    channel: Name | None = Field(default=None, description="which channel; none = all")
    region: Name | None = Field(default=None, description="the stores of which region; none = all")
    payment_method: Name | None = Field(default=None, description="how it was paid; none = however")
    category: Name | None = Field(default=None, description="what kind of goods; none = all")
    actual: float = Field(description="what it is")
    expected: float = Field(description="what it usually is in such minutes, at today's level")
    surprise: float = Field(ge=0, description="of the total, as in causes")
    evenly: bool = Field(default=False, description="it changed everywhere alike, so nothing stands out")
    causes: tuple[PartCause, ...] = Field(default=(), max_length=5, description="the surest first")
    rest_share: float = Field(default=0.0, description="share of the change that no cause explains")
    mix_share: float = Field(
        default=0.0, description="of a ratio: share of the change that comes from parts having other sizes"
    )
    figures: tuple[Figure, ...] = Field(
        default=(), max_length=5, description="what else changed in the first"
    )
    nearby: tuple[Nearby, ...] = Field(default=(), max_length=10, description="nearest first")
    left_out: tuple[LeftOut, ...] = Field(default=(), description="places that are silent")
    completeness: float | None = Field(
        default=None, ge=0, le=1, description="share of events that arrived of what was sent, if known"
    )
    days: int = Field(ge=0, description="earlier days it was held against")
    sentence: Sentence = Field(description="all of it, for people")


class Causes(Contract):
    """Why the total fell or rose that an alert is about. The last record of an alert counts."""

    alert_id: Identifier = Field(description="the alert's")
    explanation: Explanation = Field(description="why")
    explained_at: EventTime = Field(description="wall clock of whoever explained")
    schema_version: Literal[1] = Field(default=1, description="version of this contract")

    @property
    def key(self) -> str:
        """Kafka's key: the alert."""
        return self.alert_id
