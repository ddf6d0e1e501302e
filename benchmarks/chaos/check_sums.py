"""Whether minutes, rollups and counters add up to what was acknowledged."""

from collections.abc import Iterable, Mapping
from typing import Any

from benchmarks.chaos.evidence import MINUTE_SUMS, Evidence, Row, by_event, time_of
from benchmarks.chaos.verdict import Sums, Verdict, add_up

__all__ = ["check_metrics", "check_rollups"]


def check_rollups(
    evidence: Evidence,
    counted: Mapping[str, dict[str, Any]],
    became: Mapping[str, int],
    verdict: Verdict,
) -> None:
    """Compare what materialised views added up with sums over the log.

    Parameters
    ----------
    counted
        The payments that count, with their decisions, by event.
    became
        How many scores that count have each disposition.

    """
    log, tables = evidence.log, evidence.tables
    payments = ((minute_place(paid, "store_id", "channel"), minute_sums(paid)) for paid in counted.values())
    check_sums("payments_minute", add_up(payments), by_key(tables["payments_minute"], 3), verdict)
    events = {topic: by_event(log[topic]).values() for topic in ("clicks", "stock-movements")}
    clicks = ((minute_place(fields, "store_id", "action"), [1]) for fields in events["clicks"])
    check_sums("clicks_minute", add_up(clicks), by_key(tables["clicks_minute"], 3), verdict)
    moved = (
        (minute_place(fields, "place_id", "kind"), [1, fields["quantity"]])
        for fields in events["stock-movements"]
    )
    check_sums("stock_minute", add_up(moved), by_key(tables["stock_minute"], 3), verdict)
    arrived = {
        (topic,): [len(some)]
        for topic, some in {"transactions": log["transactions"], **events}.items()
        if some
    }  # fmt: skip
    check_sums("arrivals_second", arrived, by_key(tables["arrivals_second"], 1), verdict)
    numbers = [became.get(disposition, 0) for disposition in ("scored", "repeat", "refused")]
    wanted = add_up([((), numbers)])
    check_sums("scoring_second", wanted, by_key(tables["scoring_second"], 0), verdict)


def check_sums(name: str, wanted: Sums, found: Sums, verdict: Verdict) -> None:
    """Compare sums by key."""
    other = [
        f"{key}: {found.get(key)} instead of {wanted.get(key)}"
        for key in sorted(wanted.keys() | found.keys(), key=str)
        if wanted.get(key) != found.get(key)
    ]
    verdict.say("wrong", other, f"{name}: other sums")


def by_key(rows: Iterable[Row], length: int) -> Sums:
    """Split rows into key and numbers."""
    return add_up((tuple(row[:length]), row[length:]) for row in rows)


def minute_place(fields: Mapping[str, Any], *names: str) -> tuple[Any, ...]:
    """Key of a rollup: the minute in seconds since 1970, and some fields."""
    return (minute_of(fields["occurred_at"]), *(fields[name] for name in names))


def minute_of(time: str) -> int:
    """Start of the minute, seconds since 1970."""
    return int(time_of(time)) // 60 * 60


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
        place = (
            *(fields["series"], fields["store_id"], fields["channel"], fields.get("category", "")),
            minute_of(fields["minute"]),
        )
        key = (*place, origin["topic"], origin["partition"])
        if key not in newest or origin["offset"] >= newest[key][0]:
            newest[key] = (origin["offset"], [fields["count"], fields["total"]])
    found = add_up((key[:5], numbers) for key, (_, numbers) in newest.items())
    check_sums("metrics, the newest partials", wanted, found, verdict)
    check_sums("metrics_minute", wanted, by_key(evidence.tables["metrics_minute"], 5), verdict)


def expected_metrics(
    evidence: Evidence, counted: Mapping[str, dict[str, Any]]
) -> Iterable[tuple[tuple[Any, ...], list[int]]]:
    """Say what each event adds to each series."""
    for paid in counted.values():
        minute, store, channel = minute_place(paid, "store_id", "channel")
        for series, sign in SERIES_OF_STATUS[paid["status"]]:
            yield (series, store, channel, "", minute), [1, sign * paid["amount_minor"]]
        if paid["status"] == "authorised":
            yield (f"paid_{paid['payment_method']}", store, channel, "", minute), [1, paid["amount_minor"]]
            for line in paid.get("lines", ()):
                if line.get("category"):
                    worth = line["quantity"] * line["unit_price_minor"]
                    yield ("goods", "", channel, line["category"], minute), [1, worth]
        if paid["decision"] == "review":
            yield ("reviewed", store, channel, "", minute), [1, paid["amount_minor"]]
    for click in by_event(evidence.log["clicks"]).values():
        minute, store, action = minute_place(click, "store_id", "action")
        yield (SERIES_OF_ACTION[action], store, "", "", minute), [1, 1]
    for moved in by_event(evidence.log["stock-movements"]).values():
        minute, place, kind = minute_place(moved, "place_id", "kind")
        if kind in SERIES_OF_MOVEMENT:
            yield (SERIES_OF_MOVEMENT[kind], place, "", "", minute), [1, moved["quantity"]]
