"""What people do about an alert besides answering it: over HTTP, into a real Kafka, out of a real store."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from console.alerts.actions import ActionRequest, end_of
from console.errors import ActionUnfit
from schemas.alert_action import AlertAction
from schemas.identifiers import uuid7
from schemas.topics import ALERT_ACTIONS
from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from tests.support.topic_log import read_topic
from tests.support_console.alerts import alert, write
from tests.support_console.serving import as_reader, console_client, settings
from tests.support_console.shop import ZONE

services = pytest.mark.services

NOW = datetime.now(UTC).replace(microsecond=0)
PATH = "/api/v1/alerts/kept/actions"


def action(alert_id: str, kind: str, minutes: int, **fields: Any) -> AlertAction:
    """Something that anna did so many minutes after NOW."""
    at = NOW + timedelta(minutes=minutes)
    usual: dict[str, Any] = {"by": "anna", "action_id": uuid7(at), "at": at}
    return AlertAction.model_validate({"alert_id": alert_id, "action": kind} | usual | fields)


NIGHTS = {"weekdays": (0, 3), "begins": "22:00", "ends": "06:00", "time_zone": ZONE.key}
ACTIONS = (
    action("mine", "take", -9),
    action("mine", "assign", -8, to="tillwatch"),
    action("mine", "escalate", -7, text="No till answers."),
    action("mine", "comment", -6, text="Rang the store."),
    action("mine", "silence", -5, until=NOW + timedelta(hours=1)),
    action("back", "silence", -3, until=NOW + timedelta(days=20), weekly=NIGHTS),
    action("over", "take", -5, by="tillwatch"),
    action("back", "take", -5, by="tillwatch"),
    action("back", "release", -4, by="tillwatch"),
)


@pytest.fixture(scope="module")
def store(clickhouse: ClickHouseSettings) -> ClickHouseSettings:
    client = connect(clickhouse)
    over = alert("over", NOW, until=NOW)
    write(client, "alerts", [*(alert(name, NOW) for name in ("kept", "mine", "back")), over])
    fallen: dict[str, Any] = {"kind": "sales_fallen", "entity_type": "store", "entity": "store-7"}
    said = {"answer_id": uuid7(NOW), "verdict": "real", "by": "anna", "at": NOW}
    days: tuple[tuple[int, dict[str, Any]], ...] = (
        (1, {"answer": said}),
        (2, {"answer": said | {"verdict": "false_alarm"}}),
        (3, {}),
        (8, {"answer": said}),
    )
    for number, answered in days:
        at = NOW - timedelta(days=number)
        write(
            client, "alerts", [alert(f"fallen-{number}", at, until=at, noticed_at=at, **fallen, **answered)]
        )
    write(client, "alert-actions", ACTIONS)
    client.close()
    return as_reader(clickhouse)


@services
async def test_action_is_kept_when_the_console_says_so(store: ClickHouseSettings, kafka_topics: str) -> None:
    bodies: list[dict[str, Any]] = [
        {"action": "take"},
        {"action": "assign", "to": " ben "},
        {"action": "comment", "text": "Rang them."},
        {"action": "silence", "hours": 4, "text": "works"},
        {"action": "escalate"},
        {"action": "release"},
        {"action": "hold", "hours": 2, "text": "ringing"},
        {
            "action": "silence",
            "hours": 2016,
            "weekly": {name: NIGHTS[name] for name in NIGHTS if name != "time_zone"},
        },
    ]
    async with console_client(store, kafka=kafka_topics) as client:
        said = []
        for body in bodies:
            async with client.post(PATH, json=body) as response:
                assert response.status == 202
                said.append(UUID((await response.json())["action_id"]))
        async with client.post("/alerts/kept/actions?state=all", data={"action": "take"}) as response:
            assert str(response.url).endswith("/alerts/kept?state=all")
    kept = {one.action_id: one for one in read_topic(kafka_topics, ALERT_ACTIONS, AlertAction)}
    assert len(kept) == len(bodies) + 1
    found = [kept[action_id] for action_id in said]
    assert [one.action for one in found] == [body["action"] for body in bodies]
    assert {(one.alert_id, one.by) for one in found} == {("kept", "tillwatch")}
    assert (found[1].to, found[2].text, found[3].text) == ("ben", "Rang them.", "works")
    assert found[6].until == found[6].at + timedelta(hours=2)
    assert found[3].until == found[3].at + timedelta(hours=4)
    weekly = found[7].weekly
    assert weekly is not None
    assert weekly.model_dump() == NIGHTS


UNFIT: tuple[tuple[dict[str, Any], str], ...] = (
    ({"action": "drop"}, "action"),
    ({}, "action"),
    ({"action": "take", "more": 1}, "more"),
    ({"action": "assign", "to": " "}, "assign needs to"),
    ({"action": "comment", "text": " "}, "comment needs text"),
    ({"action": "comment", "text": "x" * 1001}, "text"),
    ({"action": "silence"}, "silence needs an until"),
    ({"action": "hold"}, "hold needs an until"),
    ({"action": "silence", "until": "2020-01-01T00:00:00Z"}, "silence needs an until after at"),
    ({"action": "silence", "hours": 1, "until": "18:40"}, "not both"),
    ({"action": "silence", "hours": -1}, "hours"),
    ({"action": "silence", "until": "2099-01-01T00:00:00Z"}, "31 days"),
    ({"action": "silence", "hours": 745}, "31 days"),
    (
        {"action": "silence", "hours": 1, "weekly": {"weekdays": [7], "begins": "22:00", "ends": "06:00"}},
        "weekdays",
    ),
    (
        {"action": "silence", "hours": 1, "weekly": {"weekdays": [1], "begins": "24:00", "ends": "06:00"}},
        "begins",
    ),
    (
        {"action": "hold", "hours": 1, "weekly": {"weekdays": [1], "begins": "22:00", "ends": "06:00"}},
        "only a silence",
    ),
    ({"action": "silence", "until": 7}, "until"),
)


@services
async def test_what_lacks_something_is_refused_with_the_reason(store: ClickHouseSettings) -> None:
    async with console_client(store) as client:
        for body, says in UNFIT:
            async with client.post(PATH, json=body) as response:
                assert response.status == 422, body
                assert response.content_type == "application/problem+json"
                assert says in (await response.json())["detail"], body


@services
async def test_strangers_other_sites_forms_and_unknown_alerts_are_refused(store: ClickHouseSettings) -> None:
    async with (
        console_client(store, logged_in=False) as client,
        client.post(PATH, json={"action": "take"}) as response,
    ):
        assert response.status == 401
    async with console_client(store) as client:
        elsewhere = {"Origin": "https://evil.example"}
        for path in (PATH, "/alerts/kept/actions"):
            async with client.post(path, json={"action": "take"}, headers=elsewhere) as response:
                assert response.status == 403
        async with client.post(PATH, data={"action": "take"}) as response:
            assert response.status == 415
        async with client.post("/api/v1/alerts/none-such/actions", json={"action": "take"}) as response:
            assert response.status == 404
            assert "There is no alert none-such" in (await response.json())["detail"]
        async with client.post(PATH, json={"action": "take"}) as response:  # no Kafka
            assert response.status == 503
            assert "did not acknowledge" in (await response.json())["detail"]


def test_time_of_day_is_the_next_one_of_the_stores() -> None:
    afternoon = datetime(2026, 11, 17, 14, 0, tzinfo=ZONE)

    def until(said: str) -> datetime | None:
        wanted = ActionRequest.model_validate_json(f'{{"action": "silence", "until": "{said}"}}')
        return end_of(wanted, afternoon.astimezone(UTC), ZONE)

    assert until("18:40") == afternoon.replace(hour=18, minute=40)
    assert until("08:00") == afternoon.replace(day=18, hour=8)
    with pytest.raises(ActionUnfit, match="31 days"):
        until("2026-12-31T08:00:00Z")


@services
async def test_page_says_who_has_it_and_what_was_done(store: ClickHouseSettings) -> None:
    async with console_client(store) as client:
        async with client.get("/alerts/mine") as response:
            text = await response.text()
        async with client.get("/api/v1/alerts?mine=1") as response:
            mine = await response.json()
        async with client.get("/alerts/back") as response:
            weekly = await response.text()
    assert [row["alert_id"] for row in mine["alerts"]] == ["mine"]
    since = (NOW - timedelta(minutes=8)).astimezone(settings().zone)
    assert f"tillwatch has it since {since:%H:%M}. Escalated by anna at" in text
    assert "Silenced by anna until" in text
    assert "Silenced by anna every week on Mon, Thu from 22:00 to 06:00 until" in weekly
    told = (
        "anna took it.",
        "gave it to tillwatch.",
        "escalated it: No till",
        "anna: Rang the",
        "silenced such",
    )
    places = [text.index(line) for line in told]
    assert places == sorted(places)


@services
async def test_silence_says_beforehand_what_it_would_have_hidden(store: ClickHouseSettings) -> None:
    async with console_client(store) as client:

        async def told(**query: str) -> dict[str, Any]:
            async with client.get("/api/v1/alerts/would-hide", params=query) as response:
                said: dict[str, Any] = await response.json()
                return said | {"status": response.status}

        everything = await told(alert="fallen-1")
        assert (everything["hidden"], everything["real"]) == (3, 1)
        assert everything["text"] == "It would have hidden 3 in the last 7 days, 1 of them real."
        then = (NOW - timedelta(days=2)).astimezone(ZONE)
        hour = {"begins": f"{then:%H:%M}", "ends": f"{then + timedelta(minutes=1):%H:%M}"}
        for weekday, hidden in ((then.weekday(), 1), ((then.weekday() + 3) % 7, 0)):
            assert (await told(alert="fallen-1", weekdays=str(weekday), **hour))["hidden"] == hidden
        assert (await told(alert="no-such"))["hidden"] == 0
        assert (await told())["status"] == 422
        assert (await told(alert="fallen-1", weekdays="9", begins="22:00", ends="06:00"))["status"] == 422


@services
async def test_mine_is_a_chip_that_counts_open_ones(store: ClickHouseSettings) -> None:
    async with console_client(store) as client, client.get("/alerts?mine=1") as response:
        text = await response.text()
    assert text.count('class="alert"') == 2  # the row, and the one that the script copies
    assert '<span class="count" data-bind="count">1</span></a></li>' in text
