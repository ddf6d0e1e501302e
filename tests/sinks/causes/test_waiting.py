"""Which alerts are explained, and when again."""

from datetime import timedelta
from typing import Any

from schemas.alert import Alert, WatchedSeries
from sinks.causes.of_alert import measures_of
from sinks.causes.waiting import Waiting
from tests.support.events import MONDAY
from tests.support_console.alerts import alert, every_kind


def fallen(**fields: Any) -> Alert:
    return alert("a-1", MONDAY, **{"kind": "sales_fallen", "last_at": MONDAY, **fields})


def test_only_alerts_about_totals_are_explained() -> None:
    explained = {one.kind for one in every_kind(MONDAY) if measures_of(one)}
    assert explained == {"sales_fallen", "figure_unusual", "checkout_broken"}


def test_fewer_payments_by_a_method_are_explained_as_payments() -> None:
    figure = next(one for one in every_kind(MONDAY) if one.kind == "figure_unusual")
    for series, explained in (("paid_wallet", ("orders",)), ("refunds", ("refunds",)), ("products", ())):
        about = figure.model_copy(update={"watched": WatchedSeries(series=series, store_id="")})
        assert measures_of(about) == explained


def test_alert_is_explained_again_once_it_has_grown_or_is_over() -> None:
    waiting = Waiting()
    for fields, waits in (
        ({}, True),
        ({}, False),
        ({"last_at": MONDAY + timedelta(minutes=4)}, False),
        ({"last_at": MONDAY + timedelta(minutes=5)}, True),
        ({"last_at": MONDAY + timedelta(minutes=5), "until": MONDAY + timedelta(minutes=6)}, True),
        ({"last_at": MONDAY + timedelta(minutes=5), "until": MONDAY + timedelta(minutes=6)}, False),
    ):
        waiting.take(fallen(**fields))
        assert bool(waiting.alerts) == waits, fields
        for one in list(waiting.alerts.values()):
            waiting.explained(one)


def test_newest_state_is_explained_and_one_that_came_meanwhile_waits_on() -> None:
    waiting = Waiting()
    first, second = fallen(), fallen(last_at=MONDAY + timedelta(minutes=1))
    waiting.take(first)
    waiting.take(second)
    waiting.explained(first)
    assert list(waiting.alerts.values()) == [second]
