"""Whether what was found is what was acknowledged: pure comparisons, with no code of the system under test.

The rules are written out again from the contracts: of scores the first record of each origin offset counts,
offsets of an input partition follow each other without a gap, a minute's figure of one input partition is
the one with the highest origin offset, and an event that its source sent twice counts once.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import inf
from typing import Any

from benchmarks.chaos.check_sums import check_metrics, check_rollups
from benchmarks.chaos.check_verdicts import check_verdicts
from benchmarks.chaos.evidence import NUMBERED, Evidence, KafkaRecord, by_event, firsts, time_of
from benchmarks.chaos.verdict import Verdict

__all__ = ["check", "keep_scores"]


@dataclass(frozen=True)
class Kept:
    """The scores that count: per input partition and offset."""

    scores: dict[tuple[int, int], dict[str, Any]]
    repeats: int
    gaps: list[str]


def check(evidence: Evidence) -> Verdict:
    """Compare everything with everything."""
    log = evidence.log
    paid = evidence.ledger.get("transactions", {})
    sent = [log[topic] for topic in ("transactions", "clicks", "stock-movements")]
    verdict = Verdict(len(paid), sum(len(some) - len(by_event(some)) for some in sent))
    check_ledger(evidence, verdict)
    kept = keep_scores(log["scores"], ends(log["transactions"]))
    verdict.raw_duplicates = kept.repeats
    verdict.say("lost", kept.gaps, "origin offsets without a score")
    counted = check_scores(evidence, kept, verdict)
    check_rows(evidence, kept, verdict)
    became = Counter(score["disposition"] for score in kept.scores.values())
    check_rollups(evidence, counted, became, verdict)
    check_metrics(evidence, counted, verdict)
    check_alerts(evidence, verdict)
    return verdict


def ends(records: Iterable[KafkaRecord]) -> dict[int, int]:
    """Say behind which offset each partition ends."""
    found: dict[int, int] = {}
    for partition, offset, _ in records:
        found[partition] = max(found.get(partition, 0), offset + 1)
    return found


def check_ledger(evidence: Evidence, verdict: Verdict) -> None:
    """Kafka must have what it acknowledged; of payments nothing else, and with their amounts."""
    for topic in ("transactions", "labels", "clicks", "stock-movements"):
        acknowledged, found = evidence.ledger.get(topic, {}), by_event(evidence.log[topic])
        verdict.say("lost", acknowledged.keys() - found.keys(), f"acknowledged but not in {topic}")
        if topic == "transactions":
            verdict.say("wrong", found.keys() - acknowledged.keys(), "payments that nobody acknowledged")
            other = (
                event for event, amount in acknowledged.items()
                if event in found and found[event]["amount_minor"] != amount
            )  # fmt: skip
            verdict.say("wrong", other, "payments with another amount than in the ledger")


def keep_scores(scores: Iterable[KafkaRecord], input_ends: Mapping[int, int]) -> Kept:
    """Read scores as every reader must: the first of each origin offset, offsets one after the other."""
    kept: dict[tuple[int, int], dict[str, Any]] = {}
    last: dict[int, int] = {}
    gaps: list[str] = []
    repeats = 0
    for partition, _, fields in scores:
        origin = fields["origin"]["offset"]
        if origin <= last.get(partition, -1):
            repeats += 1
            continue
        gaps += (f"{partition}:{missing}" for missing in range(last.get(partition, -1) + 1, origin))
        last[partition] = origin
        kept[partition, origin] = fields
    for partition, end in input_ends.items():
        gaps += (f"{partition}:{missing}" for missing in range(last.get(partition, -1) + 1, end))
    return Kept(kept, repeats, gaps)


def check_scores(evidence: Evidence, kept: Kept, verdict: Verdict) -> dict[str, dict[str, Any]]:
    """Each payment has one score, in its place; give decision and payment of those that count, by event."""
    times: Counter[str] = Counter()
    counted: dict[str, dict[str, Any]] = {}
    wrong = []
    for partition, offset, paid in evidence.log["transactions"]:
        score = kept.scores.get((partition, offset))
        if score is None:
            continue
        if score["origin"]["partition"] != partition or score["disposition"] == "refused":
            wrong.append(f"{partition}:{offset}")
        if score["disposition"] not in ("scored", "followed"):
            continue
        if score["payment"]["event_id"] != paid["event_id"]:
            wrong.append(f"{partition}:{offset}")
            continue
        times[paid["event_id"]] += 1
        counted[paid["event_id"]] = paid | {"decision": score.get("decision")}
    verdict.say("wrong", wrong, "scores that are not about the payment at their origin")
    acknowledged = evidence.ledger.get("transactions", {})
    verdict.say("lost", acknowledged.keys() - times.keys(), "payments without a score that counts")
    twice = (event for event, number in times.items() if number > 1)
    verdict.say("doubled", twice, "payments with two scores that count")
    generations = {fields["origin"]["generation"] for _, _, fields in evidence.log["scores"]}
    verdict.say("wrong", sorted(generations)[1:], "generations of scores beyond the first")
    return counted


def check_rows(evidence: Evidence, kept: Kept, verdict: Verdict) -> None:
    """Tables hold each offset once, and each event as often as Kafka has it; each click and movement once."""
    for topic, table in NUMBERED.items():
        records = evidence.log[topic]
        records = firsts(records) if topic in ("clicks", "stock-movements") else records
        wanted = Counter(partition for partition, _, _ in records)
        if topic == "scores":
            wanted = Counter(partition for partition, _ in kept.scores)
        check_counts(f"{table} by offset", wanted, evidence, verdict)
    check_counts("scores by origin", Counter(partition for partition, _ in kept.scores), evidence, verdict)
    log = evidence.log
    events = Counter(fields["event_id"] for _, _, fields in log["transactions"])
    amounts = {event: paid["amount_minor"] for event, paid in by_event(log["transactions"]).items()}
    check_events("transactions by event", events, amounts, evidence, verdict)
    check_events("scores by event", Counter(amounts.keys()), amounts, evidence, verdict)
    moved = {event: fields["quantity"] for event, fields in by_event(log["stock-movements"]).items()}
    check_events("stock_movements by event", Counter(moved.keys()), moved, evidence, verdict)
    check_events("clicks by event", Counter(by_event(log["clicks"]).keys()), None, evidence, verdict)
    labels = Counter(fields["event_id"] for _, _, fields in log["labels"])
    check_events("labels by event", labels, None, evidence, verdict)


def check_counts(name: str, wanted: Mapping[int, int], evidence: Evidence, verdict: Verdict) -> None:
    """Compare rows and distinct offsets per partition."""
    found = {row[0]: row for row in evidence.tables[name]}
    for partition, number in wanted.items():
        _, rows, distinct, _ = found.get(partition, (partition, 0, 0, 0))
        verdict.say("lost", range(distinct, number), f"{name}: rows missing of partition {partition}")
        verdict.say("doubled", range(distinct, rows), f"{name}: rows more than offsets in {partition}")
        verdict.say("wrong", range(number, distinct), f"{name}: rows more than records in {partition}")
    verdict.say("wrong", found.keys() - wanted.keys(), f"{name}: partitions that hold nothing in Kafka")


def check_events(
    name: str,
    wanted: Mapping[str, int],
    amounts: Mapping[str, int] | None,
    evidence: Evidence,
    verdict: Verdict,
) -> None:
    """Compare how often a table has each event, and its money."""
    found = {row[0]: row[1:] for row in evidence.tables[name]}
    fewer = (event for event, number in wanted.items() if found.get(event, [0])[0] < number)
    more = (event for event, row in found.items() if row[0] > wanted.get(event, 0))
    verdict.say("lost", fewer, f"{name}: fewer rows than must be")
    verdict.say("doubled", more, f"{name}: more rows than must be")
    if amounts is not None:
        other = (event for event, row in found.items() if row[1] != row[0] * amounts.get(event, 0))
        verdict.say("wrong", other, f"{name}: another amount")


def check_alerts(evidence: Evidence, verdict: Verdict) -> None:
    """No finding is open as two alerts at once; ClickHouse has each alert of the topic."""
    records: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for _, _, alert in evidence.log["alerts"]:
        records[alert["alert_id"]].append(alert)
    verdict.say("doubled alerts", open_twice(records.values()), "findings that are open as two alerts")
    verdict.say("lost", unlabelled(evidence, records), "answers that are shown but became no label")
    stored = {row[0] for row in evidence.tables["alerts"]}
    verdict.say("lost", records.keys() - stored, "alerts that are not in ClickHouse")
    verdict.say("wrong", stored - records.keys(), "alerts that are only in ClickHouse")
    check_verdicts(evidence, records, verdict)


def open_twice(alerts: Iterable[list[dict[str, Any]]]) -> Iterable[str]:
    """Name pairs of alerts of one kind about one thing that say the same while both are open.

    They say the same if they began at one moment or rest on one payment. Behind an alert that has ended or
    was answered another one may follow.
    """
    about: dict[tuple[Any, ...], list[list[dict[str, Any]]]] = defaultdict(list)
    for records in alerts:
        about[records[0]["kind"], records[0]["entity_type"], records[0]["entity"]].append(records)
    for some in about.values():
        some.sort(key=lambda records: time_of(records[0]["detected_at"]))
        for before, after in combinations(some, 2):
            same = before[-1]["since"] == after[-1]["since"] or rests_on(before[-1]) & rests_on(after[-1])
            if same and time_of(after[0]["detected_at"]) < closed_at(before):
                yield f"{before[0]['alert_id']} and {after[0]['alert_id']}"


def closed_at(records: Iterable[dict[str, Any]]) -> float:
    """Wall clock at which an alert first ended or was answered."""
    closed = (time_of(one["updated_at"]) for one in records if one.get("until") or one.get("answer"))
    return next(closed, inf)


def unlabelled(evidence: Evidence, alerts: Mapping[str, list[dict[str, Any]]]) -> list[str]:
    """Name alerts that show an answer of which no payment was labelled: labels go before the alert.

    Which payments were labelled is not said by the record that shows the answer first: it may hold one that
    was found suspicious by then. So a label at the answer's time, of any payment that the alert ever named,
    will do.
    """
    said = (label for _, _, label in evidence.log["labels"] if label["said_by"] == "analyst")
    labelled = {(label["event_id"], time_of(label["known_at"])) for label in said}
    return [
        alert_id
        for alert_id, records in alerts.items()
        if (answer := records[-1].get("answer")) is not None
        and not labelled & {(paid, time_of(answer["at"])) for one in records for paid in rests_on(one)}
    ]


def rests_on(alert: Mapping[str, Any]) -> set[str]:
    """Name the payments that an alert is about."""
    return {paid["event_id"] for paid in alert.get("payments", ())}
