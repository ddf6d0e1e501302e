"""A real Chromium, started once for the tests that need it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support_console.serving import PASSWORD

__all__ = ["Watched", "chromium", "open_console"]

EXECUTABLE = Path("/usr/bin/chromium")
# Without these it looks up the hosts of its maker at every start, which a closed network refuses.
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    assert EXECUTABLE.exists(), "install Chromium: apt-get install -y chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(EXECUTABLE), args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page, with what its console said and whom it asked."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@contextmanager
def open_console(
    browser: Browser,
    address: str,
    *,
    width: int = 1280,
    height: int = 900,
    scheme: str = "light",
    script: bool = True,
) -> Iterator[Watched]:
    """The Now page of a visitor who has just logged in."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=script,
    )
    watched = Watched(context.new_page())
    page = watched.page
    page.on("console", lambda message: watched.complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    page.on("request", lambda request: watched.requests.append(request.url))
    page.goto(f"{address}/login")
    page.fill("[name=user]", "tillwatch")
    page.fill("[name=password]", PASSWORD)
    page.click("button")
    page.wait_for_selector(".status-bar")
    yield watched
    context.close()
