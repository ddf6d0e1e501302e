"""Which incidents happen on a day: by script on the first live day, at random afterwards, or none."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Literal

from producers.cue_sheet import IncidentKind
from producers.simulator.calendar import ZONE, clock_seconds, local_date, moment
from producers.simulator.incidents.goods import FallenCategory
from producers.simulator.incidents.sales import BrokenCheckout, CollapsedSales, PriceGlitch
from producers.simulator.incidents.silence import SilentStore
from producers.simulator.incidents.stock import Shrinkage, StockOut
from producers.simulator.incidents.stolen_cards import CardTesting, CompromisedTerminal, StolenCardSpree
from producers.simulator.incidents.trouble import Scene, Trouble
from producers.simulator.stock import delivers
from producers.simulator.stores import APP, SHOPS, WAREHOUSE, WEB, Shop

__all__ = ["IncidentMode", "script_day", "troubles_on"]

IncidentMode = Literal["script", "random", "none"]

Build = Callable[[Random, Scene, list[Shop], float | None], Trouble]

BUILDERS: dict[IncidentKind, Build] = {
    "stock_out": StockOut,
    "collapsed_sales": CollapsedSales,
    "silent_store": SilentStore,
    "compromised_terminal": CompromisedTerminal,
    "shrinkage": Shrinkage,
    "price_glitch": PriceGlitch,
    "stolen_card_spree": StolenCardSpree,
    "broken_checkout": BrokenCheckout,
    "card_testing": CardTesting,
}
"""In the order in which they choose their stores: whoever needs a large one comes first."""

SCRIPT_BEGINS = clock_seconds("09:30")
SCRIPT_BEGINS_BEFORE = clock_seconds("14:00")
SLOTS_MINUTES = (12, 32, 54, 76, 98, 120, 142, 164, 184)
SLOT_JITTER_MINUTES = 2.0
CATEGORY_SLOT_MINUTES = 206
"""The last: it touches all stores."""
SUNDAY = 6
LATEST_SLOT: dict[IncidentKind, int] = {
    "stock_out": 0, "collapsed_sales": 4, "compromised_terminal": 6, "shrinkage": 7,
}  # fmt: skip
"""What takes longer until it shows begins early: five minutes of a demo at 60 times are 300 minutes."""

DAILY_CHANCE = 0.5
"""Of each kind, on a day at random."""
LARGE = 1.2
"""Against the average store; of the ten largest a missing hour is noticed."""
SPREE_STORES = 3
GLITCH_STORES = 6
ONLINE_CHANCE = 0.2


def script_day(live_from: datetime) -> date:
    """Return the day of the script: the first working day with enough of it left once live."""
    day = local_date(live_from)
    while day.weekday() == SUNDAY or live_from > moment(day, SCRIPT_BEGINS_BEFORE):
        day += timedelta(days=1)
    return day


def troubles_on(scene: Scene, mode: IncidentMode, live_from: datetime) -> tuple[Trouble, ...]:
    """Return the incidents of a day: a pure function of the scene's seed and day, and of the arguments."""
    first = script_day(live_from) if mode == "script" else local_date(live_from)
    if mode == "none" or scene.day < first:
        return ()
    if mode == "script" and scene.day == first:
        return scripted(scene, live_from)
    return tuple(trouble for trouble in at_random(scene) if trouble.truth.begins_at >= live_from)


def scripted(scene: Scene, live_from: datetime) -> tuple[Trouble, ...]:
    """Let everything go wrong once, one thing after the other, each at another place."""
    random = Random(f"{scene.seed}/script")
    local = live_from.astimezone(ZONE)
    anchor = SCRIPT_BEGINS
    if local.date() == scene.day:
        anchor = max(anchor, local.hour * 3_600 + local.minute * 60 + local.second)
    kinds = list(BUILDERS)
    order = slots(random, kinds)
    free = open_shops(scene.day)
    troubles = []
    for kind in kinds:
        minutes = SLOTS_MINUTES[order.index(kind)] + random.uniform(-SLOT_JITTER_MINUTES, SLOT_JITTER_MINUTES)
        shops = choose(random, kind, free, scene.day, online=False)
        troubles.append(BUILDERS[kind](random, scene, shops, anchor + round(minutes * 60)))
    return (fallen_category(scene, troubles, anchor + CATEGORY_SLOT_MINUTES * 60), *troubles)


