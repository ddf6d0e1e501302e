"""What happens on one day, decided before any event exists: who buys what, where, and how it ends.

An incident is a change of these plans; the events that follow from them stay consistent.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from producers.simulator.articles import Assortment, line_of
from producers.simulator.calendar import WEEKDAY_FACTORS, draw_second, moment
from producers.simulator.customers import Crowd, Customer
from producers.simulator.draw import Weighted
from producers.simulator.fraud import (
    CARD_PAYMENTS_PER_DAY,
    SPENDING_FACTOR,
    TERMINAL_FRAUD_SHARE,
    Thefts,
)
from producers.simulator.stores import APP, SHOPS, WAREHOUSE, WEB, Shop, Till
from schemas.identifiers import uuid7
from schemas.label import LabelSource
from schemas.transaction import EntryMode, Line, PaymentMethod

__all__ = ["Purchase", "label_time", "plan_day", "total"]

PAYMENTS_PER_DAY = 5_900
ONLINE_SHARE = 0.2
"""High enough that an app which sells nothing is noticed within a quarter of an hour."""
ANONYMOUS_SHARE = 0.08
DECLINED_SHARE = 0.02
STOLEN_DECLINED_SHARE = 0.12
RETRIED_SHARE = 0.7
VOIDED_SHARE = 0.006
REFUNDED_SHARE = 0.02
DISCOUNT_SHARE = 0.1
BASKET_LINES = Weighted((1, 2, 3), (83, 13, 4))
PIECES = Weighted((1, 2, 3), (90, 8, 2))
ONLINE_METHODS: Weighted[PaymentMethod] = Weighted(("card", "wallet", "gift_card"), (75, 22, 3))
KNOWN_METHODS: Weighted[PaymentMethod] = Weighted(("card", "wallet"), (80, 20))
UNKNOWN_METHODS: Weighted[PaymentMethod] = Weighted(("cash", "gift_card"), (93, 7))
LABEL_DAYS = (2.0, 7.0, 4.5)
"""Earliest, latest and most frequent delay of a label; the same for frauds and genuine payments, or a label's
delay would give its verdict away."""


@dataclass(frozen=True)
class Purchase:
    """One attempt to pay and what becomes of it.

    `voided_at`, `captured_at` and `refunded_at` are set where that happens; `refunded_lines` are the lines
    given back. `known_at` is when its label arrives, `said_by` who says so if it is not who usually does.
    `release` is the version of the app where it is not the usual one; `failed` means that the checkout broke:
    the session ends with an error instead of a payment. `hurry` shortens the session's pauses.
    """

    event_id: UUID
    at: datetime
    shop: Shop
    till: Till
    place_id: str
    order: str
    attempt: int
    method: PaymentMethod
    customer: Customer | None
    lines: tuple[Line, ...]
    discount_minor: int
    fraud: bool
    known_at: datetime
    decline_reason: str | None = None
    voided_at: datetime | None = None
    captured_at: datetime | None = None
    refunded_at: datetime | None = None
    refunded_lines: tuple[Line, ...] = ()
    said_by: LabelSource | None = None
    entry_mode: EntryMode | None = None
    release: str | None = None
    failed: bool = False
    hurry: float = 1.0

    @property
    def payment_id(self) -> str:
        """The id that joins the events of this payment."""
        return f"{self.order}-{self.attempt}"

    @property
    def amount_minor(self) -> int:
        """What is to be paid."""
        return total(self.lines) - self.discount_minor

    @property
    def online(self) -> bool:
        """Whether it is an order of the web shop or the app."""
        return self.place_id == WAREHOUSE


def total(lines: tuple[Line, ...]) -> int:
    """Add up lines."""
    return sum(line.quantity * line.unit_price_minor for line in lines)


def plan_day(
    seed: int, day: date, crowd: Crowd, assortments: dict[str, Assortment], thefts: Thefts
) -> list[Purchase]:
    """Decide every purchase of a local day. It depends on nothing but the arguments."""
    random = Random(f"{seed}/purchases/{day}")
    open_shops = [shop for shop in SHOPS if shop.opening(day) is not None]
    by_size = Weighted(open_shops, (shop.size for shop in open_shops))
    count = round(PAYMENTS_PER_DAY * WEEKDAY_FACTORS[day.weekday()] * random.lognormvariate(0, 0.04))
    online_count = PAYMENTS_PER_DAY * ONLINE_SHARE * random.lognormvariate(0, 0.04)
    purchases: list[Purchase] = []
    for number in range(count):
        online = number < online_count
        customer = crowd.draw(random, online=online)
        shop = pick_online(random, customer) if online else pick_store(random, customer, by_size)
        known = online or random.random() >= ANONYMOUS_SHARE
        purchases += attempts(
            random,
            day,
            f"{day:%y%m%d}-{number:05d}",
            shop=shop,
            customer=customer if known else None,
            assortments=assortments,
            thefts=thefts,
        )
    for number, victim in enumerate(thefts.customers):
        if random.random() < CARD_PAYMENTS_PER_DAY:
            customer = crowd.customers[victim]
            shop = pick_online(random, customer) if random.random() < 0.5 else random.choice(open_shops)
            purchases += attempts(
                random,
                day,
                f"{day:%y%m%d}-x{number:04d}",
                shop=shop,
                customer=customer,
                assortments=assortments,
                thefts=thefts,
                stolen=True,
            )
    return purchases


def pick_online(random: Random, customer: Customer) -> Shop:
    """Choose web shop or app by the customer's device."""
    phone = customer.device in ("ios", "android")
    return APP if random.random() < (0.75 if phone else 0.05) else WEB


