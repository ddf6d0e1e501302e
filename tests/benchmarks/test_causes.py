"""The benchmark of causes: what counts as right, and its figures."""

from datetime import UTC, datetime, timedelta

import numpy as np

from benchmarks.causes import CausesResult, report_causes
from benchmarks.planted_causes import Outcome, Planted, judge, plant
from benchmarks.store_drop import needed_rate, soonest_hours
from detectors.causes.figures import FigureRows
from detectors.causes.measures import MEASURES, PAYMENT_DIMENSIONS

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def chain() -> FigureRows:
    """Six days of four stores and the app, whose visitors have two kinds of device."""
    places = [
        *((f"store-{number}", "pos", "") for number in range(4)),
        ("app", "app", "ios"),
        ("app", "app", "android"),
    ]
    random = np.random.default_rng(1)
    rows = [(day, before, place) for day in range(7) for before in (True, False) for place in places]
    columns = {name: np.array(["card"] * len(rows), object) for name in PAYMENT_DIMENSIONS}
    for number, name in enumerate(("store_id", "channel", "device")):
        columns[name] = np.array([place[number] for *_, place in rows], object)
    orders = random.poisson(60, len(rows)).astype(float)
    figures = {"orders": orders, "revenue_minor": 3_000 * orders}
    day, before = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    return FigureRows(columns, day, before, figures, days=6)


def planted(*values: tuple[str, str]) -> Planted:
    return Planted(NOON, NOON + timedelta(hours=1), values, 0.0)


def test_same_parts_by_another_name_are_right_and_a_wider_cause_is_not() -> None:
    for truth in (planted(("store_id", "app")), planted(("channel", "app"), ("store_id", "app"))):
        outcome = judge(plant(chain(), truth, 1), truth, MEASURES["orders"])
        assert outcome is not None
        assert (outcome.named, outcome.right) == ((("channel", "app"),), True)
    app, android = planted(("channel", "app")), planted(("device", "android"))
    wider = judge(plant(chain(), app, 1), android, MEASURES["orders"])
    assert wider is not None
    assert not wider.right


def test_only_what_an_alert_would_be_raised_about_counts() -> None:
    outcomes = tuple(
        Outcome(planted(("channel", "app")), (), right, part, total)
        for right, part, total in (
            (True, 50.0, 9.0),
            (False, 50.0, 9.0),
            (True, 12.0, 1.0),
            (False, 3.0, 9.0),
        )
    )
    _, figures = report_causes(CausesResult(outcomes, (0.01,), innocent=4, accused=1))
    assert (figures["root_cause_first"], figures["planted"]) == (0.5, 2.0)
    assert (figures["root_cause_first_any"], figures["planted_any"]) == (0.6667, 3.0)
    assert figures["accused_innocent"] == 0.25


def test_bound_falls_with_payments_and_with_the_fall() -> None:
    assert soonest_hours(24, 0.3) == soonest_hours(12, 0.3) / 2
    assert soonest_hours(12, 1.0) < soonest_hours(12, 0.3)
    assert 60 * soonest_hours(needed_rate(0.3, 10), 0.3) == 10
