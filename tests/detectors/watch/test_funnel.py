"""A checkout that fails is told within minutes; one visitor who leaves is not."""

import numpy as np

from detectors.watch.finding import Finding
from detectors.watch.funnel import FunnelWatch
from detectors.watch.stores import StoreBook
from schemas.metric_partial import MetricPartial
from schemas.store import OpeningHours, Store
from tests.support.made_chain import BEGIN, Everything, partial

PER_MINUTE = 15 / 60
DAY_MINUTES = 1_440
BEGINS = 5 * DAY_MINUTES + 840


def app() -> StoreBook:
    stores = StoreBook()
    hours = tuple(OpeningHours(weekday=day, opens="00:00", closes="24:00") for day in range(7))
    stores.take(
        Store(
            store_id="app", name="App", channel="app", region="Online", time_zone="Europe/Berlin", hours=hours
        )
    )
    return stores


def minutes(end: int, *, failing: range, abandoned: float = 0.0) -> list[MetricPartial]:
    """Fifteen clicks on pay an hour, each tenth declined; errors are rare; in `failing` nothing is paid."""
    random = np.random.default_rng(7)
    made = []
    for minute in range(end):
        pays = int(random.poisson(PER_MINUTE))
        fails = minute in failing
        answered = 0 if fails else int(random.binomial(pays, 1 - abandoned))
        declined = int(random.binomial(answered, 0.1))
        errors = pays if fails else int(random.poisson(0.002))
        told = {"pays": pays, "orders": answered - declined, "declined": declined, "errors": errors}
        # Every third payment comes in the minute after its click.
        for series, count in told.items():
            if count:
                late = minute % 3 == 0 and series in ("orders", "declined")
                made.append((minute + late, series, count))
    merged: dict[tuple[int, str], int] = {}
    for minute, series, count in made:
        merged[minute, series] = merged.get((minute, series), 0) + count
    return [
        partial(
            series, "app", "app" if series in ("orders", "declined") else "", minute,
            count=count, total=count * 5_000, offset=offset,
        )
        for offset, ((minute, series), count) in enumerate(sorted(merged.items()))
    ]  # fmt: skip


def watch(partials: list[MetricPartial], end: int, *, silent: int | None = None) -> list[tuple[int, Finding]]:
    """Let time pass from the fifth day on; give what was told, with the minute."""
    sources = Everything()
    if silent is not None:
        sources.silent["app"] = BEGIN.timestamp() + silent * 60
    funnel = FunnelWatch(app(), sources)
    told, at = [], 0
    for minute in range(5 * DAY_MINUTES, end, 2):
        due = []
        while at < len(partials) and partials[at].minute.timestamp() < BEGIN.timestamp() + minute * 60:
            due.append(partials[at])
            at += 1
        funnel.partials(due)
        sources.now = BEGIN.timestamp() + minute * 60
        told += [(minute, finding) for finding in funnel.findings(sources.now)]
        assert funnel.is_broken("app") == bool(told and told[-1][1].until is None)
    return told


def test_a_failing_checkout_is_told_within_a_quarter_of_an_hour_and_ends() -> None:
    end = BEGINS + 240
    told = watch(minutes(end, failing=range(BEGINS, BEGINS + 60)), end)
    first, finding = told[0]
    assert first - BEGINS <= 15
    assert (finding.kind, finding.store_id, finding.until) == ("checkout_broken", "app", None)
    assert finding.sentence.startswith("App checkout failing since 1")
    last = told[-1][1]
    assert {one.alert_id for _, one in told} == {last.alert_id}
    assert last.until is not None
    assert abs((last.until - BEGIN.timestamp()) / 60 - BEGINS - 60) <= 15
    assert last.per_hour_minor is not None
    assert 0.4 < last.per_hour_minor / (15 * 5_000) < 2
    assert last.money_at_risk_minor > 0
    assert sum(reason.weight for reason in last.reasons) <= 1.001


def test_visitors_who_leave_and_declined_payments_raise_nothing() -> None:
    end = 12 * DAY_MINUTES
    assert watch(minutes(end, failing=range(0), abandoned=0.05), end) == []


def test_a_silent_app_is_not_a_failing_checkout() -> None:
    end = BEGINS + 240
    partials = minutes(end, failing=range(BEGINS, BEGINS + 60))
    assert watch(partials, end, silent=BEGINS) == []


def test_first_days_are_learnt_from() -> None:
    partials = minutes(2 * DAY_MINUTES, failing=range(DAY_MINUTES, DAY_MINUTES + 60))
    sources = Everything()
    funnel = FunnelWatch(app(), sources)
    funnel.partials(partials)
    sources.now = BEGIN.timestamp() + DAY_MINUTES * 60 + 5_400
    assert funnel.findings(sources.now) == []
