"""Lists of events, and the addresses other than the payments', over real HTTP into a real Kafka."""

import json
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from producers.collector_body import MOST_ITEMS
from producers.ledger import read_ledgers
from schemas.click import Click
from schemas.event import Event
from schemas.label import Label
from schemas.stock_movement import StockMovement
from schemas.topics import CLICKS, LABELS, STOCK_MOVEMENTS
from tests.support.collecting import CARD, KEY, PAYMENT, SIMULATED, Served
from tests.support.topic_log import read_topic

pytestmark = pytest.mark.services

CLICK = {"visitor_id": "v-1", "session_id": "s-1", "store_id": "web", "page": "/", "action": "view"}
MOVEMENT = {"place_id": "store-01", "sku": "4006381333931", "kind": "sale", "quantity": 2}
LABEL = {
    "event_id": "0190a1b2-1234-7abc-8def-0123456789ab",
    "terminal_id": "t-1",
    "occurred_at": "2026-10-20T12:00:00+02:00",
    "verdict": "fraud",
    "said_by": "chargeback",
}
LABEL_OF_ANALYST = LABEL | {"said_by": "analyst"}
LABEL_OF_FUTURE = LABEL | {"known_at": (SIMULATED + timedelta(days=1)).isoformat()}


def payments_numbered(count: int) -> list[dict[str, Any]]:
    """Make payments of one customer, so that they have an order."""
    return [PAYMENT | {"payment_id": f"p-{number}"} for number in range(count)]


async def test_a_list_is_acknowledged_in_its_order(served: Served) -> None:
    status, answer = await served.post(payments_numbered(MOST_ITEMS))
    stored = served.stored()
    assert (status, answer["accepted"], answer["refused"]) == (202, MOST_ITEMS, 0)
    assert [event.payment_id for event in stored] == [f"p-{number}" for number in range(MOST_ITEMS)]
    assert [event.seq for event in stored] == list(range(MOST_ITEMS))
    assert [item["event_id"] for item in answer["items"]] == [str(event.event_id) for event in stored]
    assert {item["status"] for item in answer["items"]} == {202}
    assert read_ledgers(served.folder)["transactions"].count == MOST_ITEMS


async def test_in_a_mixed_list_each_item_has_its_own_answer(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    """What is refused takes no number, stops nobody else, and is not repeated in the answer or the log."""
    first, last = payments_numbered(2)
    refused = [{}, 7, None, [first], "text", PAYMENT | {"card_id": CARD}, PAYMENT | {"source": "pos-2"}]
    with caplog.at_level(logging.DEBUG):
        status, answer = await served.post([first, *refused, last])
    items = answer["items"]
    assert (status, answer["accepted"], answer["refused"]) == (207, 2, len(refused))
    assert [item["status"] for item in items] == [202, 422, 400, 400, 400, 400, 422, 422, 202]
    assert all(item["title"] and item["detail"].endswith(".") for item in items[1:-1])
    assert "card_id holds a card number" in items[6]["detail"]
    assert "1111" not in json.dumps(answer) + caplog.text
    assert [(event.payment_id, event.seq) for event in served.stored()] == [("p-0", 0), ("p-1", 1)]


async def test_a_list_of_which_nothing_can_be_taken_is_refused_whole(served: Served) -> None:
    asked: list[tuple[object, int, str]] = [
        ([], 400, "The list is empty"),
        ([{}, {}], 422, "No event of the list can be taken"),
        ([PAYMENT] * (MOST_ITEMS + 1), 413, "At most 500 events are taken at once, 501 came"),
    ]
    for sent, status, reason in asked:
        answered, problem = await served.post(sent)
        assert (answered, reason in problem["detail"]) == (status, True), problem
    assert (await served.post([PAYMENT], Authorization=f"Bearer {KEY}x"))[0] == 401
    assert served.stored() == []


async def test_what_is_sent_again_is_the_same_event_and_takes_no_number(served: Served) -> None:
    """Readers know a repeat by source, run and seq; a number lost would look like a lost event."""
    await served.post(PAYMENT)
    (event,) = served.stored()
    again = PAYMENT | {
        "event_id": str(event.event_id), "run": event.run, "seq": event.seq,
        "occurred_at": event.occurred_at.isoformat(),
    }  # fmt: skip
    assert (await served.post([again, again, PAYMENT]))[0] == 202
    assert served.stored()[:3] == [event] * 3
    assert [event.seq for event in served.stored()] == [0, 0, 0, 1]


async def test_every_address_fills_the_envelope_and_numbers_on_its_own(served: Served) -> None:
    for to, event in ((CLICKS.name, CLICK), (STOCK_MOVEMENTS.name, MOVEMENT)):
        assert (await served.post([event, event], to))[0] == 202
        assert (await served.post(PAYMENT, to))[0] == 422
    stored: Mapping[str, list[Any]] = {
        "clicks": read_topic(served.kafka, CLICKS, Click),
        "movements": read_topic(served.kafka, STOCK_MOVEMENTS, StockMovement),
    }
    for events in stored.values():
        assert [(event.source, event.seq) for event in events] == [("pos-1", 0), ("pos-1", 1)]
        assert all(isinstance(event, Event) and event.occurred_at >= SIMULATED for event in events)


async def test_labels_come_from_outside_only_and_never_from_the_future(served: Served) -> None:
    known = LABEL | {"known_at": "2026-10-21T08:00:00Z", "said_by": "customer"}
    status, answer = await served.post([LABEL, known, LABEL_OF_ANALYST, LABEL_OF_FUTURE], LABELS.name)
    labels = read_topic(served.kafka, LABELS, Label)
    assert (status, answer["accepted"]) == (207, 2)
    assert [item["event_id"] for item in answer["items"][:2]] == [LABEL["event_id"]] * 2
    assert "said_by: chargeback or customer" in answer["items"][2]["detail"]
    assert "known_at: later than the collector's clock" in answer["items"][3]["detail"]
    assert [label.said_by for label in labels] == ["chargeback", "customer"]
    assert timedelta() <= labels[0].known_at - SIMULATED < timedelta(minutes=20)
    assert labels[1].known_at == SIMULATED - timedelta(minutes=90)


async def test_an_unknown_address_names_those_that_there_are(served: Served) -> None:
    for path in ("/", "/v1/scores"):
        async with served.client.get(served.address + path) as response:
            problem = await response.json(content_type="application/problem+json")
        assert response.status == 404
        assert all(f"/v1/{name}" in problem["detail"] for name in ("clicks", "labels", "stock-movements"))
