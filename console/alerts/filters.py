"""Which alerts are shown: the filter as it stands in the address, and its chips with counts."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Final, get_args
from urllib.parse import urlencode

from console.alerts.kinds import NAMES
from console.alerts.stored import ListedRow
from console.language import N_, _
from schemas.alert import AlertKind

__all__ = [
    "Chip",
    "Filter",
    "Option",
    "UnknownFilter",
    "chips",
    "choices",
    "matching",
    "mine_chip",
    "read_filter",
]

STATES: Final = ("open", "resolved", "all")
SEVERITIES: Final = ("now", "soon")
ORDERS: Final = ("worst", "newest")
ALLOWED: Final[dict[str, tuple[str, ...]]] = {
    "state": STATES,
    "severity": ("", *SEVERITIES),
    "kind": ("", *get_args(AlertKind)),
    "order": ORDERS,
    "mine": ("", "1"),
}
LABELS: Final = {
    "open": N_("Open"),
    "resolved": N_("Resolved"),
    "all": N_("All"),
    "now": N_("Act now"),
    "soon": N_("Look soon"),
    "worst": N_("Worst first"),
    "newest": N_("Newest first"),
}
EVERY: Final[dict[str, str]] = {
    "kind": N_("Every kind"),
    "store": N_("Every store"),
    "category": N_("All goods"),
}
SEARCH_LENGTH: Final = 100


class UnknownFilter(ValueError):
    """The address asks for a state, kind, severity or order that does not exist; the message names those."""


@dataclass(frozen=True)
class Filter:
    """What the visitor asked to see; empty = everything."""

    state: str = "open"
    kind: str = ""
    severity: str = ""
    store: str = ""
    category: str = ""
    q: str = ""
    order: str = "worst"
    mine: str = ""

    @property
    def query(self) -> str:
        """The filter as it stands in an address, defaults left out: ?state=all&kind=shrinkage."""
        default = Filter()
        stated = {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if getattr(self, field.name) != getattr(default, field.name)
        }
        return f"?{urlencode(stated)}" if stated else ""

    @property
    def narrowed(self) -> bool:
        """Whether it hides alerts for another reason than that they are open or not."""
        return bool(self.kind or self.severity or self.store or self.category or self.q or self.mine)


@dataclass(frozen=True)
class Chip:
    """A link that sets one part of the filter, with how many alerts it would show."""

    value: str
    label: str
    count: int
    href: str
    current: str


@dataclass(frozen=True)
class Option:
    """A choice of a list, with how many alerts it would show."""

    value: str
    label: str


def read_filter(query: Mapping[str, str], *, strict: bool) -> Filter:
    """Read the filter of an address.

    Raises
    ------
    UnknownFilter
        If strict, where a value is none of those that exist; else that part is left at its default, since a
        page must open whatever somebody has typed.

    """
    found: dict[str, str] = {}
    for field in fields(Filter):
        value = query.get(field.name)
        if value is None:
            continue
        allowed = ALLOWED.get(field.name)
        if allowed is not None and value not in allowed:
            if strict:
                known = ", ".join(name for name in allowed if name)
                raise UnknownFilter(
                    _(
                        "{name} is one of {known}, not {value}",
                        name=field.name,
                        known=known,
                        value=f"{value[:40]!r}",
                    )
                )
            continue
        found[field.name] = value.strip()[:SEARCH_LENGTH]
    return Filter(**found)


def matching(
    rows: Iterable[ListedRow], chosen: Filter, store_names: Mapping[str, str], *, user: str = ""
) -> list[ListedRow]:
    """Choose and order the alerts: open ones, then by severity, money and the newest; or the newest alone.

    `user` is who "mine" is about.
    """
    words = chosen.q.casefold().split()
    found = [
        row
        for row in rows
        if (chosen.state == "all" or row.open == (chosen.state == "open"))
        and chosen.kind in ("", row.kind)
        and chosen.severity in ("", row.severity)
        and chosen.store in ("", row.store_id)
        and chosen.category in ("", row.category)
        and (not chosen.mine or (user != "" and row.held_by == user))
        and (not words or holds(row, words, store_names))
    ]
    if chosen.order == "newest":
        return sorted(found, key=lambda row: (-row.since.timestamp(), row.alert_id))
    return sorted(
        found,
        key=lambda row: (
            not row.open,
            row.severity != "now",
            -row.money_at_risk_minor,
            -row.since.timestamp(),
            row.alert_id,
        ),
    )


def holds(row: ListedRow, words: Sequence[str], store_names: Mapping[str, str]) -> bool:
    """Whether an alert holds every word: in its sentence, what it is about, its store or its kind's name."""
    text = " ".join(
        (
            row.sentence,
            row.entity,
            row.store_id,
            store_names.get(row.store_id, ""),
            NAMES[row.kind],
            row.alert_id,
        )
    ).casefold()
    return all(word in text for word in words)


def chips(
    part: str, rows: Sequence[ListedRow], chosen: Filter, store_names: Mapping[str, str], *, user: str = ""
) -> tuple[Chip, ...]:
    """Make the chips of one part of the filter; a chip that is on, other than a state, takes itself off."""
    values = STATES if part == "state" else SEVERITIES
    made = []
    for value in values:
        on = getattr(chosen, part) == value
        target = replace(chosen, **{part: value})
        link = replace(chosen, **{part: ""}) if on and part != "state" else target
        count = len(matching(rows, target, store_names, user=user))
        made.append(Chip(value, _(LABELS[value]), count, f"/alerts{link.query}", "true" if on else ""))
    return tuple(made)


def mine_chip(
    rows: Sequence[ListedRow], chosen: Filter, store_names: Mapping[str, str], *, user: str
) -> Chip:
    """Make the chip of the open alerts that the user has."""
    target = replace(chosen, mine="1", state="open")
    count = len(matching(rows, target, store_names, user=user))
    link = replace(chosen, mine="") if chosen.mine else target
    return Chip("mine", _("Mine"), count, f"/alerts{link.query}", "true" if chosen.mine else "")


def choices(
    part: str, rows: Sequence[ListedRow], chosen: Filter, names: Mapping[str, str], *, user: str = ""
) -> tuple[Option, ...]:
    """Make the choices of kind, store, category or order; only those that have an alert, and the chosen."""
    if part == "order":
        return tuple(Option(value, _(LABELS[value])) for value in ORDERS)
    others = matching(rows, replace(chosen, **{part: ""}), names if part == "store" else {}, user=user)
    attribute = "store_id" if part == "store" else part
    counted = Counter(getattr(row, attribute) for row in others)
    counted.pop("", None)
    if getattr(chosen, part):
        counted.setdefault(getattr(chosen, part), 0)
    found = sorted(counted.items(), key=lambda item: names.get(item[0], item[0]))
    return (
        Option("", _(EVERY[part])),
        *(Option(value, f"{names.get(value, value)} ({number})") for value, number in found),
    )
