"""What wakes somebody, and what waits for the shift."""

from typing import Any

import pytest

from detectors.watch.severity import severity
from tests.support.findings import finding


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"money_at_risk_minor": 49_999}, "soon"),
        ({"money_at_risk_minor": 50_000}, "now"),
        ({"per_hour_minor": 50_000}, "now"),
        ({"kind": "checkout_broken", "entity_type": "store"}, "now"),
        ({"kind": "source_silent", "entity_type": "store"}, "now"),
        ({"kind": "source_silent", "entity_type": "source"}, "soon"),
        ({"kind": "shrinkage", "money_at_risk_minor": 900_000}, "soon"),
        ({"kind": "stock_running_out", "money_at_risk_minor": 900_000}, "soon"),
        ({"kind": "stock_running_out", "per_hour_minor": 60_000}, "now"),
    ],
)
def test_severity_goes_by_money_and_kind(fields: dict[str, Any], expected: str) -> None:
    assert severity(finding(**fields)) == expected
