"""A payment that never comes to the page, and a page without a chart, end the measurement."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import TimeoutError as NothingCame

from benchmarks import browser, pages
from benchmarks.bars import BARS
from benchmarks.browser import browsing, first_chart_ms, logged_in, watch_rows
from benchmarks.errors import BenchmarkError
from benchmarks.pages import PagesMeasured, report_pages, send_and_see
from benchmarks.whole_console import serving
from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from tests.support_console.shop import Shop


@pytest.mark.services
def test_what_is_shown_is_timed_and_what_is_not_is_said(
    clickhouse: ClickHouseSettings, kafka_topics: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PATIENCE_SECONDS", 0.5)
    monkeypatch.setattr(browser, "CHART_MS", 1_000)
    now = datetime.now(UTC)
    client = connect(clickhouse)
    Shop(client).payments(now - timedelta(minutes=30), now)  # some at night too
    client.close()
    with serving(clickhouse, tmp_path / "console.log") as console, browsing() as chromium:
        state = logged_in(chromium, console.address)
        assert 0 < first_chart_ms(chromium, state, console.address) < 15_000
        with pytest.raises(NothingCame):
            first_chart_ms(chromium, state, f"{console.address}/metric-centre")
        page = watch_rows(chromium, state, console.address, pages.LATEST_ROWS)
        page.wait_for_function("() => Object.keys(window.rowsSeen).length > 0")
        with pytest.raises(BenchmarkError, match="1 of 1 payments are not on the page"):
            send_and_see(kafka_topics, page, 1)  # nobody scores it


def test_the_slowest_page_counts() -> None:
    charts = {"Now": [300.0], "Stock": [600.0, 800.0]}
    table, record = report_pages(PagesMeasured([100.0] * 18 + [900.0] * 2, charts))
    assert len(table.splitlines()) == 4
    assert record == {
        "visible_p50_ms": 100, "visible_p95_ms": 900, "first_chart_ms": 600, "first_chart_longest_ms": 800,
    }  # fmt: skip
    bars = [bar for bar in BARS if bar.benchmark == "pages"]
    assert [bar.passes(bar.measured(record) or 0) for bar in bars] == [True, False]
