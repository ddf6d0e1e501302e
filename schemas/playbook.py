"""The first steps for one kind of alert, as a team wrote them."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from schemas.alert import AlertKind, EntityType
from schemas.event import Contract, EventTime, Name

__all__ = ["Playbook"]

Step = Annotated[str, Field(min_length=1, max_length=300)]


class Playbook(Contract):
    """What somebody made of a playbook: the newest of a kind counts, the others are its history.

    Without steps the built-in ones count again.
    """

    playbook_id: UUID = Field(description="UUIDv7, made once; sent again it changes nothing")
    kind: AlertKind = Field(description="of the alerts it is for")
    entity_type: EntityType | None = Field(
        default=None, description="only for alerts about such a thing; null = about any other"
    )
    steps: tuple[Step, ...] = Field(max_length=9, description="what to do, first things first")
    by: Name = Field(description="who changed it")
    at: EventTime = Field(description="when, by the wall's clock")
    schema_version: Literal[1] = Field(default=1, description="version of this contract")

    @model_validator(mode="after")
    def says_something(self) -> Self:
        """Refuse a step of blanks."""
        if not all(step.strip() for step in self.steps):
            raise ValueError("a step is empty")
        return self

    @property
    def key(self) -> str:
        """Kafka's key: this change, so that compaction keeps the history."""
        return f"{self.kind}|{self.entity_type or ''}|{self.playbook_id}"
