"""What is declared of a sheet, what an address asks of it, and what it is written from."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from console.errors import AddressUnfit
from console.language import N_, _
from console.panels.stores import STORES
from console.query import Query
from console.reader import Readings
from console.selection import Choice
from console.sheets.blocks import Body
from console.sheets.span import COMPARISONS, Comparison, Length, Span, read_moment
from console.trading_day import TradingDay

__all__ = ["STORE_FILTER", "Asked", "Filter", "Scene", "Sheet", "read_asked"]

TEXT = re.compile(r"[^\x00-\x1f\x7f]{1,80}")


@dataclass(frozen=True)
class Filter:
    """A parameter of the address that narrows a sheet.

    Parameters
    ----------
    name
        In the address and in queries.
    label, everything
        What it is, and what it says while it narrows nothing.
    choices
        What can be chosen, from what the store holds; None = it is typed in.

    """

    name: str
    label: str
    everything: str
    choices: Callable[[Readings], tuple[Choice, ...]] | None = None


@dataclass(frozen=True)
class Asked:
    """What an address asks. Two viewers who ask the same share a picture.

    `subject` is what a sheet of one thing is about; `masked` says that who looks may not see whose it is.
    """

    length: Length = "today"
    begin: datetime | None = None
    end: datetime | None = None
    comparison: Comparison = "none"
    filters: tuple[tuple[str, str], ...] = ()
    subject: str = ""
    masked: bool = False

    def of(self, name: str) -> str:
        """Give what a filter says; empty = everything."""
        return dict(self.filters).get(name, "")


@dataclass(frozen=True)
class Scene:
    """What a sheet is written from, beside its readings. Times are UTC; `names` are those of stores."""

    asked: Asked
    span: Span
    day: TradingDay
    wall: datetime
    newest: datetime
    currency: str
    readings: Readings
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the stores."""
        return self.day.zone

    def note(self, usual: str, *queries: Query[Any]) -> str:
        """Say what a block shows, or since when its own query has been failing."""
        for query in queries:
            error = self.readings.errors.get(query.name)
            if error is not None:
                read_at = self.readings.read_at.get(query.name)
                since = (
                    _("figures of {time}", time=f"{read_at.astimezone(self.zone):%H:%M:%S}")
                    if read_at
                    else _("no figures yet")
                )
                return f"▨ {error}, {since}"
        return usual

    def name_of(self, store_id: str) -> str:
        """Give the name of a store, or its id."""
        return self.names.get(store_id, store_id)


@dataclass(frozen=True)
class Sheet:
    """A page: its address, what it asks and how it is written.

    Parameters
    ----------
    name
        In the API and for the tab.
    path
        Of the page; below `/api/v1` that of its JSON. A sheet of one thing ends with `/{subject}`.
    title, purpose
        For people, and for the API's document.
    queries
        What is asked beside what every sheet asks.
    compose
        Writes it.
    lengths
        The ranges that it offers, the usual one first; none = it has no range.
    compares
        Whether a range may be compared with one before.
    clock
        Whether ranges are of the events' clock or of the wall's.
    filters
        What narrows it.
    personal
        Whether it is about single people, so that who may not see them may not open it.
    leads_to
        Address and words of a page that belongs to it.

    """

    name: str
    path: str
    title: str
    purpose: str
    queries: tuple[Query[Any], ...]  # Any: each has its own type of row
    compose: Callable[[Scene], Body]
    lengths: tuple[Length, ...] = ()
    compares: bool = False
    clock: Literal["events", "wall"] = "events"
    filters: tuple[Filter, ...] = ()
    personal: bool = False
    leads_to: tuple[str, str] | None = None

    @property
    def of_subject(self) -> bool:
        """Whether it is about one thing that the address names."""
        return self.path.endswith("/{subject}")

    def address(self, asked: Asked, prefix: str = "") -> str:
        """Write the path of the page or, with its prefix, of the API."""
        return prefix + self.path.replace("{subject}", quote(asked.subject, safe=""))

    def live_address(self, asked: Asked) -> str:
        """Write the address of the same page without the range that was named."""
        live = replace(asked, begin=None, end=None)
        return self.address(live) + self.query_string(live)

    def query_string(self, asked: Asked) -> str:
        """Write what is asked as it stands in an address, with its question mark; empty if usual."""
        said: dict[str, str] = {}
        if asked.begin is not None:
            said["from"] = asked.begin.isoformat()
            if asked.end is not None:
                said["until"] = asked.end.isoformat()
        elif self.lengths and asked.length != self.lengths[0]:
            said["range"] = asked.length
        if self.compares and asked.comparison != "week":
            said["compare"] = asked.comparison
        said |= {name: value for name, value in asked.filters if value}
        return f"?{urlencode(said)}" if said else ""


def read_asked(
    sheet: Sheet, query: Mapping[str, str], *, zone: ZoneInfo, subject: str = "", masked: bool = False
) -> Asked:
    """Read what an address asks; what else stands there is ignored, as are empty fields of a form.

    Raises
    ------
    AddressUnfit
        A parameter has a value that it cannot have.

    """
    given = {name: value for name, value in query.items() if value}
    if subject and not TEXT.fullmatch(subject):
        raise AddressUnfit(_("What the address names is longer than 80 characters, or no text."))
    begin = end = None
    length: Length = sheet.lengths[0] if sheet.lengths else "today"
    if sheet.lengths and "from" in given:
        begin = read_moment(given["from"], zone)
        end = read_moment(given["until"], zone) if "until" in given else None
    elif sheet.lengths and "until" in given:
        raise AddressUnfit(_("until needs a from."))
    elif sheet.lengths and "range" in given:
        length = one_of(given["range"], sheet.lengths, "range")
    comparison: Comparison = "week" if sheet.compares else "none"
    if sheet.compares and "compare" in given:
        comparison = one_of(given["compare"], tuple(COMPARISONS), "compare")
    filters = tuple((one.name, text_of(given.get(one.name, ""), one.name)) for one in sheet.filters)
    return Asked(length, begin, end, comparison, filters, subject, masked)


def one_of(value: str, allowed: tuple[Any, ...], name: str) -> Any:
    """Refuse a value that is none of those that are allowed."""
    if value not in allowed:
        raise AddressUnfit(_("{name} must be one of {allowed}", name=name, allowed=", ".join(allowed)))
    return value


def text_of(value: str, name: str) -> str:
    """Refuse what is too long for a filter or no text."""
    if value and not TEXT.fullmatch(value):
        raise AddressUnfit(_("{name} must be a text of at most 80 characters", name=name))
    return value


def store_choices(readings: Readings) -> tuple[Choice, ...]:
    """List the stores."""
    rows = sorted(readings.of(STORES), key=lambda row: row.name)
    return tuple(Choice(row.store_id, row.name) for row in rows)


STORE_FILTER = Filter("store", N_("Store"), N_("All stores"), store_choices)
