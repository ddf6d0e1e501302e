"""The simulated retailer: repeatable, valid, and consistent from the first click to the last label."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel

from producers.simulator.calendar import TIME_ZONE, day_bounds, history_end, local_date
from producers.simulator.stores import SHOPS, STORES
from producers.simulator.world import SimulatedEvent, World
from schemas.click import Click
from schemas.decode import decode_record
from schemas.event import Event
from schemas.heartbeat import Heartbeat
from schemas.label import Label
from schemas.stock_movement import StockMovement, level_change
from schemas.transaction import Transaction

Kind = TypeVar("Kind", bound=BaseModel)
ZONE = ZoneInfo(TIME_ZONE)
LIVE_FROM = history_end(datetime(2026, 11, 22, 23, tzinfo=UTC))
"""A Friday: before it, ten days hold one Sunday only, which makes them the busiest."""
FIRST_DAY = local_date(LIVE_FROM) - timedelta(days=10)


def world(seed: int = 7) -> World:
    return World(seed, first_day=FIRST_DAY, live_from=LIVE_FROM)


def history(simulated: World) -> Iterator[SimulatedEvent]:
    day = simulated.first_day
    while day_bounds(day)[0] < LIVE_FROM:
        yield from takewhile(lambda record: record.at <= LIVE_FROM, simulated.events(day))
        day += timedelta(days=1)


@pytest.fixture(scope="module")
def records() -> list[SimulatedEvent]:
    """The history of ten days that the demo loads, at its busiest."""
    assert LIVE_FROM.weekday() == 4
    return list(history(world()))


def of_type(records: Sequence[SimulatedEvent], kind: type[Kind]) -> list[Kind]:
    return [record.event for record in records if isinstance(record.event, kind)]


def on_day(records: Sequence[SimulatedEvent], day: date) -> list[SimulatedEvent]:
    begin, end = day_bounds(day)
    return [record for record in records if begin <= record.at < end]


def as_bytes(records: Sequence[SimulatedEvent]) -> list[bytes]:
    return [record.event.model_dump_json().encode() for record in records]


def test_same_seed_and_day_give_equal_bytes_without_the_days_before(records: list[SimulatedEvent]) -> None:
    late = FIRST_DAY + timedelta(days=4)
    assert as_bytes(list(world().events(late))) == as_bytes(on_day(records, late))


def test_another_seed_gives_other_events(records: list[SimulatedEvent]) -> None:
    other = as_bytes(list(world(seed=8).events(FIRST_DAY)))
    assert other != as_bytes(on_day(records, FIRST_DAY))


def test_history_is_long_dense_and_small_enough(records: list[SimulatedEvent]) -> None:
    first = Counter(
        local_date(event.occurred_at)
        for event in of_type(records, Transaction)
        if event.status in ("authorised", "declined")
    )
    whole_days = [day for day in first if day != local_date(LIVE_FROM)]
    assert len(whole_days) == 10
    assert sum(first[day] for day in whole_days) / 10 > 5_500
    assert 240_000 < len(records) <= 280_000


def test_every_event_keeps_its_contract(records: list[SimulatedEvent]) -> None:
    for record in records:
        value = record.event.model_dump_json(exclude_none=True).encode()
        assert decode_record(record.topic.model, value) == record.event


def test_events_come_in_order_of_time(records: list[SimulatedEvent]) -> None:
    """A day's events lie within it, so its run, which is the day, is the local day of the event."""
    times = [record.at for record in records]
    assert times == sorted(times)
    for event in of_type(records, Event):
        assert event.run == f"{local_date(event.occurred_at)}"


def test_sources_number_their_events_without_a_gap(records: list[SimulatedEvent]) -> None:
    counted: dict[tuple[str, str, str], int] = defaultdict(int)
    for record in records:
        if isinstance(record.event, Event):
            place = (record.event.source, record.event.run, record.topic.name)
            assert record.event.seq == counted[place]
            counted[place] += 1
        elif isinstance(record.event, Heartbeat):
            for topic, number in record.event.next_seq.items():
                assert counted[record.event.source, record.event.run, topic] == number


