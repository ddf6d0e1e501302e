"""The page in a real browser: what the script does, and what people see."""

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from tests.support.patience import wait_until
from tests.support.store_process import StoreProcess
from tests.support_console.chromium import open_console
from tests.support_console.contrast import contrast, texts
from tests.support_console.serving import as_reader, console_process
from tests.support_console.shop import Shop
from tests.support_console.watched import write_alert

pytestmark = pytest.mark.services

WALL = "a-wall-in-the-hall-01234"


@pytest.fixture(scope="module")
def shop(clickhouse: ClickHouseSettings) -> Iterator[Shop]:
    """A chain that has been selling for two hours, and a week ago."""
    client = connect(clickhouse)
    shop, now = Shop(client), datetime.now(UTC)
    shop.open_stores()
    shop.payments(now - timedelta(days=7, hours=2), now - timedelta(days=7) + timedelta(hours=1))
    shop.payments(now - timedelta(hours=2), now - timedelta(minutes=1))
    reviewed = {"payment_id": "p-reviewed", "score": 0.91, "amount_minor": 98_765}
    shop.insert_scores([shop.score_row(now - timedelta(seconds=30), received_at=now, **reviewed)])  # type: ignore[arg-type]
    yield shop
    client.close()


@pytest.fixture(scope="module")
def address(
    shop: Shop,  # noqa: ARG001  # what it writes must be there first
    clickhouse: ClickHouseSettings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    folder, links = tmp_path_factory.mktemp("console"), {"TILLWATCH_CONSOLE_WALL_LINKS": f"hall={WALL}"}
    with console_process(as_reader(clickhouse), folder, **links) as address:
        yield address


def test_new_payment_appears_without_a_reload(browser: Browser, address: str, shop: Shop) -> None:
    with open_console(browser, address) as watched:
        page = watched.page
        page.wait_for_selector("#live[data-state]")
        page.evaluate("window.untouched = true")
        assert page.locator('[data-payment-id="p-fresh"]').count() == 0
        moment = datetime.now(UTC)
        shop.insert_scores([shop.score_row(moment, payment_id="p-fresh", amount_minor=4_242, score=0.77)])
        row = page.locator('tbody tr:first-child[data-payment-id="p-fresh"]')
        expect(row).to_contain_text("€42.42")
        expect(row).to_contain_text(".770")
        expect(row).to_have_attribute("data-decision", "review")
        assert page.locator("tbody tr").count() == 10
        assert page.evaluate("window.untouched")


def test_nothing_goes_wrong_and_nothing_comes_from_elsewhere(
    browser: Browser, address: str, shop: Shop
) -> None:
    shop.signs_of_life(datetime.now(UTC))
    with open_console(browser, address) as watched:
        watched.page.wait_for_selector("#day-chart canvas")
        watched.page.wait_for_selector('#live[data-state="live"]')
        expect(watched.page.locator(".status-bar")).to_have_attribute("data-level", "normal")
        assert watched.complaints == []
        assert {urlsplit(url).netloc for url in watched.requests} == {urlsplit(address).netloc}


def test_figures_are_there_without_script(browser: Browser, address: str) -> None:
    with open_console(browser, address, script=False) as watched:
        assert watched.page.locator(".revenue").inner_text().startswith("€")
        assert watched.page.locator("tbody tr").count() == 10
        assert watched.page.locator(".sparkline .actual").first.get_attribute("d")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_enough_contrast(browser: Browser, address: str, scheme: str) -> None:
    with open_console(browser, address, scheme=scheme, script=False) as watched:
        page = watched.page
        page.eval_on_selector("details", "element => { element.hidden = false; element.open = true }")
        for level in ("normal", "soon", "now", "silent", "missing", "loading"):
            state = "stale" if level == "missing" else "live"
            page.evaluate("level => document.querySelector('.status-bar').dataset.level = level", level)
            page.evaluate("state => document.body.dataset.state = state", state)
            found = texts(page)
            assert len(found) > 60
            poor = [text for text in found if contrast(text.colour, text.background) < text.enough]
            assert poor == [], level


def test_dark_is_dark(browser: Browser, address: str) -> None:
    for scheme, lighter in (("light", False), ("dark", True)):
        with open_console(browser, address, scheme=scheme) as watched:
            ink, paper = watched.page.evaluate(
                "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
            )
            assert (sum(map(int, ink[4:-1].split(","))) > sum(map(int, paper[4:-1].split(",")))) is lighter


@pytest.mark.parametrize("path", ["/", "/login"])
def test_phone_needs_no_sideways_scroll_and_has_large_targets(
    browser: Browser, address: str, path: str
) -> None:
    with open_console(browser, address, width=390, height=844) as watched:
        page = watched.page
        if path == "/login":
            page.click("text=Log out")
            page.wait_for_url("**/login")
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        targets = page.locator(":is(a[href]:not(.skip, .said, .name), button, input, select):visible")
        for target in targets.all():
            box = target.bounding_box()
            assert box is not None
            assert box["height"] >= 44, target.inner_html()
            assert box["width"] >= 44, target.inner_html()


def test_keyboard_reaches_everything_and_is_seen(browser: Browser, address: str) -> None:
    with open_console(browser, address) as watched:
        page, reached = watched.page, []
        for _ in range(13):
            page.keyboard.press("Tab")
            focused = page.locator(":focus")
            assert focused.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
            reached.append(focused.get_attribute("name") or focused.inner_text().strip())
        bar = ["To the figures", "Tillwatch", "Now", "Alerts", "To\N{NO-BREAK SPACE}review"]
        more = ["Stores", "Stock", "Funnel", "More", "Log out"]
        assert reached == [*bar, *more, "region", "store", "channel"]


def test_nothing_moves_under_the_pointer(browser: Browser, address: str, shop: Shop) -> None:
    with open_console(browser, address) as watched:
        page = watched.page
        page.wait_for_selector("#live[data-state]")
        page.hover("tbody tr:nth-child(3)")
        moment = datetime.now(UTC)
        shop.insert_scores([shop.score_row(moment, payment_id="p-while-hovering")])
        shop.signs_of_life(moment, lag=77)
        expect(page.locator(".agents")).to_contain_text("77 events waiting")
        assert page.locator('[data-payment-id="p-while-hovering"]').count() == 0
        page.mouse.move(5, 5)
        page.wait_for_selector('[data-payment-id="p-while-hovering"]')


def test_new_alert_becomes_sentence_flag_and_first_of_the_rail(
    browser: Browser, address: str, shop: Shop
) -> None:
    with open_console(browser, address) as watched:
        page, moment = watched.page, datetime.now(UTC)
        page.wait_for_selector("#live[data-state]")
        # a live feed without new arrivals is stale, and then nothing else is said
        shop.signs_of_life(moment)
        write_alert(shop.client, "c1", moment - timedelta(minutes=25))
        first = page.locator(".rail li:first-child")
        expect(first).to_contain_text("App checkout failing since 14:05")
        expect(first).to_contain_text("€1,240 an hour")
        expect(first).to_have_attribute("data-fresh", "yes")
        expect(page.locator(".tally")).to_have_text("1")
        expect(page.locator('.stores [data-level="now"]')).to_contain_text("Act now")
        square = page.locator('.squares [data-level="now"] a')
        expect(square).to_have_accessible_name(
            re.compile("^App, act now: App checkout failing since 14:05; €")
        )
        expect(square).to_have_attribute("href", "/stores/app")
        page.hover(".rail li:first-child")
        write_alert(shop.client, "c2", moment, sentence="Worse in the web shop.", money_at_risk_minor=10**8)
        expect(page.locator(".tally")).to_have_text("2")
        expect(first).to_contain_text("App checkout")
        page.mouse.move(5, 300)
        expect(first).to_contain_text("Worse in the web shop")
        shop.signs_of_life(datetime.now(UTC))
        expect(page.locator(".sentence")).to_contain_text("Act now: Worse in the web shop")
        page.click(".sentence")
        page.wait_for_url("**/alerts/c2")
        for alert_id in ("c1", "c2"):
            write_alert(shop.client, alert_id, moment, until=moment)


DRAW = """async () => {
  const { dayChart } = await import("/static/day_chart.js");
  const { day } = await (await fetch("/api/v1/now")).json();
  const place = document.body.appendChild(document.createElement("div"));
  Object.assign(place.style, { width: "600px", height: "200px", position: "relative" });
  place.id = "drawn";
  const flag = (at, level, icon, address) => ({ at: day.opens + at, level, icon, address, text: address });
  const flags = [flag(3600, "soon", "▲", "/alerts/f1"), flag(3660, "now", "●", "/alerts/f2"),
                 flag(20000, "ended", "✓", "/alerts/f3")];
  const told = [{ at: day.opens + 9000, icon: "⚑", text: "14:05: Release 5.3.0" },
                { at: day.opens + 9060, icon: "%", text: "Half price" }];
  const reading = document.body.appendChild(Object.assign(document.createElement("p"), { id: "read" }));
  dayChart(place, reading).show({ ...day, flags, told }, "as usual");
}"""


def test_flags_that_would_cover_each_other_are_one_and_lead_to_the_worst(
    browser: Browser, address: str
) -> None:
    with open_console(browser, address) as watched:
        page = watched.page
        page.evaluate(DRAW)
        told = page.get_by_role("button", name="14:05: Release 5.3.0; Half price", exact=True)
        expect(told).to_have_text("⚑2")
        told.focus()
        expect(page.locator("#read")).to_have_text("14:05: Release 5.3.0; Half price")
        told.blur()
        expect(page.locator("#read")).to_have_text("as usual")
        flags = page.locator("#drawn a.flag")
        assert flags.all_inner_texts() == ["●2", "✓"]
        flags.first.click()
        page.wait_for_url("**/alerts/f2")


def test_chips_put_the_selection_into_the_address(browser: Browser, address: str, shop: Shop) -> None:
    with open_console(browser, address) as watched:
        page = watched.page
        for name, value, query in (
            ("region", "online", "region=online"),
            ("store", "app", "region=online&store=app"),
        ):
            page.wait_for_selector("#live[data-state]")  # by then the script listens
            page.select_option(f"[name={name}]", value)
            page.wait_for_url(re.compile(re.escape(f"/?{query}") + "$"))
        expect(page.locator(".stores li")).to_have_count(1)
        expect(page.locator(".squares a")).to_have_count(1)
        expect(page.locator(".pipeline .note")).to_have_text("all stores and channels")
        page.wait_for_selector("#live[data-state]")
        row = shop.score_row(datetime.now(UTC), payment_id="p-of-app", amount_minor=31_300)
        other = shop.score_row(datetime.now(UTC), payment_id="p-of-web") | {"store_id": "web"}
        shop.insert_scores([row | {"store_id": "app"}, other])
        page.wait_for_selector('[data-payment-id="p-of-app"]')
        assert page.locator('[data-payment-id="p-of-web"]').count() == 0
        page.click("text=Show everything")
        page.wait_for_url(re.compile("/$"))


def test_figure_says_where_it_comes_from_and_a_dragged_stretch_opens_the_stores(
    browser: Browser, address: str, shop: Shop
) -> None:
    with open_console(browser, address) as watched:
        page = watched.page
        page.wait_for_selector("#live[data-state]")
        asks = page.get_by_role("button", name="Orders: where from?")
        asks.click()
        dialog = page.get_by_role("dialog", name="Orders")
        expect(dialog).to_contain_text("Payments authorised in the finished minutes since midnight.")
        expect(dialog.locator("pre")).to_contain_text("FROM payments_minute")
        for part, end in (("csv", ".csv"), ("picture", ".png")):
            with page.expect_download() as kept:
                dialog.locator(f"[data-part={part}]").click()
            assert kept.value.suggested_filename.endswith(end)
            assert "orders" in kept.value.suggested_filename
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(asks).to_be_focused()
        box = page.locator("#day-chart .u-over").bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 100, box["y"] + 60)
        page.mouse.down()
        page.mouse.move(box["x"] + 200, box["y"] + 60, steps=3)
        page.mouse.up()
        page.wait_for_url(re.compile(r"/stores\?from=\S+&until="))
        expect(page.locator("#to-live")).to_have_text(re.compile(r"^Paused at \d\d:\d\d · Live$"))
        wait_until(lambda: says_paused(page, shop))
        page.keyboard.press("Escape")
        page.wait_for_url(re.compile("/$"))
        assert watched.complaints == []