def slots(random: Random, kinds: list[IncidentKind]) -> list[IncidentKind]:
    """Shuffle kinds so that each begins early enough."""
    while True:
        order = random.sample(kinds, len(kinds))
        if all(order.index(kind) <= latest for kind, latest in LATEST_SLOT.items()):
            return order


def at_random(scene: Scene) -> list[Trouble]:
    """Let each kind happen on every second day or so; a store has one incident a day at most."""
    random = Random(f"{scene.seed}/incidents/{scene.day}")
    free = open_shops(scene.day)
    troubles = []
    for kind, build in BUILDERS.items():
        if random.random() < DAILY_CHANCE:
            shops = choose(random, kind, free, scene.day, online=random.random() < ONLINE_CHANCE)
            if shops:
                troubles.append(build(random, scene, shops, None))
    if scene.day.weekday() != SUNDAY and apart(scene).random() < DAILY_CHANCE:
        troubles.insert(0, fallen_category(scene, troubles, None))
    return troubles


def apart(scene: Scene) -> Random:
    """Draw what happens to a category apart, so that all other incidents stay as they are."""
    return Random(f"{scene.seed}/category/{scene.day}")


def fallen_category(scene: Scene, others: Sequence[Trouble], second: float | None) -> FallenCategory:
    """Block a category that nothing else happens to.

    It comes before the others, so that what they add is bought whatever is blocked.
    """
    articles = scene.assortments[WAREHOUSE].by_sku
    spared = [articles[one.truth.entity].category for one in others if one.truth.entity_type == "sku"]
    return FallenCategory(apart(scene), scene, spared, second)


def open_shops(day: date) -> list[Shop]:
    """List where something can happen: every store that opens, and the two that never close."""
    return [*(shop for shop in SHOPS if shop.opening(day) is not None), WEB, APP]


def filled_tomorrow(shop: Shop, day: date) -> bool:
    """Say whether what sells out today is there again when the shop opens next, and is not filled today."""
    following = day + timedelta(days=1)
    while shop.opening(following) is None:
        following += timedelta(days=1)
    return delivers(shop.store_id, following) and not delivers(shop.store_id, day)


def choose(random: Random, kind: IncidentKind, free: list[Shop], day: date, *, online: bool) -> list[Shop]:
    """Take the stores of an incident from those that are free; empty if none fits."""
    stores = [shop for shop in free if shop not in (WEB, APP)]
    if kind == "broken_checkout":
        fit = [APP]
    elif kind == "card_testing" or (online and kind in ("price_glitch", "stolen_card_spree")):
        fit = [WEB]
    elif kind == "stock_out":
        fit = [shop for shop in stores if shop.size >= LARGE and filled_tomorrow(shop, day)]
    elif kind in ("collapsed_sales", "silent_store"):
        fit = [shop for shop in stores if shop.size >= LARGE]
    else:
        fit = stores
    fit = [shop for shop in fit if shop in free]
    count = 1
    if kind == "price_glitch" and WEB not in fit:
        count = GLITCH_STORES
    elif kind == "stolen_card_spree" and WEB not in fit:
        regions = sorted({shop.store.region for shop in fit})
        region = random.choice(regions) if regions else ""
        fit, count = [shop for shop in fit if shop.store.region == region], SPREE_STORES
    shops = random.sample(fit, min(count, len(fit)))
    for shop in shops:
        free.remove(shop)
    return shops