def test_event_ids_are_unique(records: list[SimulatedEvent]) -> None:
    events = of_type(records, Event)
    assert len({event.event_id for event in events}) == len(events)


def test_online_payments_end_a_session(records: list[SimulatedEvent]) -> None:
    """Every paid or declined order online has its clicks, in order, and a pay click just before."""
    clicks = defaultdict(list)
    for click in of_type(records, Click):
        clicks[click.session_id].append(click)
    online = [
        event
        for event in of_type(records, Transaction)
        if event.channel != "pos" and event.status in ("authorised", "declined")
    ]
    assert len(online) > 3_000
    for payment in online:
        session = clicks[f"session-{payment.order_id}"]
        actions = [click.action for click in session]
        assert actions[:2] == ["view", "product"]
        assert actions.index("product") < actions.index("checkout") < actions.index("pay")
        assert any(
            click.action == "pay"
            and timedelta() <= payment.occurred_at - click.occurred_at < timedelta(seconds=3)
            for click in session
        )
        assert {line.sku for line in payment.lines} <= {click.sku for click in session}
        assert {click.customer_id for click in session} <= {None, payment.customer_id}


def test_funnel_narrows_at_every_step(records: list[SimulatedEvent]) -> None:
    steps = Counter(click.action for click in of_type(records, Click))
    sessions = defaultdict(set)
    for click in of_type(records, Click):
        sessions[click.action].add(click.session_id)
    sizes = [len(sessions[step]) for step in ("view", "product", "add_to_cart", "checkout", "pay")]
    assert sizes == sorted(sizes, reverse=True)
    assert 0 < steps["error"] < steps["view"] / 20


def test_sale_movements_match_the_payments_lines(records: list[SimulatedEvent]) -> None:
    sold: Counter[tuple[str, str]] = Counter()
    for movement in of_type(records, StockMovement):
        if movement.kind == "sale":
            assert movement.payment_id is not None
            sold[movement.payment_id, movement.sku] += movement.quantity
    paid: Counter[tuple[str, str]] = Counter()
    for payment in of_type(records, Transaction):
        if payment.status == "authorised" and payment.occurred_at < LIVE_FROM - timedelta(seconds=1):
            paid.update({(payment.payment_id, line.sku): 0 for line in payment.lines})
            for line in payment.lines:
                paid[payment.payment_id, line.sku] += line.quantity
    assert sold == paid


def test_money_given_back_never_exceeds_the_payment(records: list[SimulatedEvent]) -> None:
    authorised = {}
    returned: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for event in of_type(records, Transaction):
        kinds[event.status] += 1
        if event.status == "authorised":
            assert event.amount_minor == (
                sum(line.quantity * line.unit_price_minor for line in event.lines) - event.discount_minor
            )
            assert event.payment_id not in authorised
            authorised[event.payment_id] = event
        elif event.status != "declined":
            before = authorised[event.payment_id]
            assert before.occurred_at < event.occurred_at
            assert (before.store_id, before.customer_id) == (event.store_id, event.customer_id)
            if event.status == "captured":
                assert event.amount_minor == before.amount_minor
            else:
                returned[event.payment_id] += event.amount_minor
            if event.status == "refunded":
                assert event.refund_of == event.payment_id
    assert all(0 < amount <= authorised[payment].amount_minor for payment, amount in returned.items())
    assert min(kinds[status] for status in ("declined", "captured", "voided", "refunded")) > 100


def test_stock_levels_add_up_and_never_fall_below_zero(records: list[SimulatedEvent]) -> None:
    levels: dict[str, int] = {}
    for movement in of_type(records, StockMovement):
        if movement.kind == "count":
            if movement.key in levels:
                assert levels[movement.key] == movement.quantity, movement
            levels[movement.key] = movement.quantity
        levels[movement.key] += level_change(movement)
        assert levels[movement.key] >= 0, movement
        if movement.level_after is not None:
            assert movement.level_after == levels[movement.key], movement