@pytest.mark.usefixtures("shop")
def test_a_stretch_dragged_over_the_line_of_a_tile_opens_the_stores(browser: Browser, address: str) -> None:
    with open_console(browser, address) as watched:
        page = watched.page
        page.wait_for_selector("#day-chart .u-over")
        box = page.locator("[data-tile=orders] .sparkline").bounding_box()
        assert box is not None
        middle = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + 1, middle)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] + 40, middle, steps=3)
        page.mouse.up()
        page.wait_for_url(re.compile(r"/stores\?from=\S+&until="))
        asked = dict(parse_qsl(urlsplit(page.url).query))
        begin, end = (datetime.fromisoformat(asked[name]) for name in ("from", "until"))
        assert end - begin == timedelta(hours=2)
        assert begin.minute % 10 == 0
        assert watched.complaints == []


def says_paused(page: Page, shop: Shop) -> bool:
    """Whether the bar says so, as it does while there is news of what goes on meanwhile."""
    shop.signs_of_life(datetime.now(UTC))
    return page.locator("#live").inner_text() == "Paused ‖"


def place_within(page: Page, part: str, place: str) -> list[float]:
    """Left, top, width and height of a part of a page, counted from the corner of its place."""
    inner, outer = page.locator(part).first.bounding_box(), page.locator(place).first.bounding_box()
    assert inner is not None
    assert outer is not None
    return [inner["x"] - outer["x"], inner["y"] - outer["y"], inner["width"], inner["height"]]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(("path", "place"), [("/", "#day-chart"), ("/stores", "[data-chart]")])
