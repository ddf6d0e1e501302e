"""A language made of the catalogue: every message stands between ⟦ and ⟧, so that others are seen.

`python -m tests.support_console.pseudo` serves the console in it.
"""

import re
from collections.abc import Collection
from html.parser import HTMLParser

from aiohttp import web
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from clickhouse_connect.driver.client import Client

from console.catalogue import TEMPLATE
from console.data_words import DATA_WORDS
from console.language import speak
from console.server import create_app
from console.settings import ConsoleSettings
from schemas.settings import KafkaSettings
from sinks.settings import ClickHouseSettings

__all__ = ["data_of", "outside", "pseudo", "speak_pseudo", "unmarked"]

SAID = ("aria-label", "title", "placeholder", "alt", "data-label", "data-none", "data-before")
"""Attributes that people read or hear."""
SEPARATORS = re.compile(r"[·;|]| – |, |: | \(|\)| → |\s{2,}|\n")
FIGURE = re.compile(
    r"[\d .,:/×%+−–<>≤≥=…€$£¥#*\[\]\"'()-]*( ?(s|ms|min|h|d|kB|[A-Z]{3}|%|p\d+))?"  # a figure and its unit
    r"|((Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b)?[ ,]*(\d{1,2} )?"
    r"((Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b)?"
    r"[ ,]*(\d{4})?[ ,]*(\d{1,2}:\d{2}(:\d{2})?)?"  # a moment as the stores write it
)
NAMES = {"tillwatch", "csv", "png", "json", "europe/berlin", "ios", "android", "utc", "enter"}
"""Proper names, which no language changes."""


def pseudo() -> Catalog:
    """Make the language."""
    with TEMPLATE.open("rb") as file:
        catalogue = read_po(file, locale="en")
    for message in catalogue:
        if message.id:
            one = message.id
            message.string = f"⟦{one}⟧" if isinstance(one, str) else tuple(f"⟦{text}⟧" for text in one)
    return catalogue


def speak_pseudo() -> None:
    """Speak it from now on."""
    speak("en", pseudo())


def data_of(client: Client) -> set[str]:
    """Collect what a store holds: names, ids, sentences; not the contract's own words, which are messages."""
    columns = client.query(
        "SELECT table, name, type LIKE 'Array%' FROM system.columns WHERE database = currentDatabase() "
        "AND type LIKE '%String%' AND type NOT LIKE 'Map%' AND type NOT LIKE 'Aggregate%' "
        "AND type NOT LIKE '%Tuple%'"
        " AND name NOT IN ('kind', 'entity_type', 'payload')"
        " AND table IN (SELECT name FROM system.tables WHERE engine LIKE '%MergeTree' AND total_rows > 0)"
    ).result_rows
    found: set[str] = set()
    for table, name, is_array in columns:
        value = f"arrayJoin(`{name}`)" if is_array else f"`{name}`"
        rows = client.query(f"SELECT DISTINCT toString({value}) FROM `{table}` LIMIT 3000").result_rows
        found |= {row[0] for row in rows if row[0]}
    return found - set(DATA_WORDS)


def unmarked(text: str) -> str:
    """Cut out what stands between the marks, however deep; what is left is joined by a separator."""
    depth, left = 0, []
    for sign in text:
        if sign == "⟦":
            depth += 1
            left.append(";")
        elif sign == "⟧":
            depth -= 1
        elif not depth:
            left.append(sign)
    assert depth == 0, text
    return "".join(left)


class Texts(HTMLParser):
    """Every text of a page that people see or hear.

    What stands in an element with `lang="en"` is English on purpose: sentences and reasons of detectors, the
    API's document. Code is no language.
    """

    VOID = frozenset({"meta", "link", "img", "input", "br", "rect", "path"})

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.open: list[tuple[str, bool]] = []
        self.begun = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        silent = tag in {"script", "style", "code", "pre", "kbd", "textarea"} or (
            tag != "html" and given.get("lang") == "en"
        )
        inside = silent or (bool(self.open) and self.open[-1][1])
        if not inside:
            self.texts += [value for name in SAID if (value := given.get(name))]
        if tag not in self.VOID:
            self.open.append((tag, inside))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1][1] or not data.strip():
            return
        self.begun += data  # a message may hold elements
        if self.begun.count("⟦") == self.begun.count("⟧"):
            self.texts.append(self.begun.strip())
            self.begun = ""


def outside(texts: Collection[str], data: Collection[str]) -> list[str]:
    """List the texts that are neither messages nor, as a whole between separators, data or figures."""
    known = {text.casefold().strip(" ;.") for text in data} | NAMES
    found = []
    for text in texts:
        left = unmarked(text)
        if left.strip(" ;.").casefold() in known:
            continue
        whole = [one for one in left.split(" · ") if one.strip(" ;.").casefold() not in known]
        parts = [part.strip(" .?↑↓●▲▨✓←→\u00a0") for one in whole for part in SEPARATORS.split(one)]
        if any(part.casefold() not in known and not FIGURE.fullmatch(part) for part in parts):
            found.append(text)
    return found


if __name__ == "__main__":
    settings = ConsoleSettings()
    app = create_app(settings, ClickHouseSettings(), KafkaSettings())
    speak_pseudo()
    web.run_app(app, host=settings.host, port=settings.port, print=None, shutdown_timeout=2.0)
