"""Scored payments of the past, as rules see them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
from clickhouse_connect.driver.client import Client
from numpy.typing import NDArray

from detectors.fraud.features import FEATURE_SET
from detectors.fraud.label_weights import label_weight
from detectors.rules.columns import COLUMNS, LIST_COLUMNS
from detectors.rules.decisions import Payments
from detectors.rules.lists import COMPARED_WITH, Lists
from detectors.rules.payment_columns import OF_TIME
from detectors.rules.preflight import Outcomes
from schemas.list_entry import ListEntry

__all__ = ["Chunk", "history", "stored_lists"]

CHUNK = timedelta(hours=6)
"""So that a chain with a million payments a day needs some hundred MB."""

MONEY_AND_KIND = (
    "status",
    "amount_minor",
    "reporting_minor",
    "currency",
    "channel",
    "payment_method",
    "score",
)
WHO_AND_WHERE = ("source", "store_id", "terminal_id", "customer_id", "card_id")
OF_SCORES = frozenset((*MONEY_AND_KIND, *WHO_AND_WHERE))
"""Columns that `scores` keeps; the other fields of a payment are read from `transactions`."""


class Chunk(NamedTuple):
    """Payments with what became of them, and how many more there were of another feature set."""

    payments: Payments
    outcomes: Outcomes
    unreadable: int


def stored_lists(client: Client) -> Lists:
    """Read the lists as they were and are."""
    names = ("entry_id", "list_name", "subject", "value", "owner", "reason", "valid_from", "expires_at", "at")
    lists = Lists()
    for row in client.query(f"SELECT {', '.join(names)} FROM lists FINAL").result_rows:
        fields = dict(zip(names, row, strict=True))
        for name in ("valid_from", "expires_at", "at"):
            if fields[name] is not None:
                fields[name] = fields[name].replace(tzinfo=UTC)
        lists.add(ListEntry(**fields))
    return lists


def history(
    client: Client, since: datetime, until: datetime, columns: Sequence[str], *, matured: datetime
) -> Iterator[Chunk]:
    """Read scored payments in pieces.

    Parameters
    ----------
    since, until
        Event time, `until` not included.
    columns
        What rules name; only these are read.
    matured
        Labels of payments after it do not count.

    """
    start = since
    while start < until:
        end = min(start + CHUNK, until)
        yield from chunk(client, start, end, columns, matured)
        start = end


def chunk(
    client: Client, since: datetime, until: datetime, columns: Sequence[str], matured: datetime
) -> Iterator[Chunk]:
    """Read one piece, if there is anything in it."""
    names = stored_columns(columns)
    with_features = any(COLUMNS[name].origin == "feature" for name in columns)
    of_payments = [name for name in names if name not in OF_SCORES]
    selected = ", ".join(
        ["event_id", "toUnixTimestamp64Milli(occurred_at) AS ms", "score >= threshold AS suspicious"]
        + ["decided_by", "control_rate"]
        + ["reporting_minor AS money", "coalesce(customer_id, card_id) AS payer", "verdict"]
        + [f"{'paid.' if name in of_payments else ''}{name} AS c_{name}" for name in names]
        + (["features", "feature_set"] if with_features else [])
    )
    found = client.query(
        f"SELECT {selected} FROM scores {joined(of_payments)} "
        "LEFT JOIN (SELECT event_id, verdict FROM standing_verdicts) AS verdicts USING (event_id) "
        "WHERE disposition = 'scored' "
        "AND occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') "
        "AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')",
        parameters={"since": milliseconds(since), "until": milliseconds(until)},
    )
    rows = found.result_rows
    unreadable = 0
    if with_features:
        readable = [row for row in rows if row[-1] == FEATURE_SET]
        unreadable = len(rows) - len(readable)
        rows = readable
    if not rows:
        if unreadable:
            yield Chunk(nothing(), Outcomes([], [], [], [], []), unreadable)
        return
    stored = dict(zip(found.column_names, zip(*rows, strict=True), strict=True))
    yield Chunk(payments_of(stored), outcomes_of(stored, matured), unreadable)


def joined(names: Sequence[str]) -> str:
    """Join what only `transactions` keeps, by where the payment was read."""
    if not names:
        return ""
    fields = ", ".join(
        ["event_id", "kafka_partition AS origin_partition", "kafka_offset AS origin_offset", *names]
    )
    return (
        f"ANY LEFT JOIN (SELECT {fields} FROM transactions WHERE "
        "occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') AND "
        "occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')) AS paid "
        "USING (event_id, origin_partition, origin_offset)"
    )


def stored_columns(columns: Sequence[str]) -> list[str]:
    """Name what is read for these columns: stored ones, and those that lists are compared with."""
    names = {name for name in columns if COLUMNS[name].origin in ("event", "score")}
    names |= {COMPARED_WITH[LIST_COLUMNS[name][1]] for name in columns if name in LIST_COLUMNS}
    if any(name in LIST_COLUMNS for name in columns):
        names |= set(COMPARED_WITH.values())
    return sorted(names)


def payments_of(stored: Mapping[str, Sequence[Any]]) -> Payments:
    """Turn what was read into columns for rules."""
    micros = np.array(stored["ms"], np.int64) * 1_000
    features = np.array(stored["features"]) if "features" in stored else None

    def column_of(name: str) -> Sequence[Any] | NDArray[Any]:
        column = COLUMNS[name]
        if column.origin == "time":
            return OF_TIME[name](micros)
        if column.origin == "feature":
            if features is None:
                raise KeyError(name)
            return features[:, column.place]
        values = stored[f"c_{name}"]
        return np.array(values, np.float64) if column.kind == "number" else values

    return Payments(micros / 1e6, micros, column_of, np.array(stored["suspicious"], np.bool_))


def nothing() -> Payments:
    """Give no payments."""
    empty = np.zeros(0, np.int64)
    return Payments(empty / 1, empty, lambda _: [], np.zeros(0, np.bool_))


def outcomes_of(stored: Mapping[str, Sequence[Any]], matured: datetime) -> Outcomes:
    """Say what became of the payments."""
    limit = milliseconds(matured)
    return Outcomes(
        stored["event_id"],
        [
            verdict or None if ms <= limit else None
            for verdict, ms in zip(stored["verdict"], stored["ms"], strict=True)
        ],
        stored["money"],
        stored["payer"],
        [label_weight(*one) for one in zip(stored["decided_by"], stored["control_rate"], strict=True)],
    )


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return round(moment.timestamp() * 1_000)
