"""A few of the payments that rules decline pass, the same ones however often they are scored."""

from typing import Any

import pytest

from detectors.rules.control_group import ControlGroup, is_chosen
from detectors.rules.decisions import DECISIONS, Deciding, Decisions
from schemas.transaction import Transaction
from tests.support.events import payments
from tests.support.ruling import asked, entry, rule, rule_set


def decide(paid: list[Transaction], group: ControlGroup, *, action: str = "decline") -> Decisions:
    deciding = Deciding()
    deciding.rules(rule_set(rule("amount_minor >= 0", action=action)))
    deciding.entry(entry("block", "card", "stolen"))
    found = deciding.decide(asked(paid))
    assert found is not None
    group.let_pass(found, paid, lambda minor, code: minor if code == "EUR" else None)
    return found


def said(found: Decisions) -> list[tuple[str, str, float | None]]:
    return [
        (DECISIONS[place], by, rate)
        for place, by, rate in zip(found.decided, found.decided_by, found.control_rates, strict=True)
    ]


def test_a_share_passes_by_the_id_alone_and_every_one_that_could_is_marked() -> None:
    paid = payments(2_000, amount_minor=1_000)
    chosen = [is_chosen(one.payment_id, 0.1) for one in paid]
    assert said(decide(paid, ControlGroup(0.1, 5_000))) == [
        ("approve", "control", 0.1) if one else ("decline", "rules", 0.1) for one in chosen
    ]
    assert 140 < sum(chosen) < 260
    again = decide(paid[::-1][:100], ControlGroup(0.1, 5_000))
    assert [by == "control" for by in again.decided_by] == chosen[::-1][:100]
    wider = [is_chosen(one.payment_id, 0.2) for one in paid]
    assert all(more for one, more in zip(chosen, wider, strict=True) if one)


@pytest.mark.parametrize(
    ("fields", "action", "expected"),
    [
        ({}, "decline", ("approve", "control", 1.0)),
        ({"amount_minor": 5_001}, "decline", ("decline", "rules", None)),
        ({"currency": "SEK"}, "decline", ("decline", "rules", None)),
        ({"card_id": "stolen"}, "decline", ("decline", "lists", None)),
        ({"status": "declined"}, "decline", ("decline", "rules", None)),
        ({}, "review", ("review", "rules", None)),
        ({}, "approve", ("approve", "rules", None)),
    ],
)
def test_only_what_rules_decline_within_the_cap_passes(
    fields: dict[str, Any], action: str, expected: tuple[str, str, float | None]
) -> None:
    paid = payments(1, **{"amount_minor": 5_000, **fields})
    assert said(decide(paid, ControlGroup(1.0, 5_000), action=action)) == [expected]


def test_without_a_rate_nothing_passes() -> None:
    assert said(decide(payments(1), ControlGroup(0.0, 10**12))) == [("decline", "rules", None)]
