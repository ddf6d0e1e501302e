"""The benchmark of incidents: a real morning through every detector, and its figures."""

from datetime import UTC, date, datetime, timedelta

from benchmarks.incidents import IncidentsResult, report_incidents, simulate, truth
from producers.simulator.calendar import day_bounds
from producers.simulator.world import World
from tests.support.incidents import NOON, alert, incident
from tillwatch.incidents.matching import match
from tillwatch.incidents.raised import from_records

DAY = date(2026, 3, 3)


def test_a_bot_of_the_first_morning_is_found_by_the_detectors_that_ship() -> None:
    """On this seed somebody tries cards out at 9:43 local time; nothing else can be known on a first day."""
    begin, until = day_bounds(DAY)[0], datetime(2026, 3, 3, 9, 15, tzinfo=UTC)
    world = World(111, first_day=DAY, live_from=begin, incidents="random")
    chain, events = simulate(world, until, lambda _: None)
    incidents, background = truth(world, begin, until)
    bots = [one for one in incidents if one.kind == "card_testing"]
    matching = match(bots, from_records(chain.alerts.values()), background)
    assert events > 10_000
    [found] = matching.incidents
    assert found.delay is not None
    assert found.delay < timedelta(minutes=15)


def test_figures_follow_from_the_matching() -> None:
    elsewhere = alert(30, store_id="store-01", entity="store-01")
    missed = incident(store_id="store-02", entity="store-02", begins_at=NOON + timedelta(hours=3))
    missed = missed.model_copy(update={"ends_at": NOON + timedelta(hours=4)})
    result = IncidentsResult(
        match([incident(), missed], [alert(8), elsewhere], ()),
        days=2.0,
        events=1_000,
        causes=(True, True, True, False),
    )
    table, figures = report_incidents(result)
    assert figures == {
        "found": 0.5,
        "false_alerts_per_day": 0.5,
        "median_delay_minutes": 8.0,
        "root_cause_first": 0.75,
        "right_kind_first": 1.0,
        "silent_as_fallen": 0.0,
        "incidents": 2.0,
    }
    [line] = [line for line in table.splitlines() if line.startswith("silent_store")]
    assert line.split() == ["silent_store", "1", "of", "2", "8", "min"]
