"""What tests of the console share."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from benchmarks.browser import browsing
from console import reader
from console.alerts import feed
from tests.support.patience import PATIENCE_SECONDS

__all__ = ["browser", "patient_console"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium, for one module: while it runs, the process can run no other event loop.

    Where it is installed the one without windows: the same engine, and a page costs a third of the CPU.
    """
    expect.set_options(timeout=1_000 * PATIENCE_SECONDS)
    with browsing("chromium-headless-shell") as browser:
        yield browser


@pytest.fixture(autouse=True)
def patient_console(monkeypatch: pytest.MonkeyPatch) -> None:
    """A console within the test gives no question up because other tests keep the store busy."""
    for module in (reader, feed):
        monkeypatch.setattr(module, "QUERY_SECONDS", PATIENCE_SECONDS)
