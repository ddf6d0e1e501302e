"""The Alerts page in a real browser: answering, what stays where it is, and what people see."""

import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client
from kafka import KafkaConsumer
from playwright.sync_api import Browser, expect

from schemas.alert import Alert, AlertAnswer
from schemas.alert_action import AlertAction
from schemas.answer import Answer
from schemas.identifiers import uuid7
from schemas.topics import ALERT_ACTIONS, ANSWERS
from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from tests.support.topic_log import empty_topics
from tests.support_console.alerts import alert, every_kind, payments, write
from tests.support_console.chromium import Watched, open_console
from tests.support_console.contrast import Text, contrast, texts
from tests.support_console.courses import write_courses
from tests.support_console.parts import write_parts
from tests.support_console.serving import as_reader, console_process
from tests.support_console.shop import Shop

pytestmark = pytest.mark.services

NOW = datetime.now(UTC).replace(second=0, microsecond=0)
FIRST, SECOND = "[data-choice=first]", "[data-choice=second]"
EFFECT = "Learned. Terminal store-03-1 risk .12 → .71; 4 open payments rescored."


@dataclass
class Floor:
    """The console over a store with an alert of every kind, and the judge, who may be asleep."""

    address: str
    client: Client
    alerts: dict[str, Alert]
    awake: threading.Event

    def tell(self, *alerts: Alert) -> None:
        """Write alerts as they stand."""
        for one in alerts:
            self.alerts[one.alert_id] = one
        write(
            self.client,
            "alerts",
            [one.model_copy(update={"updated_at": datetime.now(UTC)}) for one in alerts],
        )


@contextmanager
def judging(kafka: str, floor: Floor) -> Iterator[None]:
    """Play the judge: let answers count that name the one that stands, and say what they changed.

    And the sink, for what people do besides answering.
    """
    stop = threading.Event()

    def run() -> None:
        with closing(
            KafkaConsumer(
                ANSWERS.name,
                ALERT_ACTIONS.name,
                bootstrap_servers=kafka,
                auto_offset_reset="earliest",
                group_id=None,
            )
        ) as consumer:
            while not stop.is_set():
                floor.awake.wait(0.2)
                if not floor.awake.is_set():
                    continue
                for records in consumer.poll(timeout_ms=100).values():
                    for record in records:
                        if record.topic == ALERT_ACTIONS.name:
                            keep(floor, AlertAction.model_validate_json(record.value))
                        else:
                            judge(floor, Answer.model_validate_json(record.value))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        floor.awake.set()
        stop.set()
        thread.join()


def keep(floor: Floor, action: AlertAction) -> None:
    write(floor.client, "alert-actions", [action])


def judge(floor: Floor, answer: Answer) -> None:
    one = floor.alerts[answer.alert_id]
    if answer.replaces != (one.answer.answer_id if one.answer else None):
        return
    said = AlertAnswer(answer_id=answer.answer_id, verdict=answer.verdict, by=answer.by, at=answer.at)
    effect = None if answer.verdict == "withdrawn" else EFFECT
    floor.tell(one.model_copy(update={"answer": said, "effect": effect}))


@pytest.fixture(scope="module")
def floor(
    clickhouse: ClickHouseSettings, kafka: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Floor]:
    client = connect(clickhouse)
    Shop(client).open_stores()
    write_courses(client, NOW)
    write_parts(client, NOW)
    empty_topics(kafka)  # or answers that other tests gave would be taken up here
    folder = tmp_path_factory.mktemp("console")
    with console_process(as_reader(clickhouse), folder, TILLWATCH_KAFKA_BOOTSTRAP_SERVERS=kafka) as address:
        floor = Floor(address, client, {}, threading.Event())
        floor.awake.set()
        floor.tell(*every_kind(NOW))
        with judging(kafka, floor):
            yield floor
    client.close()


