"""A generation of scores: of which reprocess, from which payment on, and with which model."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from schemas.event import Contract, EventTime

__all__ = ["ORIGINAL", "Generation", "GenerationName", "number_of", "topic_id_of"]

ORIGINAL = "original"
"""Name of what the worker scores before any switch: generation number 0, without a record."""

GenerationName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]


class Generation(Contract):
    """One number of the counter behind the topic id in `origin.generation`.

    A `reprocess` scores old payments again, beside the live worker, into topics of its own. A `switch` makes
    a reprocess, or `original`, what the worker scores from then on; the switch with the highest number is
    live. Numbers are never used twice and only grow, also when a switch goes back, so which one is newer is
    known everywhere from the number alone.
    """

    number: int = Field(ge=1, lt=2**31, description="counts reprocesses and switches from 1")
    kind: Literal["reprocess", "switch", "dropped"] = Field(
        description="scored beside the live one; what the worker scores from then on; gone, its name is free"
    )
    name: GenerationName = Field(description="of the reprocess, or original")
    topic_id: str = Field(
        min_length=1, description="Kafka's id of transactions; of another id it says nothing"
    )
    offsets: tuple[int, ...] = Field(
        min_length=1, description="first payment that counts, per partition of transactions"
    )
    model_version: str | None = Field(
        default=None, description="the one model that scores; none = the newest that was valid at the time"
    )
    chosen: str = Field(
        default="", description="from where, in the words of who started it; empty = the start"
    )
    undoes: int | None = Field(
        default=None, ge=1, description="number of the switch that this one takes back"
    )
    at: EventTime = Field(description="wall clock of the command")
    schema_version: Literal[1] = Field(default=1, description="version of this contract")

    @model_validator(mode="after")
    def original_is_not_reprocessed(self) -> Self:
        """Refuse a reprocess with the name of what there was before all of them."""
        if self.kind != "switch" and self.name == ORIGINAL:
            raise ValueError(f"only a switch may be named {ORIGINAL}")
        return self

    @property
    def key(self) -> str:
        """Kafka's key: the number."""
        return str(self.number)


def topic_id_of(generation: str) -> str:
    """Give the topic id of an origin's generation.

    >>> topic_id_of("uL3l4qRuTkqU2bLz1m1XkA:2")
    'uL3l4qRuTkqU2bLz1m1XkA'
    """
    return generation.rpartition(":")[0]


def number_of(generation: str) -> int:
    """Give the number of an origin's generation.

    >>> number_of("uL3l4qRuTkqU2bLz1m1XkA:2")
    2
    """
    return int(generation.rpartition(":")[2])
