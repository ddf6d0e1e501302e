"""Decisions about models, and what they rest on, as commands read and write them."""

from contextlib import closing
from datetime import datetime, timedelta
from typing import NamedTuple

from kafka import KafkaProducer
from pydantic import ValidationError

from producers.log_positions import last_values
from producers.whole_topic import read_whole
from schemas.errors import Stop
from schemas.label import Label
from schemas.model import Model
from schemas.model_metrics import ModelMetrics
from schemas.promotion import Promotion
from schemas.score import Score
from schemas.topics import LABELS, MODEL_METRICS, MODELS, PROMOTIONS, SCORES

__all__ = ["Reached", "publish_promotion", "reached", "read_metrics", "read_models", "read_promotions"]

ACKNOWLEDGED_SECONDS = 30
CLOCK_AHEAD = timedelta(hours=1)


class Reached(NamedTuple):
    """How far the stream has come in event time: payments scored, and what became known of them."""

    scored_to: datetime
    known_to: datetime


def read_models(bootstrap_servers: str) -> tuple[dict[str, Model], int]:
    """Read all models by version, in the order of their time; and count messages that are damaged."""
    found, damaged = {}, 0
    for value in read_whole(bootstrap_servers, MODELS):
        try:
            model = Model.model_validate_json(value)
        except ValidationError:
            damaged += 1
        else:
            found[model.version] = model
    ordered = sorted(found.values(), key=lambda one: (one.valid_from, one.version))
    return {model.version: model for model in ordered}, damaged


def read_promotions(bootstrap_servers: str) -> list[Promotion]:
    """Read all decisions."""
    read = map(Promotion.model_validate_json, read_whole(bootstrap_servers, PROMOTIONS))
    return list({one.key: one for one in read}.values())


def read_metrics(bootstrap_servers: str) -> dict[str, ModelMetrics]:
    """Read the newest figures of each subject."""
    found: dict[str, ModelMetrics] = {}
    for value in read_whole(bootstrap_servers, MODEL_METRICS):
        metrics = ModelMetrics.model_validate_json(value)
        if metrics.subject not in found or found[metrics.subject].day <= metrics.day:
            found[metrics.subject] = metrics
    return found


def publish_promotion(bootstrap_servers: str, promotion: Promotion) -> None:
    """Write a decision and return once Kafka has it."""
    with closing(KafkaProducer(bootstrap_servers=bootstrap_servers.split(","))) as producer:
        producer.send(
            PROMOTIONS.name, key=promotion.key.encode(), value=promotion.model_dump_json().encode()
        ).get(timeout=ACKNOWLEDGED_SECONDS)


def reached(bootstrap_servers: str) -> Reached:
    """Find how far the stream has come; event time is what decisions go by.

    Raises
    ------
    Stop
        No payment was scored yet.

    """
    scores = list(map(Score.model_validate_json, last_values(bootstrap_servers, SCORES).values()))
    paid = [(one.payment.occurred_at, one.received_at) for one in scores if one.payment is not None]
    # A till whose clock is far ahead must not put a decision off for years.
    scored = [at for at, received in paid if received is None or at <= received + CLOCK_AHEAD]
    scored = scored or [at for at, _ in paid]
    if not scored:
        raise Stop("no payment was scored yet: without payments no moment can be named; start the worker")
    known = [
        label.known_at
        for label in map(Label.model_validate_json, last_values(bootstrap_servers, LABELS).values())
        if label.known_at <= max(scored)
    ]
    return Reached(max(scored), max(known, default=max(scored)))
