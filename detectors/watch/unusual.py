"""What a changed rate is called, in a sentence with its figures and their usual values."""

from detectors.series.table import SERIES
from detectors.watch.completeness import Completeness
from detectors.watch.finding import Finding
from detectors.watch.judging import Change
from detectors.watch.minute_book import MinuteBook
from detectors.watch.place import Place, place_of
from detectors.watch.seasonal import Profile
from detectors.watch.stake import at_stake
from detectors.watch.stores import StoreBook
from detectors.watch.wording import CHANNELS, count, duration, money, share
from schemas.alert import AlertReason, EntityType, WatchedSeries

__all__ = ["finding_of"]

SALES_DETECTOR = "sales-cusum/1"
UNUSUAL_DETECTOR = "figure-cusum/1"
GOODS_DETECTOR = "goods-cusum/1"

LONGEST_ENTITY = 128
"""As the contract of alerts says."""


def finding_of(
    change: Change, profile: Profile, stores: StoreBook, sources: Completeness, book: MinuteBook
) -> Finding:
    """Put a change into words."""
    if change.place.category:
        return category_finding(change, profile, stores, sources)
    if "sales" in SERIES[change.series].watchers:
        return sales_finding(change, profile, stores, sources)
    return figure_finding(change, profile, stores, sources, book)


def stores_of(place: Place, profile: Profile, stores: StoreBook) -> list[str]:
    """Name the stores that a place is made of."""
    return [one for one in profile.channels if place.covers(place_of(one, stores))]


def where(place: Place, profile: Profile, stores: StoreBook) -> str:
    """Name the place as a sentence needs it: at Bonn, in the web shop's own name, in all stores."""
    if place.channel:
        return CHANNELS[place.channel]
    if not place.store_id:
        number = len(stores_of(place, profile, stores))
        return (
            f"in all {number} stores together"
            if not place.region
            else f"in the {number} stores of the region {place.region}"
        )
    name, store = stores.name(place.store_id), stores.get(place.store_id)
    return f"at {name}" if store is None or store.channel == "pos" else f"in {name}"


def subject(place: Place) -> tuple[EntityType, str]:
    """Say what a finding is about: a region, or a store or all of them."""
    return ("region", place.region) if place.size == 1 else ("store", place.store_id or "all")


def events(series: str, number: float) -> str:
    """Write a number of a series' events."""
    return count(round(number), SERIES[series].one, SERIES[series].many)


def usual_number(number: float) -> str:
    """Write a usual number: rounded where it is large enough to be rounded."""
    return f"{number:,.0f}" if number >= 10 else f"{number:.1f}".removesuffix(".0")


def sales_finding(change: Change, profile: Profile, stores: StoreBook, sources: Completeness) -> Finding:
    """Say that sales fell though nothing is silent."""
    run, place = change.run, change.place
    kind, name = subject(place)
    lasted = max(60.0, run.last_at - run.since)
    lost = max(0.0, run.usual_money - run.money)
    complete = sources.completeness(place.store_id)
    sold, usually = money(run.money), money(run.usual_money)
    if change.series == "orders":
        fallen = 1 - run.count / max(run.usual, 1e-9)
        what = f"{events('orders', run.count)} in {duration(lasted)}, usually {usual_number(run.usual)}"
        first = AlertReason(
            text=what, value=round(run.count), usual=round(run.usual, 1), unit="payments", weight=0.7
        )
    else:
        fallen = 1 - run.money / max(run.usual_money, 1e-9)
        what = f"{sold} in {duration(lasted)}, usually {usually}"
        first = AlertReason(
            text=f"As many payments as usual bring {share(max(0.0, 1 - fallen))} of the usual money",
            value=round(max(0.0, 1 - fallen), 3), usual=1.0, unit="share", weight=0.7,
        )  # fmt: skip
    clock = stores.clock(place.store_id or None, run.since)
    sentence = (
        f"Sales {where(place, profile, stores)} down {share(min(1.0, max(0.0, fallen)))} since {clock}: "
        f"{what}; {alive(place, stores)}{completed(complete)}."
    )
    return Finding(
        kind="sales_fallen",
        entity_type=kind,
        entity=name,
        window=f"{run.since:.0f}",
        store_id=place.store_id or None,
        sentence=sentence,
        since=run.since,
        last_at=run.last_at,
        until=run.until,
        reasons=(
            first,
            AlertReason(
                text=f"Revenue {sold}, usually {usually}",
                value=run.money / 100, usual=round(run.usual_money) / 100, unit="EUR", weight=0.3,
            ),
            *reason_complete(complete),
        ),
        count=max(1, round(run.usual - run.count)),
        money_at_risk_minor=round(lost),
        per_hour_minor=round(lost * 3_600 / lasted),
        completeness=complete,
        watched=WatchedSeries(series="revenue", store_id=place.store_id),
        detector=SALES_DETECTOR,
    )  # fmt: skip


