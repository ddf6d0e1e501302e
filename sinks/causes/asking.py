"""Ask ClickHouse why a figure changed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from clickhouse_connect.driver.query import QueryResult

from detectors.causes.figures import FigureRows
from detectors.causes.measures import Measure, SourceKind
from detectors.causes.question import EVERYTHING, Question, Scope, Surroundings
from detectors.causes.why import why
from detectors.causes.windows import Windows, windows_of
from detectors.series.figures import PAID_SERIES
from schemas.causes import Explanation, LeftOut, Nearby
from schemas.errors import Stop
from schemas.topics import CLICKS, TRANSACTIONS
from sinks.errors import StoreAbsent

__all__ = ["Asked", "ask_why", "kinds_of", "newest_minute", "read_stores", "zone_of"]

FOLDER = Path(__file__).parent
TEXTS: dict[SourceKind, tuple[str, ...]] = {
    "payments": ("store_id", "channel", "payment_method", "device", "bin_country", "decline_reason"),
    "clicks": ("store_id", "device", "app_version", "campaign", "error"),
    "goods": ("store_id", "channel", "category"),
}
FIGURES: dict[SourceKind, tuple[str, ...]] = {
    "payments": ("revenue_minor", "orders", "declined", "refunds", "voids"),
    "clicks": ("views", "checkouts", "pays", "errors"),
    "goods": ("sold_minor", "lines"),
}
STRETCHES = "stretches"
"""What questions for figures begin with."""
TOPIC_OF: dict[SourceKind, str] = {
    "payments": TRANSACTIONS.name, "clicks": CLICKS.name, "goods": TRANSACTIONS.name,
}  # fmt: skip
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Asked:
    """A question to the store.

    Parameters
    ----------
    measure
        Which figure.
    since
        Where it begins.
    until
        Where it ends; none = at the newest minute that is here.
    scope
        What part of the business.
    alert_id
        The alert that is explained, which is no event nearby; empty if it is none.

    """

    measure: Measure
    since: datetime
    until: datetime | None = None
    scope: Scope = EVERYTHING
    alert_id: str = ""


class StoreWords(NamedTuple):
    """Master data of a store."""

    store_id: str
    name: str
    channel: str
    region: str
    time_zone: str


def ask_why(client: Client, asked: Asked) -> Explanation:
    """Explain a figure from what the store holds.

    Raises
    ------
    StoreAbsent
        ClickHouse does not answer.
    Stop
        The stretch of time is too long, has not begun, or the store does not know the place.

    Cost: .1 to .5 s over the embedded store with four weeks of the simulated chain.

    """
    stores = read_stores(client)
    zone = zone_of(stores)
    check_scope(asked, stores)
    until = asked.until or newest_minute(client) + MINUTE
    if until - asked.since < MINUTE:
        raise Stop(
            f"nothing is here from {asked.since:%Y-%m-%d %H:%M} UTC on: the newest is {until:%H:%M} UTC"
        )
    try:
        windows = windows_of(asked.since, until, zone)
    except ValueError as error:
        raise Stop(f"{error}; give another --until") from None
    moments = {"since": milliseconds(windows.since), "until": milliseconds(windows.until)}
    scope = asked.scope
    silent = [
        LeftOut(store_id=store_id, name=name_of(store_id, stores), since=since.replace(tzinfo=UTC))
        for store_id, since in ask(client, "silent", **moments)
        if within(store_id, scope, stores)
    ]
    left_out: dict[str, object] = {"left_out": [one.store_id for one in silent]}
    place = asdict(scope) | left_out
    figures = {
        kind: read_figures(client, kind, windows, stores, place) for kind in kinds_of(asked.measure, scope)
    }
    if scope.category and not len(figures["goods"].day):
        raise Stop(f"nothing of the category {scope.category} was sold then or on the days before")
    topic = {"topic": TOPIC_OF[asked.measure.source]}
    sent, arrived = ask(client, "complete", **moments, **place_of(scope), **left_out, **topic)[0]
    return why(
        Question(asked.measure, windows.since, windows.until, scope),
        figures,
        Surroundings(
            zone=zone,
            store_names={one.store_id: one.name for one in stores.values()},
            left_out=tuple(silent),
            nearby=nearby(client, asked, moments),
            completeness=arrived / sent if sent else None,
        ),
    )


def kinds_of(measure: Measure, scope: Scope) -> tuple[SourceKind, ...]:
    """Name the kinds of events that an answer is made of: beside the figure's own those that go with it."""
    if measure.source == "goods":
        return ("goods",)
    return ("payments",) if scope.payment_method else ("payments", "clicks")


def read_stores(client: Client) -> dict[str, StoreWords]:
    """Read the stores' master data, by id."""
    return {row[0]: StoreWords(*row) for row in ask(client, "stores")}


