"""Rules, lists and payments to ask them about, for tests."""

from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

import numpy as np

from detectors.fraud.features import FEATURE_NAMES
from detectors.fraud.payments import Payments as JudgedPayments
from detectors.rules.decisions import Payments
from detectors.rules.payment_columns import PaymentColumns
from schemas.identifiers import uuid7
from schemas.list_entry import ListEntry
from schemas.rule_set import Rule, RuleSet
from schemas.transaction import Transaction
from tests.support.events import MONDAY

__all__ = ["asked", "entry", "rule", "rule_set"]


def rule(when: str, name: str = "a-rule", **fields: Any) -> Rule:
    """Make a rule that reviews."""
    return Rule(**{"name": name, "when": when, "action": "review", "owner": "dana", **fields})


def rule_set(*rules: Rule, version: int = 1, valid_from: datetime = MONDAY, **fields: Any) -> RuleSet:
    """Make a set that counts from Monday."""
    return RuleSet(
        version=version, rules=rules, valid_from=valid_from, published_by="li", published_at=MONDAY, **fields
    )


def entry(list_name: str, subject: str, value: str, seed: int = 0, **fields: Any) -> ListEntry:
    """Make an entry that counts from Monday; the same seed makes the same entry."""
    return ListEntry(
        **{
            "entry_id": UUID(int=uuid7(MONDAY, Random(seed)).int),
            "list_name": list_name,
            "subject": subject,
            "value": value,
            "owner": "dana",
            "reason": "a test",
            "valid_from": MONDAY,
            "at": MONDAY,
            **fields,
        }
    )


def asked(payments: list[Transaction], scores: list[float] | None = None, threshold: float = 0.5) -> Payments:
    """Turn payments into what is decided about; features count up, so that each is another."""
    found = np.zeros(len(payments)) if scores is None else np.array(scores)
    features = np.arange(len(payments) * len(FEATURE_NAMES), dtype=np.float64)
    judged = JudgedPayments.of(payments)
    columns = PaymentColumns(
        payments,
        judged.micros,
        features.reshape(len(payments), len(FEATURE_NAMES)),
        found,
        lambda minor, currency: minor if currency == "EUR" else None,
    )
    return Payments(judged.seconds, judged.micros, columns.of, found >= threshold)