@contextmanager
def opened(browser: Browser, floor: Floor, path: str, **look: object) -> Iterator[Watched]:
    """The Alerts page, live."""
    with open_console(browser, floor.address, blank=True, **look) as watched:  # type: ignore[arg-type]
        watched.page.clock.install()  # so that a test may skip the seconds in which nothing happens
        watched.page.goto(f"{floor.address}{path}")
        watched.page.wait_for_selector("#live[data-state]")
        yield watched


def fresh(floor: Floor, alert_id: str, **fields: object) -> None:
    """Raise an alert about a card that nobody has answered."""
    usual = {"kind": "card_spree", "severity": "now", "payments": payments(3, NOW, seed=9)}
    floor.tell(alert(alert_id, NOW, **usual | {"sentence": f"Card {alert_id} was used 7 times."} | fields))


def test_fraud_is_clicked_the_effect_appears_and_a_reload_keeps_it(browser: Browser, floor: Floor) -> None:
    fresh(floor, "b-click", money_at_risk_minor=99_999_999)
    with opened(browser, floor, "/alerts") as watched:
        page = watched.page
        expect(page.locator("#sentence")).to_have_text("Card b-click was used 7 times.")
        floor.awake.clear()
        page.click(FIRST)
        expect(page.locator("#answer-state")).to_have_text("Fraud. Learning…")
        expect(page.locator('[value="fraud"]')).to_have_attribute("aria-pressed", "true")
        floor.awake.set()
        expect(page.locator("#effect")).to_have_text(EFFECT)
        expect(page.locator("#undo")).to_be_visible()
        page.reload()
        expect(page.locator("#effect")).to_have_text(EFFECT)
        expect(page.locator("#answer-state")).to_contain_text("tillwatch answered Fraud at")
        assert watched.complaints == []


def test_curve_is_drawn_and_said_in_words(browser: Browser, floor: Floor) -> None:
    with opened(browser, floor, "/alerts/a-fallen") as watched:
        page = watched.page
        expect(page.locator("#alert-chart canvas")).to_have_count(1)
        expect(page.locator("#course-summary")).to_contain_text("on average, usually")
        expect(page.locator("#course-keys")).to_contain_text("nobody heard")
        page.hover("#alert-chart .u-over")
        expect(page.locator("#course-reading")).to_contain_text("usually")
        with page.expect_download() as kept:
            page.get_by_role("button", name="Chart as PNG").click()
        assert re.fullmatch(r"[a-z0-9-]+-20\d\d-\d{4}-to-[a-z0-9-]+\.png", kept.value.suggested_filename)
        assert watched.complaints == []


def test_where_a_broken_checkout_comes_from_appears_by_itself(browser: Browser, floor: Floor) -> None:
    with opened(browser, floor, "/alerts/a-checkout") as watched:
        page = watched.page
        section = page.locator(".wherefrom")
        expect(section).to_have_attribute("data-state", "found")
        expect(section.locator(".parts li").first).to_contain_text("Android in release 5.3.0")
        expect(section.locator(".parts li").last).to_contain_text("everything else")
        page.locator('.alert-list a[href^="/alerts/a-spree"]').click()
        expect(page.locator("#sentence")).to_contain_text("tok_8f21c0")
        expect(section).to_be_hidden()
        assert watched.complaints == []


def test_undo_takes_it_back_and_the_alert_is_open_again(browser: Browser, floor: Floor) -> None:
    fresh(floor, "b-undo")
    with opened(browser, floor, "/alerts/b-undo") as watched:
        page = watched.page
        page.keyboard.press("f")
        expect(page.locator("#effect")).to_have_text(EFFECT)
        page.keyboard.press("u")
        expect(page.locator("#answer-state")).to_contain_text("took the answer back")
        expect(page.locator(".kind b")).to_have_text("Act now")
        expect(page.locator('[value="fraud"]')).to_have_attribute("aria-pressed", "false")


