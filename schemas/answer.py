"""What somebody says about an alert."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from schemas.event import Contract, EventTime, Identifier, Name

__all__ = ["Answer", "AnswerVerdict"]

AnswerVerdict = Literal["fraud", "genuine", "real", "false_alarm", "withdrawn"]


class Answer(Contract):
    """One answer. It counts only if `replaces` names the answer that stands, so nobody is overruled unawares.

    fraud and genuine answer an alert about payments and become labels; real and false_alarm answer one about
    the business; withdrawn takes back the answer that it replaces.
    """

    answer_id: UUID = Field(description="UUIDv7, made once; sent again it changes nothing")
    alert_id: Identifier = Field(description="the alert's")
    verdict: AnswerVerdict = Field(description="what it is")
    by: Name = Field(description="who answers")
    at: EventTime = Field(description="when, event time; labels become known at this moment")
    replaces: UUID | None = Field(
        default=None, description="the answer that stood when this one was given; none = there was none"
    )
    schema_version: Literal[1] = Field(default=1, description="version of this contract")

    @property
    def key(self) -> str:
        """Kafka's key: the alert, so that its answers stay in order."""
        return self.alert_id
