"""Playbooks: the team edits the first steps, and overrides no colleague unawares; who did what stays."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.identifiers import uuid7
from schemas.playbook import Playbook
from schemas.topics import PLAYBOOKS
from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from tests.support.topic_log import read_topic
from tests.support_console.alerts import alert, write
from tests.support_console.serving import as_reader, console_client, log_in

pytestmark = pytest.mark.services

NOW = datetime.now(UTC).replace(microsecond=0)
BUILT_IN, OF_TEAM = "Call the store: are the tills selling?", "Ring the depot, then wait 2 min."
VIEWER = "only-looking"


def change(minutes: int, by: str, *steps: str) -> Playbook:
    """Make a change of the playbook for silent sources."""
    at = NOW + timedelta(minutes=minutes)
    return Playbook(playbook_id=uuid7(at), kind="source_silent", steps=steps, by=by, at=at)


async def test_steps_of_the_team_are_kept_shown_and_told_who_made_them(
    clickhouse: ClickHouseSettings, kafka_topics: str
) -> None:
    client = connect(clickhouse)
    silent = alert("silent", NOW, kind="source_silent", entity_type="source", entity="till-1")
    write(client, "alerts", [silent])
    async with console_client(as_reader(clickhouse), kafka=kafka_topics, viewer_password=VIEWER) as console:

        async def shown(path: str) -> str:
            async with console.get(path) as answer:
                return await answer.text()

        async def saved(**fields: str) -> tuple[int, str]:
            async with console.post("/playbooks", data={"kind": "source_silent"} | fields) as answer:
                return answer.status, await answer.text()

        assert BUILT_IN in await shown("/alerts/silent")
        assert "Saved and kept." in (await saved(steps=f" {OF_TEAM} \n\n"))[1]
        (kept,) = read_topic(kafka_topics, PLAYBOOKS, Playbook)
        assert (kept.kind, kept.entity_type, kept.steps, kept.by) == (
            "source_silent", None, (OF_TEAM,), "tillwatch",
        )  # fmt: skip
        for unfit in ("", " ", "x" * 301, "step\n" * 10):
            assert (await saved(steps=unfit))[0] == 422
        assert (await saved(steps="Wait.", entity_type="sku"))[0] == 422

        earlier = change(-5, "anna", "Ask anna.")
        write(client, "playbooks", [earlier, kept])
        page = await shown("/playbooks")
        assert page.index(OF_TEAM) < page.index("Ask anna.")
        assert "by tillwatch, " in page
        status, text = await saved(steps="Mine.\n\n", replaces=str(earlier.playbook_id))
        assert status == 409
        assert "tillwatch has changed it meanwhile." in text
        assert "Mine.</textarea>" in text
        again = {"steps": "Mine.", "replaces": str(kept.playbook_id), "built_in": "1"}
        assert "Saved and kept." in (await saved(**again))[1]
        assert read_topic(kafka_topics, PLAYBOOKS, Playbook)[-1].steps == ()

    async with console_client(as_reader(clickhouse), viewer_password=VIEWER, logged_in=False) as console:
        assert await log_in(console, VIEWER, user="viewer") == 303
        async with console.get("/alerts/silent") as answer:
            text = await answer.text()
        assert OF_TEAM in text
        assert BUILT_IN not in text
        async with console.get("/playbooks") as answer:
            assert "<textarea" not in await answer.text()
        async with console.post("/playbooks", data={"kind": "source_silent", "steps": "Mine."}) as answer:
            assert answer.status == 403
        write(client, "playbooks", [earlier, kept, change(5, "ben")])
        async with console.get("/api/v1/playbooks") as answer:
            books = {(book["kind"], book["entity_type"]): book for book in await answer.json()}
    silent_book = books["source_silent", ""]
    assert silent_book["steps"][0] == BUILT_IN
    assert [one["by"] for one in silent_book["changes"]] == ["ben", "tillwatch", "anna"]
    assert ("sales_fallen", "category") in books
    client.close()
