"""The benchmark of features: which fraud is of which kind, and how kinds are ranked."""

from datetime import timedelta

import pytest

from benchmarks.errors import BenchmarkError
from benchmarks.offline_scoring import OfflineScoring
from benchmarks.payment_features import EVERYDAY, KINDS, by_kind, kind_of
from detectors.fraud.features import FEATURE_NAMES
from schemas.score import Score
from tests.support.events import payment
from tests.support.incidents import NOON, incident
from tests.support.scores import score

BY_KIND = {
    "card_testing": ("device_id", "device-bot"),
    "compromised_terminal": ("terminal_id", "terminal-9"),
    "stolen_card_spree": ("card_id", "card-stolen"),
}
INCIDENTS = [incident(kind=kind, entity=entity) for kind, (_, entity) in BY_KIND.items()]


def scored(seq: int, value: float, **fields: object) -> Score:
    paid = payment(seq, **{"occurred_at": NOON + timedelta(minutes=seq), **fields})
    return score(0, seq, paid=paid).model_copy(update={"score": value})


def test_each_kind_is_ranked_against_all_honest_payments_and_no_other_fraud() -> None:
    frauds = [
        scored(1, 0.9, device_id="device-bot"),
        scored(2, 0.8, terminal_id="terminal-9"),
        scored(3, 0.4, card_id="card-stolen"),
        scored(4, 0.2, card_id="card-of-nobody"),
    ]
    honest = [scored(5, 0.5), scored(6, 0.1)]
    truth = {one.payment.event_id: one in frauds for one in (*frauds, *honest) if one.payment}
    precision, counts, payments = by_kind([*frauds, *honest], truth, INCIDENTS)
    assert payments == 6
    assert counts == {"all": 4, **dict.fromkeys(KINDS, 1)}
    assert precision["card_testing"] == precision["compromised_terminal"] == 1
    assert precision["stolen_card_spree"] == precision[EVERYDAY] == 1 / 2
    assert precision["all"] == pytest.approx((1 + 1 + 3 / 4 + 4 / 5) / 4)


def test_a_payment_without_a_label_does_not_count() -> None:
    with pytest.raises(BenchmarkError, match="no card_testing"):
        by_kind([scored(1, 0.9, device_id="device-bot")], {}, INCIDENTS)


@pytest.mark.parametrize("minutes", [-1, 61])
def test_a_theft_before_or_after_an_incident_is_no_part_of_it(minutes: int) -> None:
    for field, entity in BY_KIND.values():
        paid = scored(1, 0.5, occurred_at=NOON + timedelta(minutes=minutes), **{field: entity}).payment
        assert paid is not None
        assert kind_of(paid, INCIDENTS) == EVERYDAY


def test_only_what_is_shared_over_customers_depends_on_partitions() -> None:
    paid = [
        payment(n, occurred_at=NOON + timedelta(minutes=n), customer_id=f"c-{n % 30}", device_id="device-bot")
        for n in range(100)
    ]
    one, eight = (
        OfflineScoring(10, partitions=number).take([], paid, NOON + timedelta(days=1))[0] for number in (1, 8)
    )
    shared = FEATURE_NAMES.index("device_customers_1d")
    for whole, part in zip(one, eight, strict=True):
        assert whole.features[:shared] == part.features[:shared]
        assert whole.features[shared + 1 :] == part.features[shared + 1 :]
        assert whole.features[shared] >= part.features[shared]
    assert max(score.features[shared] for score in eight) > 0
