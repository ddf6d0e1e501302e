"""Every question of the console's pages, with the parameters that the pages give."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.query import QueryResult

import sinks
from console.alerts.course import COURSE, EXPECTED
from console.alerts.evidence import SCORED
from console.alerts.silence import HEARD
from console.alerts.stored import ACTED, ANSWERED, COUNTED, HIDDEN, LISTED, ONE, PAYMENTS, PLAYBOOKS, WATCHING
from console.alerts.surroundings import AROUND, MOVED
from console.panels.stores import STORES
from console.query import Query, query_parameters
from console.query_set import QUERIES
from console.selection import EVERYTHING, Selection, selection_parameters
from console.sheets.registry import SHEETS
from console.sheets.span import span_of
from console.trading_day import trading_day
from detectors.causes.measures import MEASURES
from sinks.causes.asking import Asked, ask_why
from sinks.review.given import given_answers
from sinks.review.listing import review_list
from sinks.review.settings import ReviewSettings
from sinks.rules.ledger import ledger

__all__ = ["PageQuestion", "page_questions"]

ZONE = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
RULES_DAYS = 30
MORE_CARDS = 400
"""A budget that is not used up by what analysts have answered: about a hundred cards are left."""
PLACE = "store-0"
"""The web shop: payments and clicks."""
FROM = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)")
RAW = frozenset({"transactions", "scores", "clicks", "stock_movements", "labels", "heartbeats"})
ASKED_ELSEWHERE = {"rules/ledger"}
"""Of longer ranges than its sheet's usual one: by the command and the API."""


@dataclass(frozen=True)
class PageQuestion:
    """A query and its parameters; named like its file, one of a selection with the selection behind it."""

    name: str
    text: str
    parameters: Mapping[str, Any]

    @property
    def raw_tables(self) -> list[str]:
        """Which tables of single events it names."""
        return sorted(RAW & set(FROM.findall(self.text)))


class Listener:
    """Stands for a client, and notes what it is asked."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.heard: dict[str, PageQuestion] = {}
        files = Path(sinks.__file__).parent.rglob("*.sql")
        self._names = {file.read_text(): f"{file.parent.name}_{file.stem}" for file in files}

    def query(self, text: str, parameters: Mapping[str, Any] | None = None) -> QueryResult:
        """Ask, and note it."""
        named = [name for end, name in self._names.items() if text.endswith(end)]
        name = named[0] if named else "newest_payment"
        self.heard[name] = PageQuestion(name, text, parameters or {})
        return self._client.query(text, parameters=dict(parameters or {}))


def page_questions(client: Client, at: datetime) -> list[PageQuestion]:
    """List all questions of all pages as they are asked at a moment of a store that is filled up to it."""
    of_store = questions_of_now(client, at, Selection(store=PLACE))
    return [
        *questions_of_now(client, at, EVERYTHING),
        *(one for one in of_store if one.name.endswith("_of_store")),
        *questions_of_alerts(client, at),
        *questions_of_sheets(client, at),
        *questions_of_sinks(client, at),
    ]


def questions_of_now(client: Client, at: datetime, selection: Selection) -> list[PageQuestion]:
    """List the questions of the page Now."""
    known = STORES.adapter.validate_python(list(client.query(STORES.sql).named_results()))
    given = query_parameters(trading_day(at, at, ZONE), at) | selection_parameters(selection, known)
    behind = "" if selection.everything else "_of_store"
    return [question(one, given, behind if one.selected else "") for one in QUERIES]


def questions_of_sheets(client: Client, at: datetime) -> list[PageQuestion]:
    """List the questions of the sheets in their usual range; those of one thing of a store, or a customer."""
    ((customer,),) = client.query(
        "SELECT customer_id FROM scores WHERE isNotNull(customer_id) AND occurred_at <= {at:DateTime('UTC')} "
        "ORDER BY occurred_at DESC LIMIT 1",
        parameters={"at": int(at.timestamp())},
    ).result_rows
    day, seen = trading_day(at, at, ZONE), ASKED_ELSEWHERE | {query.name for query in QUERIES}
    questions = []
    for sheet in SHEETS:
        length = sheet.lengths[0] if sheet.lengths else "1h"
        span = span_of(length, (None, None), "week" if sheet.compares else "none", day=day, until=at)
        typed = dict.fromkeys(("store", "region", "channel", "category", "device", "source", "id"), "")
        given: dict[str, Any] = query_parameters(day, at) | span.parameters() | typed
        given["subject"] = customer if sheet.personal else PLACE
        for query in sheet.queries:
            if query.name not in seen:
                seen.add(query.name)
                questions.append(question(query, given))
    return questions


def questions_of_alerts(client: Client, at: datetime) -> list[PageQuestion]:
    """List the questions of the alerts' list and of one alert, with the longest chart that there is."""
    ((alert_id,),) = client.query("SELECT alert_id FROM alerts ORDER BY since DESC LIMIT 1").result_rows
    paid = client.query(
        "SELECT event_id, occurred_at FROM scores WHERE occurred_at > {first:DateTime64(3, 'UTC')} "
        "AND occurred_at <= {last:DateTime64(3, 'UTC')} AND customer_id LIKE '%7' AND disposition = 'scored' "
        "LIMIT 20",
        parameters={"first": at - HOUR, "last": at},
    ).result_rows
    end = int(at.timestamp())
    given: dict[str, Any] = query_parameters(trading_day(at, at, ZONE), at) | {
        "alert_id": alert_id,
        "alert_ids": [alert_id],
        "event_ids": [str(event_id) for event_id, _ in paid],
        "event_id": str(paid[0][0]),
        "occurred_at": paid[0][1],
        "first": at - HOUR,
        "last": at,
        "series": "revenue",
        "store_id": PLACE,
        "channel": "",
        "category": "",
        "begin": end - 86_400,
        "end": end,
        "middle": end - 3_600,
        "terminal_id": "",
        "subject": "sku-1",
    }
    of_one = (ONE, ACTED, ANSWERED, HIDDEN, PAYMENTS, SCORED, COURSE, EXPECTED, HEARD, AROUND, MOVED)
    asked = (LISTED, COUNTED, WATCHING, PLAYBOOKS, *of_one)
    return [question(one, given) for one in asked]


def question(query: Query[Any], given: Mapping[str, Any], behind: str = "") -> PageQuestion:
    """Pick the parameters that a query names."""
    name = query.name.replace("/", "_") + behind
    return PageQuestion(name, query.sql, {one: given[one] for one in query.parameters})


def questions_of_sinks(client: Client, at: datetime) -> Sequence[PageQuestion]:
    """List what the review list, the answers on it, the rules and the reasons of a fall ask."""
    listener = Listener(client)
    asked = cast("Client", listener)
    review_list(asked, ReviewSettings(cards_per_day=MORE_CARDS))
    given_answers(asked, at - DAY, at + DAY)
    ledger(asked, at - RULES_DAYS * DAY)
    for measure in ("revenue", "goods"):
        ask_why(asked, Asked(MEASURES[measure], at - HOUR))
    return list(listener.heard.values())
