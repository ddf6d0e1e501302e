"""Whether what was found is what was acknowledged: pure comparisons, with no code of the system under test.

The rules are written out again from the contracts: of scores the first record of each origin offset counts,
offsets of an input partition follow each other without a gap, a minute's figure of one input partition is
the one with the highest origin offset, and an event that its source sent twice counts once.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any, Literal

from benchmarks.chaos.evidence import MINUTE_SUMS, NUMBERED, Evidence, KafkaRecord, Row

__all__ = ["Difference", "Verdict", "check", "keep_scores"]

Kind = Literal["lost", "doubled", "wrong"]
SHOWN = 3
"""Examples in a sentence."""


@dataclass(frozen=True)
class Difference:
    """One sentence about what is not as it must be, and how many records or sums it is about."""

    kind: Kind
    number: int
    sentence: str


@dataclass
class Verdict:
    """What came out.

    Parameters
    ----------
    sent
        Payments that Kafka acknowledged, each counted once.
    sent_again
        Records of `transactions` that a source sent once more.
    raw_duplicates
        Records of `scores` that readers drop: without any, no death came between writing and committing.
    differences
        All that is wrong; none = nothing lost, nothing doubled, every sum right.

    """

    sent: int
    sent_again: int
    raw_duplicates: int = 0
    differences: list[Difference] = field(default_factory=list)

    def count(self, kind: Kind) -> int:
        """Add up what is lost, doubled or wrong, over every place that was looked at."""
        return sum(one.number for one in self.differences if one.kind == kind)

    def say(self, kind: Kind, found: Iterable[Any], sentence: str) -> None:
        """Note a difference, if there is one."""
        examples = list(found)
        if examples:
            shown = ", ".join(str(one) for one in examples[:SHOWN])
            more = ", …" if len(examples) > SHOWN else ""
            text = f"{sentence}: {len(examples)} ({shown}{more})"
            self.differences.append(Difference(kind, len(examples), text))


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
    verdict = Verdict(len(paid), len(log["transactions"]) - len(by_event(log["transactions"])))
    check_ledger(evidence, verdict)
    kept = keep_scores(log["scores"], ends(log["transactions"]))
    verdict.raw_duplicates = kept.repeats
    verdict.say("lost", kept.gaps, "origin offsets without a score")
    counted = check_scores(evidence, kept, verdict)
    check_rows(evidence, kept, verdict)
    check_rollups(evidence, kept, counted, verdict)
    check_metrics(evidence, counted, verdict)
    check_alerts(evidence, verdict)
    return verdict


def by_event(records: Iterable[KafkaRecord]) -> dict[str, dict[str, Any]]:
    """Take the first record of each event."""
    found: dict[str, dict[str, Any]] = {}
    for _, _, fields in records:
        found.setdefault(fields["event_id"], fields)
    return found


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
    """Tables hold each offset once, and each event with its money as often as Kafka has it."""
    for topic, table in NUMBERED.items():
        wanted = Counter(partition for partition, _, _ in evidence.log[topic])
        if topic == "scores":
            wanted = Counter(partition for partition, _ in kept.scores)
        check_counts(f"{table} by offset", wanted, evidence, verdict)
    check_counts("scores by origin", Counter(partition for partition, _ in kept.scores), evidence, verdict)
    log = evidence.log
    events = Counter(fields["event_id"] for _, _, fields in log["transactions"])
    amounts = {event: paid["amount_minor"] for event, paid in by_event(log["transactions"]).items()}
    check_events("transactions by event", events, amounts, evidence, verdict)
    check_events("scores by event", Counter(amounts.keys()), amounts, evidence, verdict)
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


Sums = dict[tuple[Any, ...], list[int]]


def add_up(rows: Iterable[tuple[tuple[Any, ...], Iterable[int]]]) -> Sums:
    """Add lists of numbers by key, leaving out what comes to nothing."""
    sums: Sums = {}
    for key, numbers in rows:
        before = sums.get(key)
        sums[key] = list(numbers) if before is None else [a + b for a, b in zip(before, numbers, strict=True)]
    return {key: numbers for key, numbers in sums.items() if any(numbers)}


def check_sums(name: str, wanted: Sums, found: Sums, verdict: Verdict) -> None:
    """Compare sums by key."""
    other = [
        f"{key}: {found.get(key)} instead of {wanted.get(key)}"
        for key in sorted(wanted.keys() | found.keys(), key=str)
        if wanted.get(key) != found.get(key)
    ]
    verdict.say("wrong", other, f"{name}: other sums")


def check_rollups(
    evidence: Evidence, kept: Kept, counted: Mapping[str, dict[str, Any]], verdict: Verdict
) -> None:
    """Compare what materialised views added up with sums over the log."""
    log, tables = evidence.log, evidence.tables
    payments = ((minute_place(paid, "store_id", "channel"), minute_sums(paid)) for paid in counted.values())
    check_sums("payments_minute", add_up(payments), by_key(tables["payments_minute"], 3), verdict)
    clicks = ((minute_place(fields, "store_id", "action"), [1]) for _, _, fields in log["clicks"])
    check_sums("clicks_minute", add_up(clicks), by_key(tables["clicks_minute"], 3), verdict)
    moved = (
        (minute_place(fields, "place_id", "kind"), [1, fields["quantity"]])
        for _, _, fields in log["stock-movements"]
    )
    check_sums("stock_minute", add_up(moved), by_key(tables["stock_minute"], 3), verdict)
    arrived = {
        (topic,): [len(log[topic])]
        for topic in ("transactions", "clicks", "stock-movements")
        if log[topic]
    }  # fmt: skip
    check_sums("arrivals_second", arrived, by_key(tables["arrivals_second"], 1), verdict)
    became = Counter(score["disposition"] for score in kept.scores.values())
    wanted = add_up([((), [became["scored"], became["repeat"], became["refused"]])])
    check_sums("scoring_second", wanted, by_key(tables["scoring_second"], 0), verdict)


def by_key(rows: Iterable[Row], length: int) -> Sums:
    """Split rows into key and numbers."""
    return add_up((tuple(row[:length]), row[length:]) for row in rows)


def minute_place(fields: Mapping[str, Any], *names: str) -> tuple[Any, ...]:
    """Key of a rollup: the minute in seconds since 1970, and some fields."""
    return (minute_of(fields["occurred_at"]), *(fields[name] for name in names))


def minute_of(time: str) -> int:
    """Start of the minute, seconds since 1970."""
    return int(datetime.fromisoformat(time).timestamp()) // 60 * 60


def minute_sums(paid: Mapping[str, Any]) -> list[int]:
    """Say what one payment event adds to each column of `payments_minute`."""
    status, money = paid["status"], paid["amount_minor"]
    review = paid["decision"] == "review"
    revenue = {"authorised": money, "voided": -money, "refunded": -money}.get(status, 0)
    columns = {
        "revenue_minor": revenue,
        "authorised_minor": money * (status == "authorised"),
        "voided_minor": money * (status == "voided"),
        "refunded_minor": money * (status == "refunded"),
        "reviewed_minor": money * review,
        "orders": status == "authorised",
        "declined": status == "declined",
        "captured": status == "captured",
        "voids": status == "voided",
        "refunds": status == "refunded",
        "reviewed": review,
        "unconverted": 0,
        "events": 1,
    }
    return [int(columns[name]) for name in MINUTE_SUMS]


SERIES_OF_STATUS = {
    "authorised": (("revenue", 1), ("orders", 1)),
    "declined": (("declined", 1),),
    "captured": (),
    "voided": (("revenue", -1), ("voids", 1)),
    "refunded": (("revenue", -1), ("refunds", 1)),
}
SERIES_OF_ACTION = {
    "view": "views", "search": "searches", "product": "products", "add_to_cart": "carts",
    "checkout": "checkouts", "pay": "pays", "error": "errors",
}  # fmt: skip
SERIES_OF_MOVEMENT = {
    "sale": "units_sold", "return": "units_returned", "receipt": "units_received",
    "adjustment": "units_adjusted",
}  # fmt: skip


def check_metrics(evidence: Evidence, counted: Mapping[str, dict[str, Any]], verdict: Verdict) -> None:
    """Compare the minutes' figures, in the topic and in ClickHouse, with sums over what counts."""
    wanted = add_up(expected_metrics(evidence, counted))
    newest: dict[tuple[Any, ...], tuple[int, list[int]]] = {}
    for _, _, fields in evidence.log["metrics"]:
        origin = fields["origin"]
        place = (fields["series"], fields["store_id"], fields["channel"], minute_of(fields["minute"]))
        key = (*place, origin["topic"], origin["partition"])
        if key not in newest or origin["offset"] >= newest[key][0]:
            newest[key] = (origin["offset"], [fields["count"], fields["total"]])
    found = add_up((key[:4], numbers) for key, (_, numbers) in newest.items())
    check_sums("metrics, the newest partials", wanted, found, verdict)
    check_sums("metrics_minute", wanted, by_key(evidence.tables["metrics_minute"], 4), verdict)