def test_colleague_who_was_first_is_named_and_may_be_overridden(browser: Browser, floor: Floor) -> None:
    fresh(floor, "b-two")
    with opened(browser, floor, "/alerts/b-two") as watched:
        page = watched.page
        expect(page.locator("#answer-state")).to_have_text("")
        judge(floor, Answer(answer_id=uuid7(NOW), alert_id="b-two", verdict="genuine", by="anna", at=NOW))
        page.click(FIRST)
        expect(page.locator("#question")).to_contain_text("anna answered Genuine at")
        page.click("#override")
        expect(page.locator("#answer-state")).to_contain_text("tillwatch answered Fraud")


def test_answer_that_nobody_takes_up_says_so(browser: Browser, floor: Floor) -> None:
    fresh(floor, "b-late")
    with opened(browser, floor, "/alerts/b-late") as watched:
        page, state = watched.page, watched.page.locator("#answer-state")
        floor.awake.clear()
        page.click(SECOND)
        expect(state).to_have_text("Genuine. Learning…")
        page.clock.fast_forward(5_000)
        expect(state).to_contain_text("nobody has taken it up after 5 s")
        floor.awake.set()
        expect(state).to_contain_text("answered Genuine")


def test_next_alert_opens_by_itself_unless_somebody_moved(browser: Browser, floor: Floor) -> None:
    for name, moved in (("b-stay", True), ("b-go", False)):
        fresh(floor, name)
        with opened(browser, floor, f"/alerts/{name}") as watched:
            page = watched.page
            page.click(FIRST)
            expect(page.locator("#effect")).to_have_text(EFFECT)
            expect(page.locator("#countdown")).to_contain_text("then the next alert")
            if moved:
                page.mouse.wheel(0, 50)
                expect(page.locator("#countdown")).not_to_contain_text("then the next alert")
            page.clock.fast_forward(10_000)
            expect(page.locator("#undo")).to_be_hidden()
            if moved:
                assert page.url.endswith(f"/alerts/{name}")
            else:
                expect(page.locator("#sentence")).not_to_contain_text(name)
                expect(page.locator("#sentence")).to_be_focused()


def test_alert_is_taken_commented_and_found_under_mine(browser: Browser, floor: Floor) -> None:
    fresh(floor, "b-take")
    with opened(browser, floor, "/alerts/b-take") as watched:
        page = watched.page
        floor.awake.clear()
        page.click("#take")
        expect(page.locator("#act-state")).to_have_text("Taken. On its way to the list…")
        floor.awake.set()
        expect(page.locator("#holder")).to_contain_text("tillwatch has it since")
        expect(page.locator('.alert-list li[data-key="b-take"] .holder')).to_have_text("tillwatch has it")
        expect(page.locator("#take span")).to_have_text("Release")
        page.keyboard.press("s")
        expect(page.locator("#act-silence .would-hide")).to_contain_text("It would have hidden")
        page.keyboard.press("Escape")
        page.keyboard.press("c")
        page.keyboard.type("Rang the store.")
        page.keyboard.press("Enter")
        expect(page.locator(".history")).to_contain_text("tillwatch: Rang the store.")
        expect(page.locator("#act-comment")).to_be_hidden()
        page.locator(".filter-chip", has_text="Mine").click()
        page.wait_for_url("**/alerts/b-take?mine=1")
        expect(page.locator(".alert-list li")).to_have_count(1)
        page.click("#views summary")
        page.fill("#view-form input", "My own")
        page.keyboard.press("Enter")
        expect(page.locator("#view-list a")).to_have_attribute("href", "/alerts?mine=1")
        page.keyboard.press("Escape")
        page.locator("h1").click()
        page.keyboard.press("a")
        expect(page.locator("#holder")).to_have_text("")
        assert watched.complaints == []


