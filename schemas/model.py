"""A trained model as data: nothing in it can run code."""

from typing import Literal, Self

from pydantic import Field, model_validator

from schemas.event import Contract, EventTime

__all__ = ["Model", "ModelSample"]


class ModelSample(Contract):
    """A row of features and the score that the trainer computed; a reader must come to the same."""

    features: tuple[float, ...] = Field(description="a row, in the model's order of features")
    score: float = Field(ge=0, le=1, description="what the trainer computed for the row")


class Model(Contract):
    """A logistic regression over standardised features: σ(bias + Σ weight · (x − mean) / scale)."""

    version: str = Field(min_length=1, max_length=64, description="unique; sorts by valid_from")
    kind: Literal["logistic"] = Field(description="how the vectors make a score")
    feature_set: str = Field(description="the feature set it was trained on; another is refused")
    features: tuple[str, ...] = Field(min_length=1, description="names, in the order of the vectors")
    means: tuple[float, ...] = Field(description="of each feature over the payments learnt")
    scales: tuple[float, ...] = Field(description="standard deviations, each > 0")
    weights: tuple[float, ...] = Field(description="log odds per standard deviation")
    bias: float = Field(description="log odds of an average payment")
    threshold: float = Field(ge=0, le=1, description="scores at or above it are reviewed")
    alerts_per_day: float = Field(gt=0, description="the budget that the threshold was set for")
    valid_from: EventTime = Field(description="event time from which it may score: nothing learnt is later")
    learnt_from: EventTime = Field(description="earliest payment learnt")
    learnt_to: EventTime = Field(description="latest payment learnt")
    labels: int = Field(ge=0, description="payments learnt")
    frauds: int = Field(ge=0, description="of these, fraud")
    metrics: dict[str, float] = Field(
        default_factory=dict, description="the trainer's measurements by name, for people"
    )
    parent: str | None = Field(default=None, description="version it was trained on from")
    samples: tuple[ModelSample, ...] = Field(description="the reader's self-check")
    schema_version: Literal[1] = Field(default=1, description="version of this contract")

    @model_validator(mode="after")
    def lengths_agree(self) -> Self:
        """Refuse vectors of another length, which would score garbage."""
        width = len(self.features)
        vectors = [self.means, self.scales, self.weights, *(sample.features for sample in self.samples)]
        if any(len(vector) != width for vector in vectors):
            raise ValueError(f"every vector must have {width} values, one per feature")
        if min(self.scales) <= 0:
            raise ValueError("scales must be above 0")
        return self

    @property
    def key(self) -> str:
        """Kafka's key: the version."""
        return self.version
