"""What somebody does about an alert, other than answering it."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from schemas.event import Contract, EventTime, Identifier, Name
from schemas.weekly_hours import WeeklyHours

__all__ = ["ActionKind", "AlertAction"]

ActionKind = Literal["take", "release", "assign", "escalate", "comment", "silence", "hold", "unmask"]


class AlertAction(Contract):
    """One action. Of take, release and assign the last one says who has the alert.

    silence keeps alerts of the same kind about the same entity from being raised until its end, or until then
    only within hours of the week; hold tells shops to hold the payments of the alert until its end; unmask
    says that somebody who sees cut ids was shown whose the alert is, and why.
    """

    action_id: UUID = Field(description="UUIDv7, made once; sent again it changes nothing")
    alert_id: Identifier = Field(description="the alert's")
    action: ActionKind = Field(description="what is done")
    by: Name = Field(description="who does it")
    at: EventTime = Field(description="when, event time")
    to: Name | None = Field(default=None, description="who has it from now on, where assigned")
    text: Annotated[str, Field(max_length=1_000)] = Field(default="", description="the comment, or why")
    until: EventTime | None = Field(default=None, description="end of a silence or a hold, event time")
    weekly: WeeklyHours | None = Field(default=None, description="when a silence holds; null = all the time")
    schema_version: Literal[1] = Field(default=1, description="version of this contract")

    @model_validator(mode="after")
    def says_what_it_needs(self) -> Self:
        """Refuse an assignment to nobody, a silence or hold without an end, and what lacks its words.

        Only a silence comes again every week.
        """
        if self.action == "assign" and self.to is None:
            raise ValueError("assign needs to")
        if self.action in ("silence", "hold") and (self.until is None or self.until <= self.at):
            raise ValueError(f"{self.action} needs an until after at")
        if self.weekly is not None and self.action != "silence":
            raise ValueError("only a silence has weekly hours")
        if self.action in ("comment", "unmask") and not self.text.strip():
            raise ValueError(f"{self.action} needs text")
        return self

    @property
    def key(self) -> str:
        """Kafka's key: the alert, so that its actions stay in order."""
        return self.alert_id
