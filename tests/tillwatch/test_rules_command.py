"""Rules and lists from the command line to the score, and back off."""

import os
import subprocess
from pathlib import Path

import pytest

from schemas.dead_letter import DeadLetter
from schemas.score import Score
from schemas.topics import DEAD_LETTERS, RULES, SCORES, TRANSACTIONS
from tests.support.command import running
from tests.support.events import payment
from tests.support.forked import run
from tests.support.ruling import rule, rule_set
from tests.support.topic_log import read_topic, send, wait_until_committed

pytestmark = pytest.mark.services

GOOD = """
rules:
  - name: large
    when: amount_minor > 50000
    action: review
    owner: dana
"""


def tillwatch(kafka: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return run(["tillwatch", *arguments], {**os.environ, "TILLWATCH_KAFKA_BOOTSTRAP_SERVERS": kafka})


def pay(kafka: str, seq: int, amount_minor: int, card_id: str) -> None:
    """Send a payment and wait until it is scored."""
    send(kafka, TRANSACTIONS, [payment(seq, amount_minor=amount_minor, card_id=card_id)])
    wait_until_committed(kafka, "tillwatch-fraud", TRANSACTIONS)


def test_rules_and_lists_count_from_the_next_payment_on(kafka_topics: str, tmp_path: Path) -> None:
    """A broken file is not published; a set that a worker cannot use is set aside and the old one stays."""
    file = tmp_path / "rules.yaml"
    with running(("tillwatch", "worker"), kafka_topics, tmp_path) as worker:
        pay(kafka_topics, 0, 60_000, "stolen")
        file.write_text(GOOD)
        published = tillwatch(kafka_topics, "rules", "publish", str(file), "--by", "dana")
        assert (published.returncode, published.stdout) == (0, "1\n"), published.stderr
        listed = ("--owner", "dana", "--reason", "reported by phone")
        added = tillwatch(kafka_topics, "lists", "add", "block", "card", "stolen", *listed)
        assert added.returncode == 0, added.stderr
        pay(kafka_topics, 1, 60_000, "stolen")
        pay(kafka_topics, 2, 60_000, "mine")

        file.write_text(GOOD.replace("amount_minor", "amount_major"))
        refused = tillwatch(kafka_topics, "rules", "publish", str(file), "--by", "dana")
        assert refused.returncode == 1
        assert "line 4: large: unknown column amount_major" in refused.stderr
        send(kafka_topics, RULES, [rule_set(rule("column_of_a_newer_version > 1", "newer"), version=2)])
        removed = tillwatch(kafka_topics, "lists", "remove", added.stdout.strip(), "--by", "li")
        assert removed.returncode == 0, removed.stderr
        pay(kafka_topics, 3, 60_000, "stolen")
        pay(kafka_topics, 4, 100, "mine")
        worker.stop()
    scores = sorted(read_topic(kafka_topics, SCORES, Score), key=lambda one: one.scored_at)
    assert [(one.decision, one.decided_by, one.rule_set, one.rules_hit, one.lists_hit) for one in scores] == [
        ("approve", "model", None, (), ()),
        ("decline", "lists", 1, ("large",), ("block:card",)),
        ("review", "rules", 1, ("large",), ()),
        ("review", "rules", 1, ("large",), ()),
        ("approve", "model", 1, (), ()),
    ]
    letters = read_topic(kafka_topics, DEAD_LETTERS, DeadLetter)
    assert [one.origin.topic for one in letters] == ["rules"]
    assert "rule newer: unknown column column_of_a_newer_version" in letters[0].reason


def test_a_card_number_never_enters_a_list(kafka_topics: str) -> None:
    listed = ("--owner", "dana", "--reason", "reported by phone")
    refused = tillwatch(kafka_topics, "lists", "add", "block", "card", "4111111111111111", *listed)
    assert refused.returncode == 1
    assert "card_number" in refused.stderr
    assert "4111111111111111" not in refused.stderr
    assert tillwatch(kafka_topics, "lists", "show", "--all", "--json").stdout == ""
