"""Where an output comes from: the one input record that caused it."""

from pydantic import Field

from schemas.event import Contract

__all__ = ["Origin"]


class Origin(Contract):
    """Topic, partition and offset of the input, and the generation in which it was processed.

    A reader of a dense topic keeps the last origin offset per partition, drops what is not above it and
    counts gaps, which must not exist. Offsets go on where only the reprocess number grows; a smaller number
    than the last is of a worker that was replaced, and is dropped. Another topic id starts anew.
    """

    generation: str = Field(description="Kafka's id of the input topic, a colon, the reprocess number")
    topic: str = Field(description="the input topic")
    partition: int = Field(ge=0, description="the input partition")
    offset: int = Field(ge=0, description="the input offset")