@pytest.mark.usefixtures("shop")
def test_a_chart_comes_with_the_page_and_the_script_draws_in_its_place(
    browser: Browser, address: str, path: str, place: str, width: int
) -> None:
    with open_console(browser, address, width=width, script=False, blank=True) as watched:
        watched.page.goto(address + path)
        brought = place_within(watched.page, f"{place} .drawing .lines", place)
        assert watched.page.locator(f"{place} .values text").count() >= 3
        curve = watched.page.locator(f"{place} path.actual").bounding_box()
        assert curve is not None
        assert min(curve["width"], curve["height"]) > 20
    with open_console(browser, address, width=width, blank=True) as watched:
        watched.page.goto(address + path)
        watched.page.wait_for_selector(f"{place} .u-over")
        assert place_within(watched.page, f"{place} .u-over", place) == pytest.approx(brought, abs=2)
        assert watched.page.locator(".drawing").count() == 0


def test_store_that_stops_leaves_the_last_figures_marked(
    browser: Browser, migrated_folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(migrated_folder, tmp_path / "data", symlinks=True)
    store = StoreProcess(tmp_path / "data").start()
    client = connect(store.settings())
    shop, now = Shop(client), datetime.now(UTC)
    shop.open_stores()
    row = shop.score_row(now - timedelta(minutes=3), payment_id="p-last", amount_minor=123_456)
    shop.insert_scores([row | {"status": "authorised"}])
    shop.signs_of_life(now)
    client.close()
    with (
        console_process(as_reader(store.settings()), tmp_path) as address,
        open_console(browser, address) as watched,
    ):
        page = watched.page
        page.wait_for_selector('#live[data-state="live"]')
        store.kill()
        expect(page.locator("body")).to_have_attribute("data-state", "stale")
        expect(page.locator(".sentence")).to_contain_text("last figures shown")
        expect(page.locator(".sentence")).to_contain_text("does not answer")
        assert page.locator('[data-payment-id="p-last"]').count() == 1
        assert page.locator(".revenue").inner_text() == "€1,235"
        store.start()
        back = connect(store.settings())
        Shop(back).signs_of_life(datetime.now(UTC))
        back.close()
        expect(page.locator("body")).to_have_attribute("data-state", "live")
    store.stop()


@pytest.mark.usefixtures("shop")
def test_console_that_stops_is_noticed_by_the_page(
    browser: Browser, clickhouse: ClickHouseSettings, tmp_path: Path
) -> None:
    with ExitStack() as running:
        address = running.enter_context(console_process(as_reader(clickhouse), tmp_path))
        with open_console(browser, address) as watched:
            page = watched.page
            page.wait_for_selector("#live[data-state]")
            running.close()
            expect(page.locator(".sentence")).to_contain_text("The console does not answer.")
            expect(page.locator("body")).to_have_attribute("data-state", "stale")
            assert page.locator("tbody tr").count() == 10


COUNT_TONES = """
window.tones = 0;
const make = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () { window.tones += 1; return make.call(this); };
"""


def test_wall_sounds_once_for_what_is_to_be_acted_on_and_stays_on(
    browser: Browser, address: str, shop: Shop
) -> None:
    now = datetime.now(UTC)
    page = browser.new_page()
    page.add_init_script(COUNT_TONES)
    page.goto(f"{address}/wall/{WALL}")
    page.wait_for_selector("#live[data-state]")
    sound, said = page.locator("#sound"), page.locator(".rail .said")
    sound.click()
    expect(sound).to_have_text("Sound on")
    assert page.evaluate("tones") == 1  # so that who turned it on hears it
    write_alert(shop.client, "wall-1", now, sentence="Card 4711 was used 7 times in 12 minutes")
    expect(said.first).to_contain_text("7 times")
    assert page.evaluate("tones") == 2
    write_alert(shop.client, "wall-1", now, sentence="Card 4711 was used 8 times in 13 minutes")
    write_alert(shop.client, "wall-2", now, severity="soon", sentence="Refunds in Kiel are unusually high")
    expect(said.first).to_contain_text("8 times")
    expect(said.nth(1)).to_contain_text("Refunds")
    assert page.evaluate("tones") == 2
    page.reload()
    expect(sound).to_have_attribute("aria-pressed", "true")
    for alert, severity in (("wall-1", "now"), ("wall-2", "soon")):
        write_alert(shop.client, alert, now, severity=severity, until=datetime.now(UTC))
    page.close()


@pytest.mark.parametrize(("width", "height", "hero"), [(1920, 1080, 160), (3840, 2160, 320)])
def test_wall_is_read_from_afar_and_counts_on_alone(
    browser: Browser, address: str, shop: Shop, width: int, height: int, *, hero: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(f"{address}/wall/{WALL}")
    revenue = page.locator(".revenue")
    assert revenue.evaluate("one => parseFloat(getComputedStyle(one).fontSize)") == hero
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= innerWidth && {root}.scrollHeight <= innerHeight")
    before = revenue.inner_text()
    shop.insert_scores([shop.score_row(datetime.now(UTC) - timedelta(minutes=2), amount_minor=9_999_900)])
    expect(revenue).not_to_have_text(before)
    page.close()
