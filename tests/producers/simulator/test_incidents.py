"""Each incident leaves the trace it claims, through payments, clicks, goods, heartbeats and labels."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain, pairwise
from typing import TypeVar

import pytest
from pydantic import BaseModel

from producers.cue_sheet import INCIDENT_KINDS, Incident, IncidentKind
from producers.simulator.calendar import history_end, local_date
from producers.simulator.payments import happenings
from producers.simulator.stores import SHOPS
from producers.simulator.world import SimulatedEvent, World
from schemas.click import Click
from schemas.context import Context
from schemas.event import Event
from schemas.heartbeat import Heartbeat
from schemas.label import Label
from schemas.stock_movement import StockMovement, level_change
from schemas.topics import LABELS
from schemas.transaction import Transaction

Kind = TypeVar("Kind", bound=BaseModel)
LIVE_FROM = history_end(datetime(2026, 11, 20, 15, tzinfo=UTC))
DAY = local_date(LIVE_FROM)
SEED = 100


class Story:
    """The day of the script, beside the same day without incidents."""

    def __init__(self) -> None:
        self.world = World(SEED, first_day=DAY, live_from=LIVE_FROM)
        self.records = list(self.world.events(DAY))
        # never live, so that its heartbeats are few
        calm = World(SEED, first_day=DAY, live_from=LIVE_FROM + timedelta(days=1), incidents="none")
        self.calm_records = list(calm.events(DAY))
        followed = chain.from_iterable(map(happenings, self.world.plan(DAY)))
        built = (happening.build() for happening in followed if happening.topic is LABELS)
        self.labels = [label for label in built if isinstance(label, Label)]

    def incident(self, kind: IncidentKind) -> Incident:
        """Return the one of a kind."""
        [found] = [incident for incident in self.world.incidents(DAY) if incident.kind == kind]
        return found


@pytest.fixture(scope="module")
def story() -> Story:
    return Story()


@pytest.fixture(scope="module")
def random_days() -> list[list[SimulatedEvent]]:
    """Two days with incidents at random; what vanishes on the first is made good on the second."""
    world = at_random()
    return [list(world.events(DAY + timedelta(days=age))) for age in range(2)]


def at_random() -> World:
    return World(162, first_day=DAY, live_from=LIVE_FROM, incidents="random")


def of_type(records: Sequence[SimulatedEvent], kind: type[Kind]) -> list[Kind]:
    return [record.event for record in records if isinstance(record.event, kind)]


def payments(records: Sequence[SimulatedEvent], incident: Incident, **wanted: str) -> list[Transaction]:
    """Return first events of payments that happened during an incident, with these values."""
    return [
        event
        for event in of_type(records, Transaction)
        if event.status in ("authorised", "declined")
        and incident.begins_at <= event.occurred_at < incident.ends_at
        and all(getattr(event, name) == value for name, value in wanted.items())
    ]


def labels_of(story: Story, events: Sequence[Transaction]) -> list[Label]:
    ids = {event.event_id for event in events}
    return [label for label in story.labels if label.event_id in ids]


@pytest.mark.parametrize("seed", [SEED, 101, 102, 103])
def test_script_lets_everything_go_wrong_soon_and_apart(seed: int) -> None:
    incidents = World(seed, first_day=DAY, live_from=LIVE_FROM).incidents(DAY)
    assert sorted(incident.kind for incident in incidents) == sorted(INCIDENT_KINDS)
    for incident in incidents:
        begins = incident.begins_at - LIVE_FROM
        assert timedelta(minutes=10) <= begins <= timedelta(minutes=206)
        assert timedelta(minutes=10) <= incident.ends_at - incident.begins_at <= timedelta(hours=5)
        assert incident.ends_at <= LIVE_FROM + timedelta(minutes=284)
    stores = [incident.store_id for incident in incidents if incident.store_id is not None]
    assert len(set(stores)) == len(stores)
    begins_at = [incident.begins_at for incident in incidents]
    assert min(b - a for a, b in pairwise(begins_at)) > timedelta(minutes=12)


def test_nothing_goes_wrong_before_going_live() -> None:
    world = World(SEED, first_day=DAY - timedelta(days=10), live_from=LIVE_FROM)
    assert not any(world.incidents(DAY - timedelta(days=age)) for age in range(1, 11))
    assert any(world.incidents(DAY + timedelta(days=age)) for age in range(1, 4))


def test_a_late_start_plays_the_script_on_the_next_working_day() -> None:
    saturday_evening = datetime(2026, 10, 24, 18, tzinfo=UTC)
    world = World(SEED, first_day=local_date(saturday_evening), live_from=saturday_evening)
    days = [local_date(saturday_evening) + timedelta(days=age) for age in range(3)]
    assert [len(world.incidents(day)) for day in days] == [0, 0, len(INCIDENT_KINDS)]


def test_random_incidents_keep_to_one_a_store_and_day() -> None:
    world = at_random()
    counts: Counter[str] = Counter()
    shops = {shop.store_id: shop for shop in SHOPS}
    for age in range(30):
        day = DAY + timedelta(days=age)
        incidents = world.incidents(day)
        counts.update(incident.kind for incident in incidents)
        touched: list[str] = []
        for incident in incidents:
            assert incident.begins_at >= LIVE_FROM
            assert local_date(incident.begins_at) == local_date(incident.ends_at) == day
            known = {incident.store_id, *incident.others} & {"web", "app", *shops}
            assert all(shops[store].opening(day) for store in known if store in shops)
            touched += [store for store in known if store is not None]
        assert len(set(touched)) == len(touched)
    assert set(counts) == set(INCIDENT_KINDS)
    assert all(8 <= count <= 24 for count in counts.values()), counts


def test_a_spree_is_dear_and_its_owner_complains_within_hours(story: Story) -> None:
    incident = story.incident("stolen_card_spree")
    spree = payments(story.records, incident, card_id=incident.entity)
    usual = [event.amount_minor for event in payments(story.calm_records, incident)]
    assert 6 <= len(spree) <= 10
    assert len({event.terminal_id for event in spree}) >= 3
    assert sum(e.amount_minor for e in spree) / len(spree) > 4 * sum(usual) / len(usual)
    labels = labels_of(story, spree)
    assert len(labels) == len(spree)
    assert {(label.verdict, label.said_by) for label in labels} == {("fraud", "customer")}
    for label in labels:
        assert timedelta(hours=1) <= label.known_at - incident.ends_at <= timedelta(hours=3)


def test_a_compromised_terminal_takes_cards_of_many_customers(story: Story) -> None:
    incident = story.incident("compromised_terminal")
    labels = {label.event_id: label for label in story.labels}
    cloned = [
        event
        for event in payments(story.records, incident, terminal_id=incident.entity)
        if event.entry_mode == "swipe"
    ]
    assert 8 <= len({event.card_id for event in cloned}) == len(cloned) <= 15
    assert {event.customer_id for event in cloned} <= set(incident.others)
    fast = [label for e in cloned if (label := labels[e.event_id]).said_by == "customer"]
    late = [label for e in cloned if (label := labels[e.event_id]).said_by == "chargeback"]
    assert len(fast) + len(late) == len(cloned)
    assert len(late) >= 2
    for label in fast:
        assert timedelta(minutes=15) <= label.known_at - label.occurred_at <= timedelta(minutes=45)
    assert all(label.known_at - label.occurred_at >= timedelta(days=2) for label in late)


def test_a_bot_tries_cards_from_one_device_and_most_are_declined(story: Story) -> None:
    incident = story.incident("card_testing")
    tries = payments(story.records, incident, device_id=incident.entity)
    assert 40 <= len({event.card_id for event in tries}) == len(tries) <= 120
    assert len({event.network for event in tries}) == 1
    assert {event.channel for event in tries} == {"web"}
    declined = [event.decline_reason for event in tries if event.status == "declined"]
    assert 0.8 < len(declined) / len(tries) < 1
    assert Counter(declined).most_common(1)[0][0] == "security_code"
    assert max(event.amount_minor for event in tries) < 2_000
    assert {label.verdict for label in labels_of(story, tries)} == {"fraud"}


def test_a_broken_checkout_ends_sessions_with_an_error(story: Story) -> None:
    incident = story.incident("broken_checkout")
    version, device = incident.others
    left = payments(story.records, incident, store_id="app", device=device)
    usual = payments(story.calm_records, incident, store_id="app", device=device)
    assert len(usual) >= 10
    assert len(left) <= 0.3 * len(usual)
    [release] = [said for said in of_type(story.records, Context) if said.version == version]
    assert timedelta() < incident.begins_at - release.begins_at < timedelta(minutes=5)
    assert (release.kind, release.store_id, release.device) == ("release", "app", device)

    def others(records: Sequence[SimulatedEvent]) -> int:
        return sum(event.device != device for event in payments(records, incident, store_id="app"))

    assert others(story.records) == others(story.calm_records) > 0
    vanished = {event.order_id for event in usual} - {event.order_id for event in left}
    sessions = defaultdict(list)
    for click in of_type(story.records, Click):
        sessions[click.session_id].append(click)
    for order in vanished:
        last_two = sessions[f"session-{order}"][-2:]
        assert [click.action for click in last_two] == ["pay", "error"]
        assert last_two[1].error is not None
        assert {click.app_version for click in sessions[f"session-{order}"]} == {"5.3.0"}
    moved = {event.payment_id for event in of_type(story.records, StockMovement)}
    assert not moved & ({event.payment_id for event in usual} - {event.payment_id for event in left})
    healthy = {click.app_version for click in of_type(story.calm_records, Click) if click.store_id == "app"}
    assert healthy == {"5.2.1"}


def test_a_silent_store_sends_nothing_and_then_everything_late(story: Story) -> None:
    incident = story.incident("silent_store")
    sources = set(incident.others)

    def theirs(records: Sequence[SimulatedEvent]) -> list[SimulatedEvent]:
        begins = story.incident("fallen_category").begins_at  # later it touches all stores
        return [
            record
            for record in records
            if getattr(record.event, "source", None) in sources
            and (record.at < begins or getattr(record.event, "occurred_at", begins) < begins)
        ]

    sent = theirs(story.records)
    assert sent
    assert not any(incident.begins_at <= record.at < incident.ends_at for record in sent)
    late = [r for r in sent if isinstance(r.event, Event) and r.event.occurred_at < r.at]
    assert len(late) > 10
    assert all(r.at - incident.ends_at < timedelta(minutes=6) for r in late)
    assert len({r.at for r in late}) < len(late)  # in bursts
    # nothing is lost, and each source sends in the order in which it counted
    assert sorted(r.event.event_id for r in sent if isinstance(r.event, Event)) == sorted(
        r.event.event_id for r in theirs(story.calm_records) if isinstance(r.event, Event)
    )
    spooled = [e.spooled for e in of_type(sent, Heartbeat) if e.at >= incident.ends_at]
    assert max(spooled) > 0
    assert spooled[-1] == 0
    assert not any(e.spooled for e in of_type(story.records, Heartbeat) if e.source not in sources)


def test_a_fallen_category_is_bought_nowhere_and_nothing_else_changes(story: Story) -> None:
    incident = story.incident("fallen_category")

    def sold(records: Sequence[SimulatedEvent]) -> Counter[bool]:
        paid = payments(records, incident, status="authorised")
        assert all(one.lines for one in paid)
        return Counter(line.category == incident.entity for one in paid for line in one.lines)

    fallen, calm = sold(story.records), sold(story.calm_records)
    assert fallen[True] < 0.2 * calm[True]
    assert fallen[False] > 0.9 * calm[False]
    spared = {other.entity for other in story.world.incidents(DAY) if other.entity_type == "sku"}
    skus = {line.sku: line.category for one in of_type(story.records, Transaction) for line in one.lines}
    assert incident.entity not in {skus[one] for one in spared}


def test_heartbeats_tell_what_was_counted_and_what_is_kept(story: Story) -> None:
    counted: Counter[tuple[str, str]] = Counter()
    for record in sorted(story.records, key=lambda record: getattr(record.event, "occurred_at", record.at)):
        if isinstance(record.event, Event):
            place = (record.event.source, record.topic.name)
            assert record.event.seq == counted[place]
            counted[place] += 1
        elif isinstance(record.event, Heartbeat):
            for topic, number in record.event.next_seq.items():
                assert counted[record.event.source, topic] == number
    arrived: Counter[tuple[str, str]] = Counter()
    for record in story.records:
        if isinstance(record.event, Event):
            place = (record.event.source, record.topic.name)
            assert record.event.seq == arrived[place]
            arrived[place] += 1
        elif isinstance(record.event, Heartbeat):
            numbers = record.event.next_seq
            missing = sum(number - arrived[record.event.source, topic] for topic, number in numbers.items())
            assert record.event.spooled == missing


def test_sales_collapse_while_the_tills_are_up(story: Story) -> None:
    incident = story.incident("collapsed_sales")
    assert incident.store_id is not None
    left = payments(story.records, incident, store_id=incident.store_id)
    usual = payments(story.calm_records, incident, store_id=incident.store_id)
    assert len(usual) >= 10
    assert len(left) <= 0.2 * len(usual)
    beats = [
        event
        for event in of_type(story.records, Heartbeat)
        if event.store_id == incident.store_id and incident.begins_at <= event.at < incident.ends_at
    ]
    assert len(beats) > 45 * 4
    assert all(event.spooled == 0 for event in beats)


def levels(records: Sequence[SimulatedEvent], key: str) -> Iterator[tuple[datetime, StockMovement, int]]:
    """Yield the level after each movement of an article, as movements alone say."""
    level = 0
    moved = (event for event in of_type(records, StockMovement) if event.key == key)
    for event in sorted(moved, key=lambda event: event.occurred_at):
        stated = event.kind == "count" and level == 0
        level = event.quantity if stated else level + level_change(event)
        yield event.occurred_at, event, level


def test_a_best_seller_runs_out_and_is_sold_no_more(story: Story) -> None:
    incident = story.incident("stock_out")
    key = f"{incident.store_id}|{incident.entity}"
    during = [
        (event, level)
        for at, event, level in levels(story.records, key)
        if incident.begins_at <= at < incident.ends_at
    ]
    usual = sum(
        event.quantity
        for event in of_type(story.calm_records, StockMovement)
        if event.key == key and event.kind == "sale"
    )
    sold = sum(event.quantity for event, _ in during if event.kind == "sale")
    assert sold > 4 * usual
    assert min(level for _, level in during) == 0 == during[-1][1]
    assert all(level >= 0 for _, _, level in levels(story.records, key))


def test_a_count_finds_that_pieces_have_vanished(story: Story) -> None:
    incident = story.incident("shrinkage")
    key = f"{incident.store_id}|{incident.entity}"
    found = [
        (at, event, level)
        for at, event, level in levels(story.records, key)
        if event.kind == "count" and at >= LIVE_FROM
    ]
    [(at, count, level)] = found
    assert incident.begins_at < at <= incident.ends_at
    assert 15 <= level - count.quantity <= 40
    assert count.quantity >= 0


def test_a_wrong_price_is_paid_by_many_until_it_is_mended(story: Story) -> None:
    incident = story.incident("price_glitch")
    prices: dict[bool, Counter[int]] = {True: Counter(), False: Counter()}
    for event in of_type(story.records, Transaction):
        if event.status != "authorised":
            continue
        for line in event.lines:
            if line.sku == incident.entity:
                here = event.store_id in incident.others
                now = incident.begins_at <= event.occurred_at < incident.ends_at
                prices[here and now][line.unit_price_minor] += 1
    [right] = prices[False]
    [wrong] = prices[True]
    assert right // wrong in (10, 100)
    assert prices[True][wrong] >= 30


def test_goods_and_payments_stay_consistent_through_incidents(
    random_days: list[list[SimulatedEvent]],
) -> None:
    """What is sold was there and is what was paid; a count disagrees only where pieces vanished."""
    level: dict[str, int] = {}
    vanished: dict[str, int] = {}
    made_good: dict[str, int] = {}
    for records in random_days:
        paid: Counter[tuple[str, str]] = Counter()
        sold: Counter[tuple[str, str]] = Counter()
        for event in of_type(records, Transaction):
            if event.status == "authorised":
                for line in event.lines:
                    paid[event.payment_id, line.sku] += line.quantity
                assert event.amount_minor == event_total(event) > 0
        for move in sorted(of_type(records, StockMovement), key=lambda move: move.occurred_at):
            if move.kind == "sale":
                sold[str(move.payment_id), move.sku] += move.quantity
            if move.kind == "count":
                if level.setdefault(move.key, move.quantity) != move.quantity:
                    vanished[move.key] = level[move.key] - move.quantity
                level[move.key] = move.quantity
            elif move.kind == "receipt" and move.key in vanished:
                made_good[move.key] = move.quantity
            level[move.key] += level_change(move)
            assert level[move.key] >= 0, move
            assert move.level_after in (None, level[move.key]), move
        assert sold == paid
    incidents = [it for age in range(2) for it in at_random().incidents(DAY + timedelta(days=age))]
    assert set(vanished) == {f"{it.store_id}|{it.entity}" for it in incidents if it.kind == "shrinkage"}
    assert made_good
    assert all(pieces >= vanished[key] for key, pieces in made_good.items())


def event_total(event: Transaction) -> int:
    return sum(line.quantity * line.unit_price_minor for line in event.lines) - event.discount_minor


def test_a_day_with_incidents_is_the_same_without_the_days_before(
    random_days: list[list[SimulatedEvent]],
) -> None:
    alone = at_random()
    late = DAY + timedelta(days=1)
    assert {incident.kind for incident in alone.incidents(late)} >= {"stock_out", "shrinkage", "silent_store"}
    assert as_bytes(alone.events(late)) == as_bytes(random_days[1])


def as_bytes(records: Iterable[SimulatedEvent]) -> list[tuple[datetime, bytes]]:
    return [(record.at, record.event.model_dump_json().encode()) for record in records]


def test_ordinary_thefts_are_told_apart_from_incidents(story: Story) -> None:
    """Every fraud of the day is of the background or of an incident."""
    background = story.world.background(DAY)
    told = {id_ for incident in story.world.incidents(DAY) for id_ in (incident.entity, *incident.others)}
    frauds = {label.event_id for label in story.labels if label.verdict == "fraud"}
    events = [event for event in of_type(story.records, Transaction) if event.event_id in frauds]
    assert len(events) > 50
    for event in events:
        ids = {event.card_id, event.terminal_id}
        assert ids & (background.cards | background.terminals | told), event
