"""What a test sees in a browser: a page, what its console said, and whom it asked."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page

from tests.support.patience import PATIENCE_SECONDS
from tests.support_console.serving import PASSWORD

__all__ = ["Watched", "open_console"]


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
    blank: bool = False,
) -> Iterator[Watched]:
    """The Now page of a visitor who has just logged in, or a blank one for who goes elsewhere at once."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=script,
    )
    with closing(context):  # or the page of a test that failed would ask for news to the end
        context.set_default_timeout(1_000 * PATIENCE_SECONDS)
        watched = Watched(context.new_page())
        page = watched.page
        page.on("console", lambda message: watched.complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: watched.complaints.append(str(error)))
        page.on("request", lambda request: watched.requests.append(request.url))
        # sent as the form would: how people log in on the page is shown end to end
        context.request.post(f"{address}/login", form={"user": "tillwatch", "password": PASSWORD})
        if not blank:
            page.goto(address)
        yield watched
