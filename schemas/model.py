"""A trained model as data: nothing in it can run code."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from schemas.event import Contract, EventTime

__all__ = [
    "CHAMPION_LINE",
    "AmountTable",
    "Calibration",
    "Line",
    "Model",
    "ModelSample",
    "Trees",
    "TwoCauses",
]

Line = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=20)]
"""A way of making models; each of its models replaces the one before."""

CHAMPION_LINE: Line = "blend"
"""The line that scores until another is promoted."""


class ModelSample(Contract):
    """A row of features and the score that the trainer computed; a reader must come to the same."""

    features: tuple[float, ...] = Field(description="a row, in the model's order of features")
    score: float = Field(ge=0, le=1, description="what the trainer computed for the row")


class Packed(Contract):
    """A record with arrays of numbers: little-endian bytes, written as base64."""

    model_config = ConfigDict(val_json_bytes="base64", ser_json_bytes="base64")


class Trees(Packed):
    """Gradient-boosted trees as flat arrays, one element per node; all trees' log odds are added up."""

    roots: tuple[int, ...] = Field(min_length=1, max_length=2_000, description="the first node of each tree")
    feature: bytes = Field(max_length=200_000, description="int16, the column that is looked at; -1 = a leaf")
    threshold: bytes = Field(max_length=400_000, description="float32; up to it the way goes left")
    left: bytes = Field(max_length=400_000, description="int32, the next node")
    right: bytes = Field(max_length=400_000, description="int32, the next node")
    value: bytes = Field(max_length=400_000, description="float32, log odds of the payments that come here")
    bias: float = Field(description="log odds added to the sum")


class TwoCauses(Packed):
    """1 − (1 − σ(card)) · (1 − σ(terminal)); each cause adds up a weight per bin of its terms."""

    edges: tuple[tuple[float, ...], ...] = Field(description="per feature, where its bins begin; rising")
    terms: tuple[tuple[int, int], ...] = Field(
        min_length=1, description="columns: one and -1, or two that are crossed; the card's terms first"
    )
    card_terms: int = Field(ge=0, description="how many of the terms are the card's")
    weights: bytes = Field(max_length=400_000, description="float32, per term and bin")
    biases: tuple[float, float] = Field(description="of the card and of the terminal")


class Calibration(Contract):
    """Beta calibration: the log odds become a · ln p − b · ln(1 − p) + c, so their order stays."""

    a: float = Field(gt=0, description="of ln p")
    b: float = Field(gt=0, description="of ln(1 − p)")
    c: float = Field(description="log odds added")


class AmountTable(Contract):
    """How often payments of each amount and each ratio to the usual were fraud, of those with a label."""

    payments: tuple[int, ...] = Field(description="14 amounts by 32 ratios")
    frauds: tuple[int, ...] = Field(description="the same, of these fraud")


class Model(Contract):
    """What scores payments, and the table that their feature `amount_risk` is read from.

    `logistic` is a regression over standardised features: σ(bias + Σ weight · (x − mean) / scale). `blend`
    mixes log odds of trees and of the two-cause model, as far as there are both, and calibrates the sum.
    """

    version: str = Field(min_length=1, max_length=64, description="unique; sorts by valid_from")
    kind: Literal["logistic", "blend"] = Field(description="how the parts make a score")
    feature_set: str = Field(description="the feature set it was trained on; another is refused")
    features: tuple[str, ...] = Field(min_length=1, description="names, in the order of the vectors")
    means: tuple[float, ...] = Field(description="of each feature over the payments learnt")
    scales: tuple[float, ...] = Field(default=(), description="standard deviations, each > 0; logistic")
    weights: tuple[float, ...] = Field(default=(), description="log odds per standard deviation; logistic")
    bias: float = Field(default=0.0, description="log odds of an average payment; logistic")
    two_causes: TwoCauses | None = Field(default=None, description="the online part of a blend")
    trees: Trees | None = Field(default=None, description="the batch part of a blend")
    trees_of: str | None = Field(default=None, description="version of an earlier model whose trees it uses")
    trees_share: float = Field(default=0.0, ge=0, le=1, description="of the trees in the blend's log odds")
    calibration: Calibration | None = Field(default=None, description="of a blend; none = as it comes")
    amounts: AmountTable | None = Field(default=None, description="of the labels learnt")
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
    line: Line = Field(default=CHAMPION_LINE, description="the way of making models that it is of")
    rewind: str | None = Field(
        default=None, description="key of the rewind in `promotions` whose labels it never saw; none = none"
    )
    samples: tuple[ModelSample, ...] = Field(description="the reader's self-check")
    schema_version: Literal[1] = Field(default=1, description="version of this contract")

    @model_validator(mode="after")
    def lengths_agree(self) -> Self:
        """Refuse vectors of another length, which would score garbage, and parts that do not make a score."""
        width = len(self.features)
        vectors = [self.means, *(sample.features for sample in self.samples)]
        if self.kind == "logistic":
            vectors += [self.scales, self.weights]
        elif self.two_causes is None and self.trees is None and self.trees_of is None:
            raise ValueError("a blend needs two_causes, trees or trees_of")
        if any(len(vector) != width for vector in vectors):
            raise ValueError(f"every vector must have {width} values, one per feature")
        if min(self.scales, default=1) <= 0:
            raise ValueError("scales must be above 0")
        return self

    @property
    def key(self) -> str:
        """Kafka's key: the version."""
        return self.version
