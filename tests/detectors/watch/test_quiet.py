"""A silence keeps alerts of one kind about one entity quiet until its end, and nothing is lost by it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from detectors.watch.book import STALE_SECONDS, AlertBook
from detectors.watch.finding import Finding
from schemas.alert import Alert
from schemas.alert_action import ActionKind, AlertAction
from schemas.weekly_hours import WeeklyHours
from tests.support.findings import NOON, ORIGIN, WALL, answer, finding, number

HOUR = 3_600.0
BEGIN, END = NOON + 60, NOON + 2 * HOUR


def fallen(**fields: Any) -> Finding:
    return finding(**{"kind": "sales_fallen", "entity_type": "store", "entity": "store-1", **fields})


FALLEN, NEXT = fallen(), fallen(window="2")


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def silence(
    alert_id: str = FALLEN.alert_id,
    *,
    at: float = BEGIN,
    until: float = END,
    weekly: WeeklyHours | None = None,
) -> AlertAction:
    return AlertAction(
        action_id=number(int(until)),
        alert_id=alert_id,
        action="silence",
        by="Ada",
        at=moment(at),
        until=moment(until),
        weekly=weekly,
    )


class Watched:
    """A book to which things happen at moments of event time."""

    def __init__(self, *resumed: Alert) -> None:
        self.book = AlertBook()
        for alert in resumed:
            self.book.resume(alert)

    def report(self, now: float, *findings: Finding) -> list[Alert]:
        """Report, and give what is due a while later."""
        wall = WALL + timedelta(seconds=now - NOON)
        self.book.report(findings, at=wall, now=now, origin=ORIGIN)
        return self.book.due(wall + timedelta(seconds=10))

    def act(self, action: AlertAction, now: float = BEGIN) -> list[Alert]:
        """Act, and give what is due at once."""
        wall = WALL + timedelta(seconds=now - NOON)
        self.book.act(action, at=wall, now=now, origin=ORIGIN)
        return self.book.due(wall)


def silenced(*findings: Finding) -> Watched:
    """A book with these findings, of which the first is silenced."""
    watched = Watched()
    watched.report(NOON, *findings)
    watched.act(silence(findings[0].alert_id))
    return watched


def test_the_alert_ends_at_once_and_only_that_one() -> None:
    watched = Watched()
    watched.report(NOON, FALLEN, fallen(entity="store-2"))
    (alert,) = watched.act(silence())
    assert (alert.alert_id, alert.until) == (FALLEN.alert_id, moment(BEGIN))


def test_the_same_is_quiet_until_the_end_and_raised_then_if_it_lasts() -> None:
    watched = silenced(fallen(until=NOON + 30))
    assert watched.report(NOON + 600, NEXT) == []
    assert watched.report(END - 1) == []
    assert [alert.alert_id for alert in watched.report(END)] == [NEXT.alert_id]


def test_what_ends_during_a_silence_is_never_raised() -> None:
    watched = silenced(FALLEN)
    watched.report(NOON + 600, NEXT)
    watched.report(NOON + 900, fallen(window="2", until=NOON + 900))
    (alert,) = watched.report(NOON + 960, fallen(until=NOON + 960))
    assert alert.until == moment(NOON + 960)  # its history tells how long it was really
    assert watched.report(END + 60) == []


def test_of_what_is_released_and_reported_at_once_the_later_state_counts() -> None:
    watched = silenced(fallen(until=NOON + 30))
    watched.report(NOON + 600, NEXT)
    (alert,) = watched.report(END, fallen(window="2", until=END - 1))
    assert alert.until == moment(END - 1)


def test_a_silenced_alert_that_lasts_begins_again_with_what_was_found_meanwhile() -> None:
    watched = silenced(FALLEN)
    (grown,) = watched.report(NOON + 600, fallen(count=7, last_at=NOON + 600))
    assert (grown.count, grown.until) == (7, moment(BEGIN))
    (again,) = watched.report(END)
    assert (again.alert_id, again.until, again.count) == (FALLEN.alert_id, None, 7)
    assert (again.detected_at, again.since) == (grown.detected_at, grown.since)


def test_a_silenced_alert_of_which_nothing_more_is_heard_begins_again_too() -> None:
    (again,) = silenced(FALLEN).report(END)
    assert again.until is None


def test_what_ended_before_a_silence_does_not_begin_again_during_it() -> None:
    watched = silenced(FALLEN, fallen(window="2", until=NOON + 30))
    assert watched.report(NOON + 600, NEXT) == []
    assert {alert.alert_id for alert in watched.report(END)} == {FALLEN.alert_id, NEXT.alert_id}


@pytest.mark.parametrize(
    "fields",
    [
        {"entity": "store-2"},
        {"kind": "source_silent"},
        {"kind": "source_silent", "entity_type": "source"},
        {"entity_type": "sku"},
    ],
)
def test_others_are_not_silenced(fields: dict[str, Any]) -> None:
    other = fallen(window="2", **fields)
    assert [alert.alert_id for alert in silenced(FALLEN).report(NOON + 600, other)] == [other.alert_id]


def test_weekly_hours_are_quiet_each_week_until_the_end_and_nothing_else_is() -> None:
    first, week = NOON + HOUR, 7 * 24 * HOUR
    weekly = WeeklyHours(
        weekdays=(moment(NOON).weekday(),), begins="15:00", ends="16:00", time_zone="Europe/Berlin"
    )
    watched = Watched()
    watched.report(NOON, FALLEN)
    end = first + week + 600
    assert watched.act(silence(until=end, weekly=weekly)) == []
    assert watched.book[FALLEN.alert_id].until is None  # it was raised before the hours, and stays

    def raised(name: str, at: float) -> list[str | None]:
        found = fallen(window=name, since=at - 60, last_at=at)
        return [alert.alert_id for alert in watched.report(at, found)]

    one, two, three = (fallen(window=name).alert_id for name in ("one", "two", "three"))
    assert raised("before", first - 1) != []
    assert raised("one", first) == []
    assert one in [alert.alert_id for alert in watched.report(first + HOUR)]
    assert two in raised("two", first + 24 * HOUR)
    assert three not in raised("three", end - 300)
    assert three in [alert.alert_id for alert in watched.report(end)]


def test_weekly_hours_that_hold_already_end_the_alert_until_they_are_over() -> None:
    weekly = WeeklyHours(weekdays=(moment(NOON).weekday(),), begins="11:30", ends="12:30", time_zone="UTC")
    watched = Watched()
    watched.report(NOON, FALLEN)
    (alert,) = watched.act(silence(until=NOON + 9 * 24 * HOUR, weekly=weekly))
    assert alert.until == moment(BEGIN)
    (again,) = watched.report(NOON + HOUR / 2)
    assert again.until is None


def test_twice_is_once_and_the_longest_counts() -> None:
    watched = silenced(FALLEN)
    assert watched.act(silence(), now=NOON + 600) == []
    assert watched.act(silence(until=END - HOUR), now=NOON + 700) == []
    assert watched.report(END - 1, NEXT) == []
    assert len(watched.report(END)) == 2
    assert watched.act(silence(), now=END + 1) == []
    assert watched.book[FALLEN.alert_id].until is None


def test_an_end_in_the_past_does_nothing() -> None:
    watched = Watched()
    watched.report(END, FALLEN)
    assert watched.act(silence(), now=END) == []
    assert len(watched.report(END + 1, NEXT)) == 1


@pytest.mark.parametrize("kind", ["take", "release", "assign", "escalate", "comment"])
def test_other_actions_change_nothing(kind: ActionKind) -> None:
    watched = Watched()
    watched.report(NOON, FALLEN)
    action = AlertAction(
        action_id=number(1),
        alert_id=FALLEN.alert_id,
        action=kind,
        by="Ada",
        at=moment(BEGIN),
        to="Eve",
        text="!",
    )
    assert watched.act(action) == []
    assert len(watched.report(NOON + 600, NEXT)) == 1


def test_a_silence_of_no_alert_is_counted() -> None:
    watched = Watched()
    assert watched.act(silence("somewhere")) == []
    assert watched.book.unknown_actions == 1


def test_an_answer_does_not_end_a_silence() -> None:
    watched = silenced(FALLEN)
    said = answer(FALLEN.alert_id, "real")
    assert watched.book.answer(said, at=WALL, origin=ORIGIN) == "accepted"
    watched.book.due(WALL)
    assert watched.report(NOON + 600, NEXT) == []


@pytest.mark.parametrize("replayed", [(FALLEN,), ()])
def test_a_silence_holds_after_a_restart(replayed: tuple[Finding, ...]) -> None:
    """The log may hold no longer what led to the alert; then the alert itself says that it lasted."""
    before = silenced(FALLEN)
    after = Watched(before.book[FALLEN.alert_id])
    after.book.report(replayed, at=WALL, now=NOON, origin=ORIGIN)  # while state is rebuilt nothing is told
    assert after.act(silence()) == []
    assert after.report(NOON + 600, NEXT) == []
    assert {alert.alert_id for alert in after.report(END)} == {FALLEN.alert_id, NEXT.alert_id}


def test_an_alert_without_news_is_over_however_long_the_silence() -> None:
    watched = Watched()
    watched.report(NOON, FALLEN)
    end = NOON + STALE_SECONDS + HOUR
    watched.act(silence(until=end))
    assert watched.report(NOON + 600, NEXT) == []
    assert watched.report(end) == []
