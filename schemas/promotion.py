"""Who decides which model scores: a promotion, a pin, or a rewind."""

from datetime import UTC, datetime
from typing import Literal, Self

from pydantic import Field, model_validator

from schemas.event import Contract, EventTime, Name
from schemas.label import LabelSource
from schemas.model import Line

__all__ = ["LabelExclusion", "Promotion"]


class LabelExclusion(Contract):
    """Labels that are as if they had never come: those that fit everything that is named here."""

    said_by: LabelSource | None = Field(default=None, description="the source; none = any")
    known_from: EventTime | None = Field(default=None, description="known at or after it; none = ever since")
    known_to: EventTime | None = Field(default=None, description="known before it; none = for ever")

    @model_validator(mode="after")
    def names_some_labels(self) -> Self:
        """Refuse what would exclude every label, or none."""
        if self.said_by is None and self.known_from is None:
            raise ValueError("name a source or from when on; without either every label would be excluded")
        if self.known_from and self.known_to and self.known_from >= self.known_to:
            raise ValueError("known_from must be before known_to")
        return self


class Promotion(Contract):
    """A decision about models, from a moment of event time on.

    `promote`: the version scores, and after it the newer ones of its line. `pin`: only this version scores,
    whatever is published or promoted. `unpin`: what was promoted scores again. `rewind`: the trainer learns
    all lines anew without the labels excluded; the newest rewind counts alone, so it repeats what stands.
    Before the first decision the newest model of the line `blend` scores.
    """

    action: Literal["promote", "pin", "unpin", "rewind"] = Field(description="what was decided")
    version: str | None = Field(default=None, max_length=64, description="the model; of promote and pin")
    line: Line | None = Field(default=None, description="the model's line; of promote and pin")
    valid_from: EventTime = Field(description="event time of the first payment it holds for")
    by: Literal["rule", "hand"] = Field(description="the trainer's rule, or a person")
    who: Name = Field(description="the rule with its version, or the person")
    reason: Name = Field(description="for people: why")
    figures: dict[str, float] = Field(default_factory=dict, description="by name, what decided")
    exclusions: tuple[LabelExclusion, ...] = Field(
        default=(), max_length=100, description="of a rewind: all that stand from it on; none = no more"
    )
    at: EventTime = Field(description="wall clock of the decision")
    schema_version: Literal[1] = Field(default=1, description="version of this contract")

    @model_validator(mode="after")
    def fields_go_with_the_action(self) -> Self:
        """Refuse a promotion of nothing, and exclusions that nobody would obey."""
        names = self.action in ("promote", "pin")
        if names != (self.version is not None) or names != (self.line is not None):
            raise ValueError(f"{self.action} {'needs' if names else 'takes no'} version and line")
        if self.exclusions and self.action != "rewind":
            raise ValueError("only a rewind excludes labels")
        return self

    @property
    def key(self) -> str:
        """Kafka's key: from when, what, and which version or else when it was decided."""
        return f"{stamp(self.valid_from)}-{self.action}-{self.version or stamp(self.at)}"


def stamp(moment: datetime) -> str:
    """Write a moment so that it sorts."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}"