def category_finding(change: Change, profile: Profile, stores: StoreBook, sources: Completeness) -> Finding:
    """Say that goods of one category sell less, though the others do not."""
    run, place = change.run, change.place
    lasted = max(60.0, run.last_at - run.since)
    fallen = 1 - run.count / max(run.usual, 1e-9)
    lost = max(0.0, run.usual_money - run.money)
    complete = sources.completeness("")
    what = (
        f"{events(change.series, run.count)} in {duration(lasted)}, "
        f"usually {usual_number(run.usual)} as other goods sell"
    )
    name, there = place.category[:LONGEST_ENTITY], where(Place(channel=place.channel), profile, stores)
    return Finding(
        kind="sales_fallen",
        entity_type="category",
        entity=name,
        window=f"{place.channel}/{run.since:.0f}",
        store_id=None,
        sentence=(
            f"Sales of {name} {there} down {share(min(1.0, max(0.0, fallen)))} since "
            f"{stores.clock(None, run.since)}: {what}{completed(complete, '; ')}."
        ),
        since=run.since,
        last_at=run.last_at,
        until=run.until,
        reasons=(
            AlertReason(
                text=what,
                value=round(run.count), usual=round(run.usual, 1), unit="lines of receipts", weight=0.7,
            ),
            AlertReason(
                text=f"{money(run.money)} in all, usually {money(run.usual_money)}",
                value=run.money / 100, usual=round(run.usual_money) / 100, unit="EUR", weight=0.3,
            ),
            *reason_complete(complete),
        ),
        count=max(1, round(run.usual - run.count)),
        money_at_risk_minor=round(lost),
        per_hour_minor=round(lost * 3_600 / lasted),
        completeness=complete,
        watched=WatchedSeries(
            series=change.series, store_id="", channel=place.channel, category=place.category
        ),
        detector=GOODS_DETECTOR,
    )  # fmt: skip


def figure_finding(
    change: Change, profile: Profile, stores: StoreBook, sources: Completeness, book: MinuteBook
) -> Finding:
    """Say that a figure left its usual range."""
    run, place, series = change.run, change.place, change.series
    kind, name = subject(place)
    lasted = max(60.0, run.last_at - run.since)
    high = SERIES[series].bad == "high"
    stake = at_stake(change, stores_of(place, profile, stores), profile, book)
    lost = max(0.0, run.money - run.usual_money) if high else 0.0
    lost = lost if stake is None else stake.lost
    complete = sources.completeness(place.store_id)
    usual = usual_number(run.usual) if run.usual >= 0.1 else "none"
    what = f"{events(series, run.count)} in {duration(lasted)}, usually {usual}"
    given = SERIES[series].given
    if given is not None:
        what += f" for as many {SERIES[given].many}"
    reasons = [
        AlertReason(
            text=what, value=round(run.count), usual=round(run.usual, 2), unit=events(series, 2)[2:],
            weight=1.0 if run.money == lost == 0 else 0.7,
        )
    ]  # fmt: skip
    if run.money:
        reasons.append(
            AlertReason(
                text=f"{money(run.money)} in all, usually {money(run.usual_money)}",
                value=run.money / 100, usual=round(run.usual_money) / 100, unit="EUR", weight=0.3,
            )
        )  # fmt: skip
    elif stake is not None and round(lost):
        how = "went back" if high else "not taken"
        reasons.append(
            AlertReason(
                text=f"{money(lost)} {how}, at the usual {money(stake.each)} each",
                value=round(lost) / 100, usual=0.0, unit="EUR", weight=0.3,
            )
        )  # fmt: skip
    more = f"{'More' if high else 'Fewer'} {events(series, 2)[2:]} than usual"
    return Finding(
        kind="figure_unusual",
        entity_type=kind,
        entity=name,
        window=f"{series}/{run.since:.0f}",
        store_id=place.store_id or None,
        sentence=(
            f"{more} {where(place, profile, stores)} since "
            f"{stores.clock(place.store_id or None, run.since)}: {what}{completed(complete, '; ')}."
        ),
        since=run.since,
        last_at=run.last_at,
        until=run.until,
        reasons=(*reasons, *reason_complete(complete)),
        count=max(1, round(abs(run.count - run.usual))),
        money_at_risk_minor=round(lost),
        per_hour_minor=round(lost * 3_600 / lasted) if round(lost) else None,
        completeness=complete,
        watched=WatchedSeries(series=series, store_id=place.store_id),
        detector=UNUSUAL_DETECTOR,
    )


def alive(place: Place, stores: StoreBook) -> str:
    """Say what still gives a sign of life."""
    store = stores.get(place.store_id)
    if not place.store_id:
        return "sources are alive"
    return "tills are alive" if store is None or store.channel == "pos" else "its source is alive"


def completed(complete: float | None, before: str = ", ") -> str:
    """Say how complete the data is, if that is known."""
    return "" if complete is None else f"{before}data {share(complete)} complete"


def reason_complete(complete: float | None) -> tuple[AlertReason, ...]:
    """Give completeness as what it is: no part of what was found, but why it can be believed."""
    if complete is None:
        return ()
    return (
        AlertReason(
            text=f"Data {share(complete)} complete: nothing is missing that would explain it",
            value=round(complete, 4), usual=1.0, unit="share", weight=0.0,
        ),
    )  # fmt: skip
