"""An entry of the allow, block and review lists."""

from typing import Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from schemas.event import Contract, EventTime, Identifier, Name

__all__ = ["ListEntry", "ListName", "ListSubject"]

ListName = Literal["allow", "block", "review"]
ListSubject = Literal["card", "customer", "device", "email", "bin", "terminal"]


class ListEntry(Contract):
    """From when to when payments of one card, customer, device, e-mail, BIN or terminal are on a list.

    An entry is never deleted: taken off the list it gets `expires_at`, so that payments which are scored
    again find the lists as they were. Put on again it is a new entry.
    """

    entry_id: UUID = Field(description="UUIDv7, made when it is added")
    list_name: ListName = Field(description="allow = approve, block = decline, review = somebody looks at it")
    subject: ListSubject = Field(description="what the value is compared with")
    value: Identifier = Field(
        description="card_id, customer_id, device_id, email_hash, bin or terminal_id of the payment; a bin "
        "also covers longer ones that begin with it"
    )
    owner: Name = Field(description="who answers for it")
    reason: str = Field(min_length=1, max_length=400, description="why, for people")
    valid_from: EventTime = Field(description="event time of the first payment that it covers")
    expires_at: EventTime | None = Field(
        default=None, description="payments from this event time on are not covered; none = it stays"
    )
    removed_by: Name | None = Field(default=None, description="who took it off, if somebody did")
    at: EventTime = Field(description="wall clock of the command that wrote this record")
    schema_version: Literal[1] = Field(default=1, description="version of this contract")

    @model_validator(mode="after")
    def bin_is_digits(self) -> Self:
        """Refuse what no payment's bin can be."""
        digits = self.value.isascii() and self.value.isdigit()
        if self.subject == "bin" and not (digits and 6 <= len(self.value) <= 8):
            raise ValueError("a bin is 6 to 8 digits")
        return self

    @property
    def key(self) -> str:
        """Kafka's key: the entry."""
        return str(self.entry_id)
