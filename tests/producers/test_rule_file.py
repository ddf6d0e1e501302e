"""`rules.yaml`: what is read, and what is refused with its line."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from producers.rule_file import MAX_BYTES, Problem, RuleFileRefused, read_rules
from schemas.rule_set import MAX_RULES

ROOT = Path(__file__).parents[2]
GOOD = """
rules:
  - name: night-gift-cards
    when: >
      payment_method = 'gift_card'
      AND hour_utc < 6
    action: review
    owner: dana
    expires_at: 2027-03-01
  - {name: tagged, when: "score > 0.5", action: tag, severity: now, owner: li, why: to see}
"""


def test_a_file_is_read() -> None:
    first, second = read_rules(GOOD)
    assert first.when.split() == ["payment_method", "=", "'gift_card'", "AND", "hour_utc", "<", "6"]
    assert first.expires_at == datetime(2027, 3, 1, tzinfo=UTC)
    assert (second.name, second.action, second.severity, second.why) == ("tagged", "tag", "now", "to see")


def test_no_rules_are_rules_too() -> None:
    assert read_rules("rules: []") == []


def test_the_example_can_be_used() -> None:
    assert len(read_rules((ROOT / "examples" / "rules.yaml").read_text())) >= 5


def of(**fields: str) -> str:
    """Write one rule from line 2 on, a field per line."""
    rule = {"name": "a", "when": "score > 0.5", "action": "review", "owner": "dana", **fields}
    return "rules:\n  - " + "\n    ".join(f"{name}: {value}" for name, value in rule.items())


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (of(when="scor > 0.5"), 3, "a: unknown column scor, do you mean score"),
        (of(when="score >"), 3, "unable to parse"),
        (of(action="delete"), 4, "action: Input should be 'approve'"),
        (of(name="Not A Name"), 2, "name: String should match"),
        (of(until="tomorrow"), 6, "until is no field of a rule"),
        (of(expires_at="2027-03-01T10:00:00"), 6, "expires_at: Input should have timezone"),
        (of(expires_at="soon"), 6, "expires_at"),
        (of(owner="[dana, li]"), 5, "owner: expected a text"),
        (of(owner="*dana"), 5, "tags and anchors are not read"),
        (of(owner="&dana dana"), 5, "tags and anchors are not read"),
        (of(owner="!!python/object:os.system ls"), 5, "tags and anchors are not read"),
        (of() + "\n    name: b", 6, "name is there twice"),
        (of() + "\n  - name: b", 6, "Field required"),
        (of() + of()[len("rules:") :], 6, "a is the name of line 2 too"),
        ("rules:\n  - a\n", 2, "expected a rule"),
        ("rules:\n  a: b", 1, "expected one key, rules, with a list"),
        ("", 1, "expected one key"),
        ("rules: []\nmore: []", 1, "expected one key"),
        ("rules:\n\t- a", 2, "is no YAML"),
        ("rules: \0", 1, "is no YAML"),
        ("rules: " + "[" * 1_000 + "]" * 1_000, 1, "nested too deep"),
        ("#" * (MAX_BYTES + 1), 1, "larger than"),
        ("rules:\n" + "  - x\n" * (MAX_RULES + 1), MAX_RULES + 2, f"more than {MAX_RULES} rules"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(RuleFileRefused) as caught:
        read_rules(text)
    found = caught.value.problems[0]
    assert found.line == line
    assert reason in found.reason


def test_every_problem_is_named_at_once() -> None:
    text = of(when="scor > 1", action="delete") + of(name="b", when="SUM(score) > 1")[len("rules:") :]
    with pytest.raises(RuleFileRefused) as caught:
        read_rules(text)
    assert [problem.line for problem in caught.value.problems] == [4, 7]
    assert isinstance(caught.value.problems[0], Problem)