def zone_of(stores: Mapping[str, StoreWords]) -> ZoneInfo:
    """Give the time zone of most stores; UTC where none is known."""
    zones = Counter(one.time_zone for one in stores.values())
    return ZoneInfo(zones.most_common(1)[0][0] if zones else "UTC")


def newest_minute(client: Client) -> datetime:
    """Give the newest minute of event time that any payment is here of; 1970 if there is none."""
    return datetime.fromtimestamp(ask(client, "newest")[0][0], UTC)


def check_scope(asked: Asked, stores: Mapping[str, StoreWords]) -> None:
    """Refuse a part of the business that nobody knows, rather than say that it sold nothing."""
    scope = asked.scope
    if scope.store_id and scope.store_id not in stores:
        raise Stop(f"there is no store {scope.store_id}")
    known: dict[str, set[str]] = {
        "channel": {one.channel for one in stores.values()},
        "region": {one.region for one in stores.values()},
        "payment_method": set(PAID_SERIES),
    }
    for name, values in known.items():
        value = getattr(scope, name)
        if value and value not in values:
            raise Stop(f"there is no {name.replace('_', ' ')} {value}; there are {', '.join(sorted(values))}")
    for name in ("payment_method", "category"):
        if getattr(scope, name) and name not in asked.measure.dimensions:
            words = name.replace("_", " ")
            raise Stop(f"{asked.measure.words} are not told apart by {words}; leave it out")


def within(store_id: str, scope: Scope, stores: Mapping[str, StoreWords]) -> bool:
    """Say whether a store belongs to what was asked about."""
    if scope.store_id and store_id != scope.store_id:
        return False
    if not (scope.channel or scope.region):
        return True
    store = stores.get(store_id)
    return store is not None and scope.channel in ("", store.channel) and scope.region in ("", store.region)


def name_of(store_id: str, stores: Mapping[str, StoreWords]) -> str:
    """Name a store for people."""
    return stores[store_id].name if store_id in stores else store_id


def read_figures(
    client: Client,
    kind: SourceKind,
    windows: Windows,
    stores: Mapping[str, StoreWords],
    place: Mapping[str, object],
) -> FigureRows:
    """Read one kind of figures; each store's region and channel come from its master data."""
    found = answer(
        client,
        kind,
        {
            "begins": [int(begin.timestamp()) for begin in windows.begins],
            "before": windows.before_minutes,
            "length": windows.before_minutes + windows.minutes,
            **place,
        },
    )
    names = (*TEXTS[kind], *FIGURES[kind], "day", "before")
    read = dict(zip(found.column_names, found.result_columns, strict=True)) if found.row_count else {}
    read = read or {name: [] for name in names}  # an answer without rows has no columns either
    columns = {name: np.array(read[name], dtype=object) for name in TEXTS[kind]}
    known = [stores.get(store_id) for store_id in read["store_id"]]
    columns["region"] = np.array([one.region if one else "" for one in known], dtype=object)
    if "channel" not in columns:
        columns["channel"] = np.array([one.channel if one else "" for one in known], dtype=object)
    rows = FigureRows(
        columns,
        np.array(read["day"], np.int64),
        np.array(read["before"], np.bool_),
        {name: np.array(read[name], np.float64) for name in FIGURES[kind]},
        windows.days,
    )
    # payments and clicks say their store, and the store its region; clicks do not say their channel
    return rows.having([(name, str(place[name])) for name in asdict(EVERYTHING) if place[name]])


def nearby(client: Client, asked: Asked, moments: Mapping[str, int]) -> tuple[Nearby, ...]:
    """List what else was found then."""
    rows = ask(client, "nearby", **moments, **place_of(asked.scope), alert_id=asked.alert_id)
    return tuple(
        Nearby(what=what, text=text, at=at.replace(tzinfo=UTC), reference=reference, told=bool(told))
        for what, text, at, reference, told in rows
    )


def place_of(scope: Scope) -> dict[str, str]:
    """Say where, for a question that has nothing to do with ways to pay and kinds of goods."""
    return {"store_id": scope.store_id, "channel": scope.channel, "region": scope.region}


def milliseconds(moment: datetime) -> int:
    """Count milliseconds since 1970."""
    return round(moment.timestamp() * 1_000)


def ask(client: Client, name: str, **parameters: object) -> Sequence[Any]:
    """Run one of the files; rows have its columns."""
    return answer(client, name, parameters).result_rows


def answer(client: Client, name: str, parameters: dict[str, object]) -> QueryResult:
    """Run one of the files.

    Raises
    ------
    StoreAbsent
        ClickHouse does not answer it.

    """
    try:
        return client.query(text_of(name), parameters=parameters)
    except ClickHouseError as error:
        raise StoreAbsent(f"ClickHouse does not answer {name}.sql: {str(error)[:200]}") from error


def text_of(name: str) -> str:
    """Read one of the files, behind what it begins with."""
    files = [STRETCHES, name] if name in FIGURES else [name]
    return "".join((FOLDER / f"{file}.sql").read_text() for file in files)
