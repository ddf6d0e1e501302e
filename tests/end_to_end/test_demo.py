"""The demo as a newcomer meets it: a login, a curl line, pages that move, an alert, equal figures."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest
from playwright.sync_api import Page, expect

from benchmarks.browser import browsing
from tests.support.command import Command
from tillwatch.stack.parent_death import dying_with_parent
from tillwatch.stack.ports import free_port

__all__: list[str] = []

LIVE_SECONDS = 40
PORTS = ("KAFKA_PORT", "KAFKA_CONTROLLER_PORT", "CLICKHOUSE_PORT", "CONSOLE_PORT", "COLLECTOR_PORT")


@contextmanager
def demo(folder: Path) -> Iterator[Command]:
    """A demo of its own, on free ports, that ends by itself."""
    environment = {f"TILLWATCH_{port}": str(free_port()) for port in PORTS}
    environment |= {"TILLWATCH_VAR": str(folder / "var"), "COLUMNS": "200"}
    environment["TILLWATCH_DEMO_HISTORY_DAYS"] = "3"  # a quarter of the time, and the same steps
    log = folder / "demo.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            dying_with_parent([sys.executable, "-m", "tillwatch", "demo", "--seconds", str(LIVE_SECONDS)]),
            stdout=output,
            stderr=subprocess.STDOUT,
            env=os.environ | environment,
        )
    command = Command(process, log)
    try:
        yield command
    finally:
        if process.poll() is None:
            command.stop(15)


def shown(text: str, pattern: str) -> str:
    """What the demo printed behind a title."""
    found = re.search(pattern, text, re.MULTILINE)
    assert found, f"{pattern} is not in:\n{text}"
    return found[1]


def log_in(page: Page, said: str) -> None:
    page.goto(shown(said, r"^Console +(\S+)"))
    user, password = shown(said, r"^ +login +(.+)$").split(" / ")
    page.fill("[name=user]", user)
    page.fill("[name=password]", password)
    page.click("button")


@pytest.mark.services
def test_newcomer_sends_a_payment_and_figures_are_equal(tmp_path: Path) -> None:
    """The page answers while the history loads, shows the curl line's payment with its score without a
    reload, and at the end the store holds exactly what Kafka acknowledged.
    """
    with demo(tmp_path) as running, browsing() as browser:
        running.wait_until_said("Ctrl-C stops everything", seconds=90)
        page = browser.new_page()
        log_in(page, running.said)
        assert "live at" not in running.said, "the page was to answer while the history still loads"
        expect(page.locator(".status-bar")).to_contain_text("history", timeout=120_000)
        running.wait_until_said("live at", seconds=240)
        curl = shown(running.said, r"^Send a payment +(.+)$")
        sent = time.monotonic()
        answer = subprocess.run(["sh", "-c", curl], capture_output=True, text=True, check=True)
        assert "event_id" in answer.stdout
        row = page.locator("[data-payment-id=my-first]")
        expect(row).to_be_visible(timeout=120_000)
        expect(row.locator(".score-cell")).to_have_text(re.compile(r"\d"))
        print(f"on the page after {time.monotonic() - sent:.1f} s")
        query = shown(running.said, r"^ +a query +(.+)$")
        held = subprocess.run(["sh", "-c", query], capture_output=True, text=True, check=True)
        assert "payments" in held.stdout
        try_cards_out(curl)
        answer_alert(page, running.said)
        assert running.wait(240) == 0, running.said[-4000:]
    for stream in ("transactions", "clicks", "stock-movements", "labels", "scores"):
        acknowledged, held_there = figures(running.said, stream)
        assert acknowledged == held_there
        assert acknowledged[0] > 0


def try_cards_out(curl: str) -> None:
    """Send with the curl line what a bot with forty stolen card tokens would."""
    common = {
        "amount_minor": 150, "currency": "EUR", "channel": "web", "terminal_id": "web-checkout",
        "store_id": "web", "device_id": "a-bot", "network": "203.0.113.0/24",
    }  # fmt: skip
    payments = [
        common
        | {
            "payment_id": f"tried-{number}",
            "card_id": f"tried-card-{number}",
            "status": "declined" if number % 8 else "authorised",
        }
        for number in range(40)
    ]
    line, data = curl.split(" -d ", maxsplit=1)[0], orjson.dumps(payments).decode()
    answer = subprocess.run(["sh", "-c", f"{line} -d '{data}'"], capture_output=True, text=True, check=True)
    assert orjson.loads(answer.stdout)["accepted"] == len(payments), answer.stdout


def answer_alert(page: Page, said: str) -> None:
    """Open the alert about the bot and say that it is fraud: the judge says what that changed, for good."""
    page.goto(shown(said, r"^Console +(\S+)") + "alerts?kind=card_testing")
    page.locator("a", has_text="cards tried out").click(timeout=120_000)
    expect(page.locator("#sentence")).to_contain_text("cards tried out")
    page.click('[value="fraud"]')
    expect(page.locator("#effect")).to_contain_text("Learned.", timeout=120_000)
    learned = page.locator("#effect").inner_text()
    page.goto(page.url)
    expect(page.locator("#effect")).to_have_text(learned)


def figures(said: str, stream: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """A line of the summary: count, distinct and sum that were acknowledged, and that are held."""
    line = shown(said, rf"^\W*{stream}\s(.*)$")
    numbers = [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", line)]
    assert len(numbers) == 6, line
    return tuple(numbers[:3]), tuple(numbers[3:])
