"""What counts nowhere must be of nothing: no payment can be hidden as a synthetic one."""

import pytest

from producers.synthetic import synthetic_payment
from schemas.synthetic_answer import is_synthetic
from tests.support.events import MONDAY

SENT = synthetic_payment("run-1", 0, MONDAY)


def test_what_is_sent_is_synthetic() -> None:
    assert is_synthetic(SENT)


@pytest.mark.parametrize(
    "told",
    [
        {"source": "till-12-3"},
        {"store_id": "s-12"},
        {"amount_minor": 1},
        {"status": "voided"},
        {"status": "declined"},
        {"customer_id": "customer-1"},
        {"card_id": "token-1"},
        {"cashier_id": "cashier-1"},
        {"no_sale": True},
        {"discount_minor": 1},
        {"price_overrides": 1},
    ],
    ids=str,
)
def test_what_says_anything_is_a_payment(told: dict[str, object]) -> None:
    assert not is_synthetic(SENT.model_copy(update=told))