def expected_metrics(
    evidence: Evidence, counted: Mapping[str, dict[str, Any]]
) -> Iterable[tuple[tuple[Any, ...], list[int]]]:
    """Say what each event adds to each series."""
    for paid in counted.values():
        minute, store, channel = minute_place(paid, "store_id", "channel")
        for series, sign in SERIES_OF_STATUS[paid["status"]]:
            yield (series, store, channel, minute), [1, sign * paid["amount_minor"]]
        if paid["decision"] == "review":
            yield ("reviewed", store, channel, minute), [1, paid["amount_minor"]]
    for click in by_event(evidence.log["clicks"]).values():
        minute, store, action = minute_place(click, "store_id", "action")
        yield (SERIES_OF_ACTION[action], store, "", minute), [1, 1]
    for moved in by_event(evidence.log["stock-movements"]).values():
        minute, place, kind = minute_place(moved, "place_id", "kind")
        if kind in SERIES_OF_MOVEMENT:
            yield (SERIES_OF_MOVEMENT[kind], place, "", minute), [1, moved["quantity"]]


def check_alerts(evidence: Evidence, verdict: Verdict) -> None:
    """No two alerts are about the same thing at the same time; ClickHouse has those of the topic."""
    newest = {fields["alert_id"]: fields for _, _, fields in evidence.log["alerts"]}
    findings: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for alert in newest.values():
        findings[alert["kind"], alert["entity_type"], alert["entity"]].append(alert)
    doubled = []
    for finding, alerts in findings.items():
        times = sorted((datetime.fromisoformat(one["since"]), last_time(one)) for one in alerts)
        doubled += [finding for before, after in pairwise(times) if after[0] < before[1]]
    verdict.say("doubled", doubled, "findings with two alerts that overlap")
    stored = {row[0] for row in evidence.tables["alerts"]}
    verdict.say("lost", newest.keys() - stored, "alerts that are not in ClickHouse")
    verdict.say("wrong", stored - newest.keys(), "alerts that are only in ClickHouse")


def last_time(alert: Mapping[str, Any]) -> datetime:
    """Until when an alert has evidence."""
    return datetime.fromisoformat(alert.get("until") or alert["last_at"])