def test_new_alert_waits_behind_its_pill(browser: Browser, floor: Floor) -> None:
    with opened(browser, floor, "/alerts/a-spree") as watched:
        page = watched.page
        rows = page.locator(".alert-list li")
        before = rows.evaluate_all("rows => rows.map((row) => row.dataset.key)")
        fresh(floor, "b-new", money_at_risk_minor=88_888_888)
        expect(page.locator("#newer")).to_have_text("1 new ↑")
        assert rows.evaluate_all("rows => rows.map((row) => row.dataset.key)") == before
        page.click("#newer")
        expect(page.locator('.alert-list li[data-key="b-new"]')).to_be_visible()
        assert page.url.endswith("/alerts/a-spree")


def test_keys_move_open_and_search(browser: Browser, floor: Floor) -> None:
    with opened(browser, floor, "/alerts/a-spree?state=all&kind=card_spree") as watched:
        page = watched.page
        current = page.locator(".alert-list [aria-current]")
        expect(current).to_have_count(1)
        keys = page.locator(".alert-list li").evaluate_all("rows => rows.map((row) => row.dataset.key)")
        place = keys.index("a-spree")
        key, neighbour = ("k", keys[place - 1]) if place else ("j", keys[1])
        page.keyboard.press(key)
        expect(page.locator(f'.alert-list [data-key="{neighbour}"] .alert')).to_be_focused()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/alerts/{neighbour}?state=all&kind=card_spree")
        expect(page.locator("#sentence")).to_be_focused()
        page.keyboard.press("/")
        page.keyboard.type("tok_8f21c0")
        page.wait_for_url("**q=tok_8f21c0")
        expect(page.locator(".alert-list li")).to_have_count(1)


def test_selected_alerts_get_one_answer_that_all_can_be_spared_again(browser: Browser, floor: Floor) -> None:
    names = [f"b-many-{number}" for number in range(1, 5)]
    for number, name in enumerate(names):
        fresh(floor, name, money_at_risk_minor=5_000 - number, entity_type="card", entity=name)
    with opened(browser, floor, "/alerts/b-many-1?state=all&q=b-many") as watched:
        page, state = watched.page, watched.page.locator("#together-state")
        boxes = [page.get_by_role("checkbox", name=f"Card {name} was") for name in names]
        expect(page.locator(".alert-list li")).to_have_count(4)
        page.keyboard.press("x")  # the one that is open
        for _ in range(3):
            page.keyboard.press("j")
        page.keyboard.press("Shift+X")
        expect(page.locator("#together-count")).to_have_text("4 selected")
        boxes[3].focus()
        page.keyboard.press("Space")
        page.keyboard.press("Escape")
        expect(page.locator("#together-acts")).to_be_hidden()
        boxes[0].click()
        page.locator('.alert-list a[href^="/alerts/b-many-3"]').click(modifiers=["Shift"])
        assert [box.is_checked() for box in boxes] == [True, True, True, False]
        expect(page.locator("#together-acts [data-verdict]:visible span:first-child")).to_have_text(
            ["Fraud", "Genuine"]
        )

        judge(floor, Answer(answer_id=uuid7(NOW), alert_id=names[2], verdict="genuine", by="anna", at=NOW))
        page.keyboard.press("f")
        expect(page.locator("#together-question")).to_contain_text("1 answered before: anna answered")
        expect(state).to_have_text("Fraud: 2 of 3. Learned.")
        page.click("#together-override")
        expect(state).to_have_text("Fraud: 3 of 3. Learned.")
        outcomes = page.locator(".alert-list .outcome")
        expect(outcomes.filter(has_text="Fraud")).to_have_count(3)
        page.keyboard.press("u")
        expect(state).to_have_text("Taken back: 3 of 3.")
        expect(outcomes.filter(has_text="Fraud")).to_have_count(0)

        page.keyboard.press("a")
        expect(page.locator(".alert-list .holder", has_text="tillwatch has it")).to_have_count(3)
        page.keyboard.press("s")
        form = page.locator("#together-silence")
        expect(form.locator("select")).to_be_focused()
        expect(form.locator(".would-hide")).to_contain_text("It would have hidden 3 in the last 7 days, 0 of")
        form.locator("[name=again]").check()
        for day in ("Sat", "Sun"):
            form.get_by_label(day).uncheck()
        form.get_by_label("Until").select_option("in 12 weeks")
        form.get_by_label("Why").fill("works")
        page.keyboard.press("Enter")
        expect(state).to_have_text("Silenced: 3 of 3.")
        weekly = "Silenced by tillwatch every week on Mon, Tue, Wed, Thu, Fri from 22:00 to 06:00 until"
        expect(page.locator(".handling #holder")).to_contain_text(weekly)
        page.click("#unselect")
        expect(page.locator("#together-acts")).to_be_hidden()
        assert [one for one in watched.complaints if "409" not in one] == []