def pick_store(random: Random, customer: Customer, open_shops: Weighted[Shop]) -> Shop:
    """Choose the home store, or now and then another one that is open."""
    if customer.home in open_shops.items and random.random() < 0.85:
        return customer.home
    return open_shops.draw(random)


def attempts(
    random: Random,
    day: date,
    order: str,
    *,
    shop: Shop,
    customer: Customer | None,
    assortments: dict[str, Assortment],
    thefts: Thefts,
    stolen: bool = False,
) -> list[Purchase]:
    """Plan one purchase: usually one payment, two where the first is declined and tried again."""
    online = shop in (WEB, APP)
    opens, closes = shop.opening(day) or (0, 86_400)
    at = moment(day, draw_second(random, opens=opens, closes=closes - 120, online=online))
    till = random.choice(shop.tills)
    place_id = WAREHOUSE if online else shop.store_id
    fraud = stolen or (
        customer is not None
        and till.terminal_id in thefts.terminals
        and random.random() < TERMINAL_FRAUD_SHARE
    )
    taste = customer.taste if customer else 1.0
    lines = fill_basket(random, assortments[place_id], day.weekday(), taste=taste, stolen=stolen)
    first = Purchase(
        event_id=uuid7(at, random),
        at=at,
        shop=shop,
        till=till,
        place_id=place_id,
        order=order,
        attempt=1,
        method=pick_method(random, known=customer is not None, online=online),
        customer=customer,
        lines=lines,
        discount_minor=total(lines) // 10 if random.random() < DISCOUNT_SHARE else 0,
        fraud=fraud,
        known_at=label_time(random, at),
    )
    by_card = first.method in ("card", "wallet")
    if not by_card or random.random() >= (STOLEN_DECLINED_SHARE if stolen else DECLINED_SHARE):
        return [succeed(random, day, first, stolen=stolen)]
    reason = "security_code" if stolen else random.choice(("insufficient_funds", "do_not_honour"))
    declined = replace(first, decline_reason=reason)
    if random.random() >= RETRIED_SHARE:
        return [declined]
    again = at + timedelta(seconds=round(random.uniform(20, 60), 3))
    second = replace(
        first, event_id=uuid7(again, random), at=again, attempt=2, known_at=label_time(random, again)
    )
    return [declined, succeed(random, day, second, stolen=stolen)]


def succeed(random: Random, day: date, purchase: Purchase, *, stolen: bool) -> Purchase:
    """Plan what follows an authorised payment. Goods bought with a stolen card are not brought back."""
    if purchase.online:
        hours = random.uniform(2, 20)
        purchase = replace(purchase, captured_at=purchase.at + timedelta(seconds=round(hours * 3600)))
    elif random.random() < VOIDED_SHARE:
        return replace(purchase, voided_at=purchase.at + timedelta(seconds=round(random.uniform(20, 60), 3)))
    if stolen or random.random() >= REFUNDED_SHARE:
        return purchase
    return replace(
        purchase,
        refunded_at=refund_time(random, day, purchase.shop),
        refunded_lines=purchase.lines[: random.randint(1, len(purchase.lines))],
    )


def fill_basket(
    random: Random, assortment: Assortment, weekday: int, *, taste: float, stolen: bool
) -> tuple[Line, ...]:
    """Choose what is bought: by taste, dearer things; with a stolen card, several of the dearest."""
    lines = []
    for _ in range(BASKET_LINES.draw(random)):
        seen = [assortment.draw(random, weekday) for _ in range(4 if stolen else 2)]
        dear = stolen or random.random() < taste / 2
        article = max(seen, key=lambda a: a.price_minor) if dear else seen[0]
        quantity = random.randint(2, SPENDING_FACTOR) if stolen else PIECES.draw(random)
        lines.append(line_of(article, quantity))
    return tuple(lines)


def pick_method(random: Random, *, known: bool, online: bool) -> PaymentMethod:
    """Choose how it is paid; somebody we do not know pays in cash, or by a card that tells us nothing."""
    if online:
        return ONLINE_METHODS.draw(random)
    if not known:
        return UNKNOWN_METHODS.draw(random)
    return KNOWN_METHODS.draw(random)


def label_time(random: Random, at: datetime) -> datetime:
    """Draw when the verdict about a payment becomes known."""
    return at + timedelta(seconds=round(random.triangular(*LABEL_DAYS) * 86_400))


def refund_time(random: Random, day: date, shop: Shop) -> datetime:
    """Draw when a customer brings something back: within six days, while the shop is open."""
    later = day + timedelta(days=random.randint(1, 5))
    opening = shop.opening(later)
    if opening is None:
        later += timedelta(days=1)
        opening = shop.opening(later) or (36_000, 64_800)
    return moment(later, draw_second(random, opens=opening[0], closes=opening[1]))
