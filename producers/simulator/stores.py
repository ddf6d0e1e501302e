"""The retailer's 40 places of sale: 38 stores with tills, the web shop and the app."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from producers.simulator.calendar import TIME_ZONE, clock_seconds
from schemas.store import OpeningHours, Store
from schemas.transaction import Channel

__all__ = ["APP", "SHOPS", "STORES", "WAREHOUSE", "WEB", "Shop", "Till"]

WAREHOUSE = "warehouse-1"
"""The place that web shop and app sell from."""

# City quarter, region, size against the average store. Stations may sell on Sundays in Germany.
PLACES = (
    ("Berlin Alexanderplatz", "East", 2.0), ("Berlin Hauptbahnhof", "East", 1.6),
    ("Berlin Steglitz", "East", 1.2), ("Berlin Spandau", "East", 0.9), ("Potsdam", "East", 0.7),
    ("Leipzig Hauptbahnhof", "East", 1.2), ("Leipzig Plagwitz", "East", 0.6),
    ("Dresden Altmarkt", "East", 1.1), ("Dresden Neustadt", "East", 0.7), ("Chemnitz", "East", 0.6),
    ("Erfurt", "East", 0.7), ("Rostock", "North", 0.7), ("Hamburg Mönckebergstraße", "North", 1.8),
    ("Hamburg Hauptbahnhof", "North", 1.4), ("Hamburg Altona", "North", 1.0),
    ("Hamburg Wandsbek", "North", 0.8), ("Bremen", "North", 0.9), ("Kiel", "North", 0.7),
    ("Lübeck", "North", 0.6), ("Hannover Hauptbahnhof", "North", 1.2), ("Hannover List", "North", 0.7),
    ("Braunschweig", "North", 0.7), ("Köln Schildergasse", "West", 1.7), ("Köln Hauptbahnhof", "West", 1.3),
    ("Köln Ehrenfeld", "West", 0.8), ("Düsseldorf Altstadt", "West", 1.2),
    ("Essen Limbecker Platz", "West", 1.0), ("Dortmund", "West", 0.9), ("Bonn", "West", 0.8),
    ("Aachen", "West", 0.6), ("Frankfurt Zeil", "West", 1.5), ("Frankfurt Hauptbahnhof", "West", 1.3),
    ("Stuttgart Königstraße", "South", 1.3), ("Mannheim", "South", 0.8), ("Nürnberg", "South", 0.9),
    ("München Marienplatz", "South", 1.9), ("München Hauptbahnhof", "South", 1.5),
    ("München Pasing", "South", 0.9),
)  # fmt: skip


@dataclass(frozen=True)
class Till:
    """One till and the payment terminal that belongs to it."""

    source: str
    terminal_id: str


@dataclass(frozen=True, eq=False)  # there is one of each, and comparing fields was a third of all time
class Shop:
    """A place of sale as the simulation sees it; `store` is what everyone else sees."""

    store: Store
    size: float
    tills: tuple[Till, ...]

    @property
    def store_id(self) -> str:
        """The store's id."""
        return self.store.store_id

    @cached_property
    def hours(self) -> dict[int, tuple[int, int]]:
        """Opening and closing second by weekday; closed days are missing."""
        return {h.weekday: (clock_seconds(h.opens), clock_seconds(h.closes)) for h in self.store.hours}

    def opening(self, day: date) -> tuple[int, int] | None:
        """Seconds past midnight between which the shop sells, or None."""
        return self.hours.get(day.weekday())


def build_shop(number: int) -> Shop:
    """Build the store with a number from 1."""
    name, region, size = PLACES[number - 1]
    station = "Hauptbahnhof" in name
    opens, closes = (
        ("08:00", "21:00") if station or size > 1.4 else (("09:00", "20:00"), ("09:30", "19:00"))[number % 2]
    )
    hours = [OpeningHours(weekday=day, opens=opens, closes=closes) for day in range(6)]
    if station:
        hours.append(OpeningHours(weekday=6, opens="10:00", closes="18:00"))
    store_id = f"store-{number:02d}"
    return Shop(
        Store(
            store_id=store_id,
            name=name,
            channel="pos",
            region=region,
            time_zone=TIME_ZONE,
            hours=tuple(hours),
        ),
        size,
        tuple(
            Till(f"till-{number:02d}-{till}", f"terminal-{number:02d}-{till}")
            for till in range(1, 4 + (size > 0.9) + (size > 1.4))
        ),
    )


def build_online(channel: Channel, name: str, size: float) -> Shop:
    """Build the web shop or the app, which never close."""
    always = tuple(OpeningHours(weekday=day, opens="00:00", closes="24:00") for day in range(7))
    return Shop(
        Store(
            store_id=channel, name=name, channel=channel, region="Online", time_zone=TIME_ZONE, hours=always
        ),
        size,
        (Till(f"{channel}-shop", f"checkout-{channel}"),),
    )


SHOPS: tuple[Shop, ...] = tuple(build_shop(number) for number in range(1, len(PLACES) + 1))
WEB = build_online("web", "Web shop", 2.5)
APP = build_online("app", "App", 2.0)
STORES: tuple[Shop, ...] = (*SHOPS, WEB, APP)