def test_labels_follow_their_payments_by_days(records: list[SimulatedEvent]) -> None:
    payments = {
        event.event_id: event
        for event in of_type(records, Transaction)
        if event.status in ("authorised", "declined")
    }
    labels = of_type(records, Label)
    delays = set()
    for label in labels:
        payment = payments.pop(label.event_id)  # one label each
        assert (label.occurred_at, label.terminal_id) == (payment.occurred_at, payment.terminal_id)
        assert label.customer_id == payment.customer_id
        assert timedelta(days=2) <= label.known_at - label.occurred_at <= timedelta(days=7)
        delays.add((label.known_at - label.occurred_at).days)
    assert delays >= {2, 3, 4, 5, 6}
    # none is forgotten: the payments left are too young
    assert min(payment.occurred_at for payment in payments.values()) > LIVE_FROM - timedelta(days=7)


def test_frauds_are_few_and_show_what_they_are(records: list[SimulatedEvent]) -> None:
    labels = of_type(records, Label)
    frauds = {label.event_id for label in labels if label.verdict == "fraud"}
    assert 0.004 < len(frauds) / len(labels) < 0.02
    payments = [
        event for event in of_type(records, Transaction) if event.status in ("authorised", "declined")
    ]
    terminals = Counter(event.terminal_id for event in payments if event.event_id in frauds)
    rest = [event for event in payments if event.event_id in frauds and terminals[event.terminal_id] < 20]
    usual = sum(event.amount_minor for event in payments) / len(payments)
    assert max(terminals.values()) > 20  # a compromised terminal
    assert sum(event.amount_minor for event in rest) / len(rest) > 3 * usual  # stolen cards


def test_stores_sell_only_while_they_are_open(records: list[SimulatedEvent]) -> None:
    shops = {shop.store_id: shop for shop in SHOPS}
    hours = set()
    for payment in of_type(records, Transaction):
        if payment.channel == "pos" and payment.status == "authorised":
            opening = shops[payment.store_id].opening(local_date(payment.occurred_at))
            assert opening is not None
            local = payment.occurred_at.astimezone(ZONE)
            second = local.hour * 3600 + local.minute * 60 + local.second
            assert opening[0] <= second <= opening[1]
            hours.add(int(second // 3600))
    assert hours >= set(range(8, 20))


def test_master_data_names_every_store_that_sells(records: list[SimulatedEvent]) -> None:
    stores = {record.event.key for record in world().stores()}  # type: ignore[attr-defined]  # all have keys
    assert len(stores) == len(STORES) == 40
    assert {event.store_id for event in of_type(records, Transaction)} == stores


def test_heartbeats_come_often_once_live() -> None:
    simulated = World(7, first_day=local_date(LIVE_FROM), live_from=LIVE_FROM)
    until = LIVE_FROM + timedelta(minutes=10)
    today = takewhile(lambda record: record.at < until, simulated.events(local_date(LIVE_FROM)))
    live = [
        record.event for record in today if isinstance(record.event, Heartbeat) and record.at >= LIVE_FROM
    ]
    beats = Counter(beat.source for beat in live)
    assert len(beats) > 150
    assert set(beats.values()) <= {4, 5}


@pytest.mark.parametrize(
    ("wall", "expected"),
    [
        ("2026-11-20T15:00:00Z", "2026-10-21T07:30:00Z"),  # 30 days before is a Wednesday in summer time
        ("2026-11-20T07:00:00Z", "2026-10-20T07:30:00Z"),  # 30 days ago it was not yet 09:30
        ("2026-11-24T15:00:00Z", "2026-10-23T07:30:00Z"),  # a Sunday: back to Friday
        ("2026-02-20T15:00:00Z", "2026-01-21T08:30:00Z"),  # winter time
    ],
)
def test_history_ends_on_a_weekday_morning_long_ago(wall: str, expected: str) -> None:
    assert history_end(datetime.fromisoformat(wall)) == datetime.fromisoformat(expected)


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_shops_open_on_time_when_the_clock_is_changed(day: date) -> None:
    simulated = World(7, first_day=day, live_from=day_bounds(day)[1])
    station = next(shop for shop in SHOPS if shop.opening(day))
    sales = [
        record.event.occurred_at
        for record in simulated.events(day)
        if isinstance(record.event, Transaction) and record.event.store_id == station.store_id
    ]
    local = [at.astimezone(ZONE).hour for at in sales]
    assert min(local) == 10
    assert max(local) < 18
