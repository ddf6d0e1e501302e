"""Which part of the business the page shows: a region, a store, a channel, all from the address."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from console.errors import AddressUnfit
from console.language import N_, _
from console.panels.day import Part
from console.panels.stores import StoreRow
from console.query import Parameter

__all__ = [
    "EVERYTHING",
    "NOWHERE",
    "Choice",
    "Selection",
    "choices",
    "refuse_unknown",
    "selection_of",
    "selection_parameters",
]

NOWHERE = "(no store)"
"""No store is called so: a selection that fits none must not turn into all of them."""

CHANNEL_NAMES = {"pos": N_("Tills"), "web": N_("Web shop"), "app": N_("App")}
MAX_CHARACTERS = 80


@dataclass(frozen=True)
class Selection:
    """What is chosen; empty = all. Two viewers with the same selection share their figures."""

    region: str = ""
    store: str = ""
    channel: str = ""

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return self == EVERYTHING

    @property
    def part(self) -> Part:
        """Whether it is the whole chain, some of it, or one store."""
        if self.everything:
            return "all"
        return "store" if self.store else "stores"

    def stores(self, known: Iterable[StoreRow], *, by_channel: bool) -> list[str]:
        """List the ids of the stores that are chosen; empty = all.

        Parameters
        ----------
        known
            The master data.
        by_channel
            Whether the channel counts too: so it does for figures that only know their store. Payments say
            their channel themselves.

        """
        channel = self.channel if by_channel else ""
        if not (self.region or self.store or channel):
            return []
        found = [
            row.store_id
            for row in known
            if self.region in ("", row.region)
            and self.store in ("", row.store_id)
            and channel in ("", row.channel)
        ]
        return found or [NOWHERE]

    def query_string(self) -> str:
        """Write it as it stands in an address."""
        return urlencode({name: value for name, value in vars(self).items() if value})


EVERYTHING = Selection()


@dataclass(frozen=True)
class Choice:
    """One entry of a chip's list."""

    value: str
    label: str


def selection_of(query: Mapping[str, str]) -> Selection:
    """Read the selection from the parameters of an address; what else stands there is ignored."""
    return Selection(*(query.get(name, "")[:MAX_CHARACTERS] for name in ("region", "store", "channel")))


def refuse_unknown(chosen: Selection, known: Sequence[StoreRow]) -> None:
    """Refuse a part that does not exist: of nothing every figure is 0 and nothing is open, which looks calm.

    While no master data are known nothing is refused.

    Raises
    ------
    AddressUnfit
        There is no such region, store or channel.

    """
    if not known:
        return
    if chosen.region and all(row.region != chosen.region for row in known):
        raise AddressUnfit(_("There is no region {region}.", region=chosen.region))
    if chosen.store and all(row.store_id != chosen.store for row in known):
        raise AddressUnfit(_("There is no store {store}.", store=chosen.store))
    if chosen.channel and chosen.channel not in CHANNEL_NAMES:
        raise AddressUnfit(_("channel must be one of {channels}", channels=", ".join(CHANNEL_NAMES)) + ".")


def choices(known: Iterable[StoreRow], chosen: Selection) -> dict[str, tuple[Choice, ...]]:
    """List what each chip offers, what is chosen included even where no store has it."""
    rows = list(known)
    names = {row.store_id: row.name for row in rows}
    regions = {row.region: row.region.capitalize() for row in rows}
    stores = {
        row.store_id: row.name
        for row in sorted(rows, key=lambda row: row.name)
        if row.region == chosen.region or not chosen.region
    }
    channels = {
        value: CHANNEL_NAMES[value] for value in CHANNEL_NAMES if any(row.channel == value for row in rows)
    }
    found = {"region": dict(sorted(regions.items())), "store": stores, "channel": channels}
    for name, entries in found.items():
        value = getattr(chosen, name)
        if value and value not in entries:
            entries[value] = _("{place} (not here)", place=names.get(value, value))
    return {name: tuple(Choice(*entry) for entry in entries.items()) for name, entries in found.items()}


def selection_parameters(chosen: Selection, known: Sequence[StoreRow]) -> dict[str, Parameter]:
    """Compute the parameters that say which part of the business is asked for.

    `stores` are those of region and store, `places` those of the channel too; empty lists = all. What is
    usual is known of the whole chain and of single stores, so `expected_store` fits none for what is between.
    """
    places = chosen.stores(known, by_channel=True)
    single = places[0] if len(places) == 1 else NOWHERE
    return {
        "stores": chosen.stores(known, by_channel=False),
        "places": places,
        "region": chosen.region,
        "channel": chosen.channel,
        "expected_store": single if places else "",
    }
