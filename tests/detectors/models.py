"""Models and score records for tests."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np

from detectors.fraud.features import FEATURE_NAMES, FEATURE_SET
from detectors.fraud.scorers import LogisticScorer
from schemas.model import Model, ModelSample
from schemas.origin import Origin
from schemas.score import Score, ScoredPayment
from schemas.transaction import Transaction
from tests.support.events import MONDAY

__all__ = ["model", "score_of"]

WIDTH = len(FEATURE_NAMES)


def model(day: float = 0, **fields: Any) -> Model:
    """Make a model valid from that many days after Monday, with a right sample if logistic."""
    made = Model(
        **{
            "version": f"model-{day:08.3f}",
            "kind": "logistic",
            "feature_set": FEATURE_SET,
            "features": FEATURE_NAMES,
            "means": tuple(float(place) for place in range(WIDTH)),
            "scales": tuple(1.0 + place for place in range(WIDTH)),
            "weights": tuple((-1.0) ** place for place in range(WIDTH)),
            "bias": -2.0 + day,
            "threshold": 0.5,
            "alerts_per_day": 10.0,
            "valid_from": MONDAY + timedelta(days=day),
            "learnt_from": MONDAY,
            "learnt_to": MONDAY,
            "labels": 100,
            "frauds": 10,
            "samples": (),
            **fields,
        }
    )
    if made.samples or made.features != FEATURE_NAMES or made.kind != "logistic":
        return made
    row = np.arange(WIDTH, dtype=np.float64)[None] * 1.5
    scorer = LogisticScorer(made)
    score = float(scorer.scores(row)[0])
    return made.model_copy(update={"samples": (ModelSample(features=tuple(row[0].tolist()), score=score),)})


def score_of(paid: Transaction, features: tuple[float, ...], **fields: Any) -> Score:
    """Make the score record of a payment."""
    return Score(
        **{
            "origin": Origin(generation="g:0", topic="transactions", partition=0, offset=paid.seq),
            "disposition": "scored",
            "scored_at": datetime.fromtimestamp(0, MONDAY.tzinfo).replace(year=2030),
            "payment": ScoredPayment(
                event_id=paid.event_id,
                source=paid.source,
                payment_id=paid.payment_id,
                occurred_at=paid.occurred_at,
                status=paid.status,
                amount_minor=paid.amount_minor,
                currency=paid.currency,
                reporting_minor=paid.amount_minor,
                channel=paid.channel,
                payment_method=paid.payment_method,
                customer_id=paid.customer_id,
                card_id=paid.card_id,
                terminal_id=paid.terminal_id,
                store_id=paid.store_id,
                lines=paid.lines,
            ),
            "score": 0.01,
            "threshold": 1.0,
            "decision": "approve",
            "feature_set": FEATURE_SET,
            "features": features,
            "model_version": "cold-start",
            **fields,
        }
    )
