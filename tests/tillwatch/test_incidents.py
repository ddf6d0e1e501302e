"""The matching rule: what finds an incident, what is false, and what the table says."""

from datetime import timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from producers.cue_sheet import INCIDENT_KINDS, RIGHT_ALERT
from tests.support.incidents import NOON, alert, incident
from tillwatch.incidents.matching import Matching, match
from tillwatch.incidents.raised import RaisedAlert
from tillwatch.incidents.table import incident_table


def verdicts(found: Matching) -> list[str]:
    return [verdict for _, verdict in found.verdicts]


def test_the_first_right_alert_finds_it() -> None:
    found = match([incident()], [alert(8), alert(20)], ())
    assert (found.found, verdicts(found), found.silent_as_fallen) == (1, ["right", "right"], 0)
    assert found.incidents[0].delay == timedelta(minutes=8)


@pytest.mark.parametrize(
    "raised",
    [
        alert(-1),  # before it began: it cannot be about it
        alert(121),  # later than the grace
        alert(8, store_id="store-08", entity="store-08"),
        alert(8, kind="figure_unusual", store_id="store-08", entity="store-08"),
    ],
)
def test_what_is_early_late_or_elsewhere_is_false(raised: RaisedAlert) -> None:
    found = match([incident()], [raised], ())
    assert (found.found, verdicts(found)) == (0, ["false"])


def test_another_kind_at_the_place_is_an_echo_and_a_silent_store_must_not_look_fallen() -> None:
    found = match([incident()], [alert(5, kind="sales_fallen"), alert(8)], ())
    assert verdicts(found) == ["echo", "right"]
    assert found.silent_as_fallen == 1
    assert found.incidents[0].first_kind == "sales_fallen"


def test_background_thefts_are_no_false_alarms_and_suspicious_payments_are_outside() -> None:
    spree = alert(3, kind="card_spree", entity="card-1", store_id="store-01")
    by_customer = alert(4, kind="card_spree", entity="card-2", customers=frozenset({"customer-9"}))
    payment = alert(5, kind="payment_fraud", entity="card-3", store_id="store-02")
    found = match([], [spree, by_customer, payment], {"card-1", "customer-9"})
    assert verdicts(found) == ["background", "background", "outside"]
    assert verdicts(match([], [spree], ())) == ["false"]


def test_an_article_is_found_at_its_store_only() -> None:
    vanished = incident(kind="shrinkage", entity="A-1003", entity_type="sku")
    here = alert(1, kind="shrinkage", entity="store-07|A-1003")
    there = alert(2, kind="shrinkage", entity="store-08|A-1003", store_id="store-08")
    found = match([vanished], [there, here], ())
    assert found.incidents[0].alert == here


def test_a_card_is_found_by_any_of_its_ids() -> None:
    theft = incident(kind="stolen_card_spree", store_id=None, entity="card-1", others=("customer-1",))
    assert match([theft], [alert(1, kind="card_spree", entity="customer-1", store_id=None)], ()).found == 1


def test_every_kind_of_incident_has_one_kind_of_alert() -> None:
    assert set(RIGHT_ALERT) == set(INCIDENT_KINDS)
    # fallen sales are a store's or a category's, and its entity tells which
    assert len(set(RIGHT_ALERT.values())) == len(RIGHT_ALERT) - 1


def test_a_category_is_found_by_its_own_name_only() -> None:
    blocked = incident(kind="fallen_category", store_id=None, entity="toys")
    toys, books = (
        alert(minutes, kind="sales_fallen", entity=name, store_id=None)
        for minutes, name in ((1, "toys"), (2, "books"))
    )
    found = match([blocked], [books, toys], ())
    assert found.incidents[0].alert == toys
    assert [verdict for _, verdict in found.verdicts] == ["false", "right"]


def test_the_table_says_how_soon_and_what_was_missed() -> None:
    theft = incident(
        kind="stolen_card_spree", title="A stolen card goes shopping", store_id=None, entity="card-1"
    )
    out = StringIO()
    found = match([theft, incident()], [alert(8)], ())
    Console(file=out, width=160).print(
        incident_table(found.incidents, NOON + timedelta(hours=2), ZoneInfo("Europe/Berlin"))
    )
    text = out.getvalue()
    assert "1 of 2 alerted" in text
    assert "8 min" in text
    assert "Köln Dom silent since 12:00." in text
    assert "NOT ALERTED" in text
    assert "card_spree" in text
    out = StringIO()
    Console(file=out, width=160).print(incident_table(found.incidents, NOON, ZoneInfo("Europe/Berlin")))
    assert "not yet" in out.getvalue(), "it still lasts"