def test_keys_are_listed_by_one_of_them_and_nothing_is_answered_meanwhile(
    browser: Browser, floor: Floor
) -> None:
    with opened(browser, floor, "/alerts/a-fallen") as watched:
        page = watched.page
        page.keyboard.press("?")
        listed = page.get_by_role("dialog", name="Keys")
        expect(listed).to_contain_text("genuine or false alarm")
        expect(listed).to_contain_text("select; then f g u a s are for all that are selected")
        before = page.locator("#answer-state").inner_text()
        page.keyboard.press("f")
        page.keyboard.press("Escape")
        expect(listed).not_to_be_visible()
        assert page.locator("#answer-state").inner_text() == before
        page.get_by_role("button", name="Keys").click()
        expect(listed).to_be_visible()
        assert watched.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_enough_contrast(browser: Browser, floor: Floor, scheme: str) -> None:
    with open_console(browser, floor.address, scheme=scheme, script=False, blank=True) as watched:
        page = watched.page
        for path in (
            "/alerts?state=all",
            "/alerts/a-settled?state=all",
            "/alerts/a-checkout",
            "/alerts/none-such",
        ):
            page.goto(f"{floor.address}{path}")
            for state in ("live", "stale"):
                page.evaluate("state => document.body.dataset.state = state", state)
                found = texts(page)
                assert len(found) > 30
                assert poor(found) == [], (path, state)


def poor(found: list[Text]) -> list[Text]:
    return [text for text in found if contrast(text.colour, text.background) < text.enough]


@pytest.mark.parametrize("path", ["/alerts", "/alerts/a-testing", "/alerts/a-checkout"])
def test_phone_needs_no_sideways_scroll_and_has_large_targets(
    browser: Browser, floor: Floor, path: str
) -> None:
    with opened(browser, floor, path, width=390, height=844) as watched:
        page = watched.page
        expect(page.locator("#sentence" if path.count("/") > 1 else ".alert-list")).to_be_visible()
        if path.endswith("a-checkout"):
            expect(page.locator(".wherefrom .nearby li")).not_to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        for target in page.locator(
            "a[href]:not(.skip), button, input:not([type=hidden]), select, summary"
        ).all():
            box = target.bounding_box() if target.is_visible() else None
            assert box is None or min(box["height"], box["width"]) >= 44, target.inner_html()


def test_console_that_stops_is_noticed_by_the_page(
    browser: Browser, clickhouse: ClickHouseSettings, tmp_path: Path, floor: Floor
) -> None:
    with ExitStack() as running, ExitStack() as looking:
        address = running.enter_context(console_process(as_reader(clickhouse), tmp_path))
        own = Floor(address, floor.client, floor.alerts, floor.awake)
        page = looking.enter_context(opened(browser, own, "/alerts/a-spree")).page
        expect(page.locator("#sentence")).to_be_visible()
        running.close()
        page.clock.fast_forward(10_000)
        said = page.locator(".trouble [role=status]")
        expect(said).to_contain_text("The console does not answer.")
        expect(page.locator("body")).to_have_attribute("data-state", "stale")
        page.click(FIRST)
        answered = page.locator("#answer-state")
        expect(answered).to_have_text("Not answered: the console does not answer. Try again.")
