"""Whether shops were told what becomes of each payment that an answer speaks of: once, and as answered."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from benchmarks.chaos.evidence import Evidence, KafkaRecord, time_of
from benchmarks.chaos.verdict import Verdict

__all__ = ["check_verdicts"]

OUTCOMES = {"fraud": "void", "genuine": "release", "withdrawn": "hold"}

Told = dict[str, dict[str, Any]]
"""Verdicts as a reader keeps them: the first record of each id, in the order in which they came."""

PaymentAnswer = tuple[str, str, float]
"""Alert, payment, and the moment of the answer."""


def check_verdicts(evidence: Evidence, alerts: Mapping[str, list[dict[str, Any]]], verdict: Verdict) -> None:
    """Compare answers that alerts show with their labels, the topic `verdicts`, and ClickHouse.

    Parameters
    ----------
    alerts
        The records of each alert, in their order.

    """
    told, other = keep_verdicts(evidence.log["verdicts"])
    verdict.told = len(told)
    verdict.say("wrong", other, "verdicts that were written again and said something else")
    answers = {
        (alert_id, time_of(answer["at"])): answer["verdict"]
        for alert_id, records in alerts.items()
        for one in records
        if (answer := one.get("answer")) is not None and answer["verdict"] in OUTCOMES
    }
    times: defaultdict[PaymentAnswer, int] = defaultdict(int)
    for one in told.values():
        times[one["alert_id"], one["event_id"], time_of(one["at"])] += 1
    given = {(alert_id, at) for alert_id, _, at in times}
    verdict.say("lost", sorted(alert for alert, _ in answers.keys() - given), "answers that gave no verdict")
    verdict.say(
        "wrong",
        sorted(alert for alert, _ in given - answers.keys()),
        "verdicts of answers that no alert shows",
    )
    twice = (f"{event} by {alert}" for (alert, event, _), number in times.items() if number > 1)
    verdict.say("doubled", twice, "payments with two verdicts of one answer")
    said = {name: answers.get((one["alert_id"], time_of(one["at"]))) for name, one in told.items()}
    contrary = (name for name, word in said.items() if word and told[name]["outcome"] != OUTCOMES[word])
    verdict.say("wrong", contrary, "verdicts that say something else than their answer")
    check_labels(evidence, {(event, at) for _, event, at in times}, verdict)
    check_stored(evidence, told, verdict)


def keep_verdicts(records: list[KafkaRecord]) -> tuple[Told, list[str]]:
    """Read verdicts as every shop must: of each id the first; give also ids that came with two meanings.

    Whoever writes one again may not know the payment's own id any more: he has its label, not its score.
    """
    kept: Told = {}
    other = []
    for _, _, fields in records:
        name = fields["verdict_id"]
        if differ(kept.setdefault(name, fields), fields):
            other.append(name)
    return kept, other


def differ(first: dict[str, Any], again: dict[str, Any]) -> bool:
    """Say whether two records mean something else."""
    names = (first.keys() | again.keys()) - {"payment_id"}
    payments = {first.get("payment_id"), again.get("payment_id")} - {None}
    return len(payments) > 1 or any(first.get(name) != again.get(name) for name in names)


def check_labels(evidence: Evidence, told: set[tuple[str, float]], verdict: Verdict) -> None:
    """Look for a verdict of the same moment for each payment that an answer labelled, and for no other."""
    labelled = {
        (label["event_id"], time_of(label["known_at"]))
        for _, _, label in evidence.log["labels"]
        if label["said_by"] == "analyst"
    }
    verdict.say(
        "lost", sorted(event for event, _ in labelled - told), "payments that were answered without a verdict"
    )
    verdict.say(
        "wrong", sorted(event for event, _ in told - labelled), "payments with a verdict but no label"
    )


def check_stored(evidence: Evidence, told: Told, verdict: Verdict) -> None:
    """ClickHouse has each verdict once, as it was told, and the same last word about each payment."""
    stored = {row[0]: row[1:4] for row in evidence.tables["verdicts"]}
    wanted = {name: [one["event_id"], one["outcome"], one["alert_id"]] for name, one in told.items()}
    verdict.say("lost", wanted.keys() - stored.keys(), "verdicts that are not in ClickHouse")
    verdict.say("wrong", stored.keys() - wanted.keys(), "verdicts that are only in ClickHouse")
    verdict.say(
        "doubled",
        range(len(stored), len(evidence.tables["verdicts"])),
        "rows more than verdicts in ClickHouse",
    )
    other = (name for name in wanted.keys() & stored.keys() if wanted[name] != stored[name])
    verdict.say("wrong", other, "verdicts that are other ones in ClickHouse")
    last = {one["event_id"]: one["outcome"] for one in told.values()}
    words = dict(evidence.tables["last verdicts"])
    verdict.say(
        "wrong",
        (event for event in last if words.get(event) != last[event]),
        "payments with another last verdict in ClickHouse",
    )
