"""Lists before rules before the model, the strictest of each; each from its time on."""

import subprocess
import sys
from datetime import timedelta

import pytest

from detectors.errors import RuleRefused
from detectors.rules.decisions import DECISIONS, Deciding
from tests.support.events import MONDAY, payment, payments
from tests.support.ruling import asked, entry, rule, rule_set

SECOND = timedelta(seconds=1)


def decided(deciding: Deciding, scores: list[float], **fields: object) -> list[tuple[str, str]]:
    found = deciding.decide(asked(payments(len(scores), **fields), scores))
    assert found is not None
    return [(DECISIONS[place], by) for place, by in zip(found.decided, found.decided_by, strict=True)]


def test_without_rules_and_lists_nothing_is_decided() -> None:
    assert Deciding().decide(asked(payments(3))) is None


@pytest.mark.parametrize(
    ("actions", "lists", "suspicious", "expected"),
    [
        ([], [], False, ("approve", "model")),
        ([], [], True, ("review", "model")),
        (["tag"], [], True, ("review", "model")),
        (["approve"], [], True, ("approve", "rules")),
        (["approve", "review"], [], False, ("review", "rules")),
        (["decline", "approve", "review"], [], False, ("decline", "rules")),
        (["decline"], ["allow"], True, ("approve", "lists")),
        ([], ["allow", "review"], True, ("review", "lists")),
        (["approve"], ["allow", "review", "block"], False, ("decline", "lists")),
    ],
)
def test_precedence(
    actions: list[str], lists: list[str], suspicious: bool, expected: tuple[str, str]
) -> None:
    deciding = Deciding()
    deciding.rules(rule_set(*(rule("amount_minor >= 0", f"to-{one}", action=one) for one in actions)))
    for seed, name in enumerate(lists):
        deciding.entry(entry(name, "card", "stolen", seed))
    assert decided(deciding, [0.9 if suspicious else 0.1], card_id="stolen") == [expected]
    found = deciding.decide(asked(payments(1, card_id="stolen")))
    assert found is not None
    assert found.rules_hit == [tuple(f"to-{one}" for one in actions)]
    assert found.lists_hit == [tuple(f"{name}:card" for name in sorted(lists))]


def test_each_payment_is_asked_by_the_rules_of_its_time() -> None:
    """Sets arrive in any order; a late payment in the same batch is asked by the older one."""
    deciding = Deciding()
    newer = rule_set(rule("amount_minor >= 0", "newer"), version=2, valid_from=MONDAY + 2 * SECOND)
    for one in (newer, rule_set(rule("amount_minor >= 0", "older"), valid_from=MONDAY + SECOND)):
        deciding.rules(one)
    deciding.rules(newer)  # delivered twice
    off = rule_set(version=3, valid_from=MONDAY + 4 * SECOND)
    deciding.rules(off)
    found = deciding.decide(asked([payment(seq) for seq in (3, 0, 1, 2, 4)]))
    assert found is not None
    assert found.rules_hit == [("newer",), (), ("older",), ("newer",), ()]
    assert found.rule_sets == [2, None, 1, 2, None]


def test_a_rule_hits_until_it_expires() -> None:
    deciding = Deciding()
    deciding.rules(rule_set(rule("amount_minor >= 0", expires_at=MONDAY + 2 * SECOND)))
    found = deciding.decide(asked(payments(4)))
    assert found is not None
    assert found.rules_hit == [("a-rule",), ("a-rule",), (), ()]


def test_an_entry_counts_from_its_start_to_before_its_end() -> None:
    deciding = Deciding()
    there = entry("block", "customer", "c", valid_from=MONDAY + SECOND)
    deciding.entry(there)
    assert [by for _, by in decided(deciding, [0.1] * 4, customer_id="c")] == ["model"] + ["lists"] * 3
    deciding.entry(there.model_copy(update={"expires_at": MONDAY + 3 * SECOND, "removed_by": "li"}))
    assert [by for _, by in decided(deciding, [0.1] * 4, customer_id="c")] == [
        "model", "lists", "lists", "model",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("subject", "field", "value"),
    [
        ("card", "card_id", "tok"),
        ("customer", "customer_id", "c-9"),
        ("device", "device_id", "d-9"),
        ("email", "email_hash", "hash"),
        ("bin", "bin", "411111"),
        ("terminal", "terminal_id", "t-9"),
    ],
)
def test_a_payment_is_found_by_each_of_its_values(subject: str, field: str, value: str) -> None:
    deciding = Deciding()
    deciding.entry(entry("block", subject, value))
    found = deciding.decide(asked([payment(0, **{field: value}), payment(1, terminal_id="t-1")]))
    assert found is not None
    assert found.lists_hit == [(f"block:{subject}",), ()]


def test_a_short_bin_covers_longer_ones() -> None:
    deciding = Deciding()
    deciding.entry(entry("review", "bin", "4111112"))
    found = deciding.decide(asked([payment(n, bin=one) for n, one in enumerate(["41111123", "411111"])]))
    assert found is not None
    assert found.lists_hit == [("review:bin",), ()]


def test_rules_see_the_lists() -> None:
    deciding = Deciding()
    deciding.entry(entry("review", "customer", "c", valid_from=MONDAY + SECOND))
    deciding.rules(rule_set(rule("review_customer AND amount_minor >= 0", action="tag")))
    found = deciding.decide(asked(payments(2, customer_id="c")))
    assert found is not None
    assert found.rules_hit == [(), ("a-rule",)]


def test_a_broken_set_is_refused_and_the_old_one_stays() -> None:
    deciding = Deciding()
    deciding.rules(rule_set(rule("amount_minor >= 0")))
    with pytest.raises(RuleRefused, match="rule bad: unknown column nothing"):
        deciding.rules(rule_set(rule("nothing > 1", "bad"), version=2))
    with pytest.raises(RuleRefused, match="version 1"):
        deciding.rules(rule_set(rule("score > 0.5")))
    found = deciding.decide(asked(payments(1)))
    assert found is not None
    assert (found.rule_sets, found.rules_hit) == ([1], [("a-rule",)])


def test_a_rule_that_fails_is_named_by_the_payment_and_told_once() -> None:
    deciding = Deciding()
    deciding.rules(
        rule_set(rule("SUBSTR(source, 1, amount_minor - 2) = 'ti'", "cut"), rule("score >= 0", "all"))
    )
    for _ in range(2):
        found = deciding.decide(asked(payments(2, amount_minor=1)))
        assert found is not None
        assert found.rules_failed == [("cut",)] * 2
        assert found.rules_hit == [("all",)] * 2
    assert [(one.rule_set, one.rule) for one in deciding.new_failures()] == [(1, "cut")]
    assert deciding.new_failures() == []


def test_lists_alone_load_no_engine() -> None:
    """80 MB that a worker without rules must not pay."""
    code = (
        "import sys, streams.fraud; from detectors.rules.decisions import Deciding;"
        "from tests.support.ruling import entry, rule_set; deciding = Deciding();"
        "deciding.rules(rule_set()); deciding.entry(entry('block', 'card', 'a'));"
        "sys.exit('polars' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
