"""Every text on the pages is a message of the catalogue, and each language has them all."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request
from babel.messages.pofile import read_po
from pydantic import ValidationError

from console.catalogue import TEMPLATE, collected, untranslated, written
from console.language import ENGLISH, LOCALE, _, known_languages, ngettext, speak
from console.sheets.registry import SHEETS
from detectors.series.table import SERIES
from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from tests.support_console.alerts import every_kind, write
from tests.support_console.courses import write_courses
from tests.support_console.parts import write_parts
from tests.support_console.pseudo import Texts, data_of, outside, speak_pseudo
from tests.support_console.serving import as_reader, console_client, settings
from tests.support_console.sheet_data import SUBJECTS, write_sheets

WALL = "a-wall-in-the-hall-01234"


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    yield
    speak(ENGLISH)


def test_the_catalogue_holds_every_message_of_the_code() -> None:
    assert TEMPLATE.read_bytes() == written(collected()), "run make words"


@pytest.mark.parametrize("code", known_languages()[1:])
def test_a_language_is_whole(code: str) -> None:
    with (LOCALE / code / "console.po").open("rb") as file:
        catalogue = read_po(file, locale=code)
    assert untranslated(catalogue) == []
    assert {message.id for message in catalogue} == {message.id for message in collected()}


def test_a_language_that_is_not_there_is_refused_with_those_that_are() -> None:
    assert settings(language="en").language == "en"
    with pytest.raises(ValidationError, match="'tlh' is no language of the console; there are en"):
        settings(language="tlh")


def test_a_text_that_is_no_message_stays_as_it_is() -> None:
    speak_pseudo()
    assert _("All alerts") == "⟦All alerts⟧"
    assert _("North {0}") == "North {0}"
    assert _("") == ""
    assert ngettext("{number} payment", "{number} payments", 1234) == "⟦1,234 payments⟧"


@pytest.fixture(scope="module")
def data(clickhouse: ClickHouseSettings) -> set[str]:
    client, now = connect(clickhouse), datetime.now(UTC)
    write_sheets(client, now, hours=1)
    write(client, "alerts", every_kind(now))
    write_courses(client, now)
    write_parts(client, now)
    found = (
        data_of(client) | {one.title for one in SERIES.values()} | {"nowhere"}
    )  # the last is what an address names
    client.close()
    return found


@pytest.fixture
async def client(
    data: set[str],  # noqa: ARG001  # what it writes must be there first
    clickhouse: ClickHouseSettings,
) -> AsyncIterator[TestClient[Request, Application]]:
    async with console_client(as_reader(clickhouse), wall_links=f"hall={WALL}") as client:
        speak_pseudo()
        yield client


def pages() -> list[str]:
    sheets = [sheet.path.replace("{subject}", SUBJECTS.get(sheet.name, "")) for sheet in SHEETS]
    alerts = [f"/alerts/{one.alert_id}" for one in every_kind(datetime.now(UTC))]
    refused = ["/stores/nowhere", "/stores?from=2026-05-04T10:00&until=2026-05-03T10:00", "/alerts/none"]
    more = [
        "/alerts?state=resolved",
        "/funnel?range=24h&compare=day&device=ios",
        "/?channel=web",
        "/live?source=nobody",
    ]
    letters = ["/pipeline/dead-letters?topic=transactions&kind=schema&reason=none"]
    walls = [f"/wall/{WALL}", "/wall/unknown-and-long-enough"]
    return [
        "/",
        "/alerts",
        "/review",
        "/playbooks",
        "/rules-and-lists/check",
        "/docs",
        *sheets,
        *alerts,
        *refused,
        *more,
        *letters,
        *walls,
    ]


async def test_no_text_of_any_page_is_outside_of_the_catalogue(
    client: TestClient[Request, Application], data: set[str]
) -> None:
    found = []
    for path in pages():
        async with client.get(path) as answer:
            reading = Texts()
            reading.feed(await answer.text())
        assert len(reading.texts) > 2, path
        found += [f"{path}: {text}" for text in outside(reading.texts, data)]
    assert not found, "\n".join(sorted(set(found)))


async def test_refusals_are_said_in_the_language(client: TestClient[Request, Application]) -> None:
    async with client.post("/login", data={"user": "nobody", "password": "wrong"}) as answer:
        assert "⟦User or password is wrong.⟧" in await answer.text()
    async with client.get("/api/v1/alerts/none") as answer:
        assert (await answer.json())["detail"] == "⟦There is no alert none.⟧"


def test_what_is_marked_by_nobody_is_found() -> None:
    reading = Texts()
    reading.feed(
        '<p title="⟦a⟧">⟦Sold ⟦3 pieces⟧⟧ in <b>Kiel</b> 14:05</p><p>Left over</p><p lang="en">Said</p>'
    )
    assert outside(reading.texts, {"Kiel"}) == ["⟦Sold ⟦3 pieces⟧⟧ in", "Left over"]
