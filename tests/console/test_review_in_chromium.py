"""To review in a real browser: answers without a reload, undo, and what others answer meanwhile."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from playwright.sync_api import Browser, Page, expect

from schemas.identifiers import uuid7
from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from tests.support.topic_log import empty_topics
from tests.support_console.chromium import Watched, open_console
from tests.support_console.contrast import contrast, texts
from tests.support_console.serving import as_reader, console_process
from tests.support_console.shop import Shop

pytestmark = pytest.mark.services

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="module")
def address(
    clickhouse: ClickHouseSettings, kafka: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A console over four suspicious cards of two payments each, and twelve usual ones."""
    empty_topics(kafka)
    client = connect(clickhouse)
    shop, rows = Shop(client), []
    for card in range(16):
        for number in range(2):
            moment = NOW - timedelta(minutes=10 * card + number)
            score = 0.95 - card / 50 if card < 4 else 0.01
            row = shop.score_row(moment, payment_id=f"p-{card}-{number}", amount_minor=9_900, score=score)
            own = {"card_id": f"card-{card:06}", "terminal_id": f"till-{card}"}
            rows.append(row | own | {"event_id": uuid7(moment, Random(2 * card + number))})
    shop.insert_scores(rows)
    shop.open_stores()
    client.close()
    changes = {
        "TILLWATCH_KAFKA_BOOTSTRAP_SERVERS": kafka,
        "TILLWATCH_REVIEW_CARDS_PER_DAY": "8",
        "TILLWATCH_REVIEW_TEACHING_SHARE": "0.5",
    }
    folder = tmp_path_factory.mktemp("console")
    with console_process(as_reader(clickhouse), folder, **changes) as address:
        yield address


def opened(watched: Watched, address: str) -> Page:
    page = watched.page
    page.clock.install()
    page.goto(f"{address}/review")
    page.wait_for_selector("#live[data-state=live]")
    page.evaluate("window.untouched = true")
    return page


def test_answers_take_nothing_away_that_somebody_has_begun(browser: Browser, address: str) -> None:
    """One leaves a payment of card 0 out; a colleague answers card 1, then card 0, then undoes it."""
    with (
        open_console(browser, address, blank=True) as one,
        open_console(browser, address, blank=True) as other,
    ):
        mine, theirs = opened(one, address), opened(other, address)
        cards = [mine.locator(f"#risky [data-key=card-00000{card}]") for card in range(3)]
        cards[0].locator("summary").click()
        cards[0].locator("input").first.uncheck()
        begun = cards[0].element_handle()
        mine.mouse.move(2, 2)

        theirs.locator("#risky [data-key=card-000001] button[value=fraud]").click()
        expect(theirs.locator("#said")).to_contain_text("Card …000001: 2 payments, €198, fraud")
        theirs.locator("#risky [data-key=card-000000] button[value=genuine]").click()
        expect(theirs.locator("#given li")).to_have_count(2)
        expect(theirs.locator("#risky > li")).to_have_count(2)
        mine.clock.fast_forward(10_000)
        expect(cards[1]).to_have_count(0)
        expect(cards[0]).to_contain_text("Not on the list any more")
        assert begun is not None
        assert begun.is_visible()
        assert not cards[0].locator("input").first.is_checked()

        theirs.locator("#said button").click()
        expect(theirs.locator("#said")).to_contain_text("Taken back")
        expect(theirs.locator("#risky [data-key=card-000000]")).to_have_count(1)
        expect(theirs.locator("#given li")).to_have_count(1)

        cards[2].locator("button[value=genuine]").click()
        expect(mine.locator("#said")).to_contain_text("Card …000002: 2 payments, €198, genuine")
        assert not cards[0].locator("input").first.is_checked()
        for page in (mine, theirs):
            assert page.evaluate("window.untouched")
        assert one.complaints + other.complaints == []


def test_a_refusal_stays_beside_the_card(browser: Browser, address: str) -> None:
    with open_console(browser, address, blank=True) as watched:
        page = opened(watched, address)
        card = page.locator("#risky [data-key=card-000003]")
        card.locator("summary").click()
        for box in card.locator("input").all():
            box.uncheck()
        card.locator("button[value=fraud]").click()
        expect(page.locator("#said [role=alert]")).to_contain_text("Choose payments")
        expect(card).to_have_count(1)
        assert not card.locator("input").first.is_checked()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_read_and_touched(browser: Browser, address: str, scheme: str) -> None:
    with open_console(browser, address, width=390, height=844, scheme=scheme, blank=True) as watched:
        page = opened(watched, address)
        page.locator("#teaching button[value=genuine]").first.click()
        expect(page.locator("#said button")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        for target in page.locator("main button, main summary, main label").all():
            box = target.bounding_box()
            assert not target.is_visible() or (box and box["height"] >= 44), target.inner_html()
        assert [text for text in texts(page) if contrast(text.colour, text.background) < text.enough] == []
