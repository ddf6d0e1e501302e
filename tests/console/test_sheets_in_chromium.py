"""Every sheet in a real browser: weight, charts, contrast, phone, keyboard, fresh figures and stale ones."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from console.sheets.registry import SHEETS
from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from tests.support_console.chromium import open_console
from tests.support_console.contrast import contrast, texts
from tests.support_console.serving import as_reader, console_process
from tests.support_console.sheet_data import SUBJECTS, write_sheets
from tests.support_console.shop import Shop

pytestmark = pytest.mark.services

PATHS = {sheet.name: sheet.path.replace("{subject}", SUBJECTS.get(sheet.name, "")) for sheet in SHEETS}
OTHERS = ("/docs", "/rules-and-lists/check")
"""Pages that do not refresh themselves."""
MOST_BYTES = 300_000
LOADED = """[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .map((one) => [one.name, one.decodedBodySize])"""

UNANNOUNCED = """performance.getEntriesByType("resource").map((one) => one.name)
    .filter((url) => url.endsWith(".js"))
    .filter((url) => ![...document.head.querySelectorAll("[rel=modulepreload], script"), ...document.scripts]
        .some((one) => (one.href || one.src) === url))"""
"""Scripts that the browser asks for later than it could."""


@pytest.fixture(scope="module")
def address(clickhouse: ClickHouseSettings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    client = connect(clickhouse)
    write_sheets(client, datetime.now(UTC), hours=1)
    client.close()
    with console_process(as_reader(clickhouse), tmp_path_factory.mktemp("console")) as address:
        yield address


def test_every_sheet_is_light_draws_its_charts_and_comes_from_here(browser: Browser, address: str) -> None:
    with open_console(browser, address, blank=True) as watched:
        page = watched.page
        for name, path in PATHS.items():
            page.goto(f"{address}{path}")
            page.wait_for_selector("#live[data-state]")
            expect(page.locator("[data-chart] canvas")).to_have_count(page.locator("[data-chart]").count())
            loaded = page.evaluate(LOADED)
            assert 20_000 < sum(size for _, size in loaded) < MOST_BYTES, name
            assert all(url.startswith(address) for url, _ in loaded), name
            assert page.evaluate(UNANNOUNCED) == [], name
        assert watched.complaints == []


def test_charts_are_drawn_before_any_news_comes(browser: Browser, address: str) -> None:
    with open_console(browser, address, blank=True) as watched:
        page = watched.page
        page.route("**/api/v1/**", lambda route: route.abort())
        for path in ("/", "/pipeline"):
            page.goto(f"{address}{path}")
            expect(page.locator("canvas").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_enough_contrast(browser: Browser, address: str, scheme: str) -> None:
    with open_console(browser, address, scheme=scheme, script=False, blank=True) as watched:
        for path in ("/stores", "/pipeline", PATHS["customer"], *OTHERS):  # every kind of block and level
            watched.page.goto(f"{address}{path}")
            found = texts(watched.page)
            assert len(found) > 15
            poor = [text for text in found if contrast(text.colour, text.background) < text.enough]
            assert poor == [], path


def test_a_phone_needs_no_sideways_scroll_and_has_large_targets(browser: Browser, address: str) -> None:
    with open_console(browser, address, width=390, height=844, blank=True) as watched:
        page = watched.page
        for path in ("/stores", "/funnel", "/live", PATHS["customer"], *OTHERS):
            page.goto(f"{address}{path}")
            if path not in OTHERS:
                page.wait_for_selector("#live[data-state]")
            assert page.evaluate("document.documentElement.scrollWidth") == 390, path
            page.click("#more summary")
            boxes = page.eval_on_selector_all(
                "a[href]:not(.skip), button, input, select, summary",
                "all => all.filter(one => one.checkVisibility())"
                ".map(one => [one, one.getBoundingClientRect()])"
                ".map(([one, box]) => [one.outerHTML.slice(0, 80), box.height, box.width])",
            )
            assert [box for box in boxes if box[1] < 44 or box[2] < 44] == [], path
            assert page.evaluate("document.documentElement.scrollWidth") == 390, path


def test_the_menu_leads_by_keyboard_to_every_sheet_and_closes_by_escape(
    browser: Browser, address: str
) -> None:
    with open_console(browser, address) as watched:
        page = watched.page
        page.wait_for_load_state()  # by then the script listens
        page.focus("#more summary")
        page.keyboard.press("Enter")
        entries = page.locator("#more div a:visible")
        expect(entries.first).to_be_visible()
        linked = {link.get_attribute("href") for link in page.locator("nav a:visible").all()}
        assert {sheet.path for sheet in SHEETS if not sheet.of_subject} <= linked
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.parentElement.parentElement.id") == "more"
        page.keyboard.press("Escape")
        expect(entries.first).not_to_be_visible()
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_figures_change_in_place_and_a_choice_is_in_the_address(
    browser: Browser, address: str, clickhouse: ClickHouseSettings
) -> None:
    client = connect(clickhouse)
    with open_console(browser, address, blank=True) as watched:
        page = watched.page
        page.goto(f"{address}/pipeline")
        page.wait_for_selector("#live[data-state]")
        page.evaluate("window.untouched = true")
        Shop(client).signs_of_life(datetime.now(UTC), lag=4_321)
        expect(page.locator("[data-figure=waiting] .figure")).to_have_text("17,284")
        expect(page.locator("[data-table=agents] tbody tr").first).to_contain_text("4,321")
        assert page.evaluate("window.untouched")
        page.select_option("[name=range]", "15m")
        page.wait_for_url("**/pipeline?range=15m")
        expect(page.locator("[name=range]")).to_have_value("15m")
        csv = page.locator("[data-table=agents] .foot a").get_attribute("href")
        assert csv == "/api/v1/pipeline/tables/agents.csv?range=15m"
        page.click(".other-range summary")
        page.fill("[name=from]", "2026-11-17T10:00")
        page.fill("[name=until]", "2026-11-17T09:00")
        page.click(".other-range button")
        page.wait_for_url(re.compile(r"from=2026-11-17T10%3A00&until=2026-11-17T09%3A00$"))
        expect(page.locator("[role=alert]")).to_contain_text("The range ends before it begins.")
    client.close()


def test_a_console_that_is_away_leaves_the_last_figures_marked(browser: Browser, address: str) -> None:
    with open_console(browser, address, blank=True) as watched:
        page = watched.page
        page.clock.install()
        page.goto(f"{address}/pipeline")
        page.wait_for_selector("#live[data-state]")
        rows = page.locator("[data-table=sources] tbody tr").count()
        page.context.set_offline(True)
        page.clock.fast_forward(15_000)
        expect(page.locator("body")).to_have_attribute("data-state", "stale")
        expect(page.locator(".status-bar")).to_contain_text("The console does not answer.")
        assert page.locator("[data-table=sources] tbody tr").count() == rows > 0


def test_a_customer_who_was_unknown_appears_with_the_first_payment(
    browser: Browser, address: str, clickhouse: ClickHouseSettings
) -> None:
    client = connect(clickhouse)
    with open_console(browser, address, blank=True) as watched:
        page = watched.page
        page.goto(f"{address}/customers/c-new")
        expect(page.locator(".missing-thing")).to_contain_text("Nothing is known of “c-new”")
        shop, now = Shop(client), datetime.now(UTC)
        shop.insert_scores([shop.score_row(now - timedelta(minutes=2)) | {"customer_id": "c-new"}])
        expect(page.locator("[data-table=timeline] tbody tr")).to_have_count(1)
    client.close()


def test_a_chart_is_kept_as_a_picture_by_keyboard(browser: Browser, address: str) -> None:
    with open_console(browser, address, scheme="dark", blank=True) as watched:
        page = watched.page
        page.goto(f"{address}/stores")
        page.wait_for_selector("[data-chart] canvas")
        button = page.locator(".picture").first
        expect(button).to_have_accessible_name(re.compile(".+ as PNG"))
        button.focus()
        with page.expect_download() as kept:
            page.keyboard.press("Enter")
        assert re.fullmatch(r"[a-z0-9-]+-20\d\d-\d{4}-to-[a-z0-9-]+\.png", kept.value.suggested_filename)
        with Image.open(kept.value.path()) as image:
            colours = image.convert("RGB")
            assert image.width > page.locator("[data-chart] canvas").first.bounding_box()["width"]  # type: ignore[index]
            corner = colours.getpixel((2, 2))
            assert isinstance(corner, tuple)
            assert max(corner) < 80  # as dark as the page
        assert watched.complaints == []


def test_a_stretch_of_a_chart_becomes_the_range_and_is_kept_by_name(browser: Browser, address: str) -> None:
    with open_console(browser, address, blank=True) as watched:
        page = watched.page
        page.goto(f"{address}/stores?compare=none")
        place = page.locator("[data-chart] .u-over").first
        place.scroll_into_view_if_needed()
        box = place.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 40)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 40, steps=5)
        page.mouse.up()
        page.wait_for_url(re.compile(r"/stores\?compare=none&from=[^&]+Z&until=[^&]+Z"))
        chosen = page.url.removeprefix(address)
        page.click("#views summary")
        page.fill("#view-form input", "That hour")
        page.keyboard.press("Enter")
        expect(page.locator("#view-list a")).to_have_attribute("href", chosen)
        page.click("#views summary")
        page.locator("h1").click()
        page.keyboard.press("Escape")
        page.wait_for_url(f"{address}/stores?compare=none")
        page.goto(f"{address}/stock")
        assert page.locator("#view-list a").count() == 0
        page.goto(f"{address}/stores")
        page.click("#views summary")
        page.click("#view-list a")
        page.wait_for_url(address + chosen)
        assert watched.complaints == []


def test_a_category_narrows_goods_and_alerts(browser: Browser, address: str) -> None:
    with open_console(browser, address, blank=True) as watched:
        page = watched.page
        page.goto(f"{address}/goods?range=24h")
        expect(page.locator("[data-table=categories] tbody tr")).to_have_count(5)
        everything = page.locator("[data-figure=pieces] .figure").inner_text()
        page.click("[data-table=categories] [data-key=toys] a")
        page.wait_for_url("**/goods?range=24h&category=toys")
        expect(page.locator("[name=category]")).to_have_value("toys")
        expect(page.locator(".chart h2")).to_have_text("Goods sold: toys")
        expect(page.locator("[data-table=categories] tbody tr")).to_have_count(5)  # to go on to another
        toys = page.locator("[data-table=categories] [data-key=toys] td").nth(4).inner_text()
        expect(page.locator("[data-figure=pieces] .figure")).to_have_text(toys)
        assert toys != everything
        page.click("[data-table=alerts] tbody a")
        page.wait_for_url("**/alerts/a-toys")
        page.select_option("[name=category]", "toys")
        page.wait_for_url("**category=toys**")
        expect(page.locator(".alert-list li")).to_have_count(1)
        expect(page.locator(".alert-list li")).to_contain_text("category toys")
        assert watched.complaints == []
