"""A real Chromium that is logged in, and when what it shows is there."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright

from benchmarks.errors import BenchmarkError
from benchmarks.whole_console import PASSWORD, USER

__all__ = ["browsing", "first_chart_ms", "logged_in", "watch_rows"]

# Without these it looks up the hosts of its maker at every start, which a closed network refuses.
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
CHART_MS = 15_000
NOTE_FIRST_CHART = """
new MutationObserver((_, observer) => {
  if (!document.querySelector(".drawing path, canvas")) return;
  observer.disconnect();
  // it is drawn in the frame that follows, once the styles are there, and seen with the next
  requestAnimationFrame(() => requestAnimationFrame(() => { window.firstChart = performance.now(); }));
}).observe(document, {childList: true, subtree: true});
"""
NOTE_ROWS = """selector => {
  window.rowsSeen = {};
  const look = () => {
    for (const row of document.querySelectorAll(selector)) window.rowsSeen[row.dataset.key] ??= Date.now();
  };
  look();
  new MutationObserver(look).observe(
    document.body, {childList: true, subtree: true, attributes: true, attributeFilter: ["data-key"]});
}"""


@contextmanager
def browsing(*programs: str) -> Iterator[Browser]:
    """Run the Chromium of the system, without a window.

    Parameters
    ----------
    programs
        Taken before the usual ones, where they are installed.

    Raises
    ------
    BenchmarkError
        None is installed.

    """
    executable = next(filter(None, map(shutil.which, (*programs, *PROGRAMS))), None)
    if executable is None:
        raise BenchmarkError("no Chromium is installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def logged_in(browser: Browser, address: str) -> StorageState:
    """Log in; give the cookies."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/login")
    page.fill("[name=user]", USER)
    page.fill("[name=password]", PASSWORD)
    page.click("button")
    page.wait_for_selector(".status-bar")
    state = context.storage_state()
    context.close()
    return state


def first_chart_ms(browser: Browser, state: StorageState, url: str) -> float:
    """Open a page with nothing in the cache; give the milliseconds from the click to its first chart.

    Raises
    ------
    playwright.sync_api.TimeoutError
        It has drawn no chart within 15 s.

    """
    context = fresh(browser, state)
    page = context.new_page()
    page.add_init_script(NOTE_FIRST_CHART)
    page.goto(url)
    page.wait_for_function("() => window.firstChart", timeout=CHART_MS)
    shown: float = page.evaluate("window.firstChart")
    context.close()
    return shown


def watch_rows(browser: Browser, state: StorageState, url: str, selector: str) -> Page:
    """Open a page that notes in `rowsSeen` when the key of each such row was first there (ms since 1970)."""
    page = fresh(browser, state).new_page()
    page.goto(url)
    page.evaluate(NOTE_ROWS, selector)
    return page


def fresh(browser: Browser, state: StorageState) -> BrowserContext:
    """Begin with an empty cache, logged in."""
    return browser.new_context(storage_state=state, viewport={"width": 1280, "height": 900})
