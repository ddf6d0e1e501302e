"""Clicks: the way to each online payment, and the visits that end earlier."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from typing import NamedTuple

from producers.simulator.articles import Assortment
from producers.simulator.calendar import day_bounds, draw_second, local_date, moment
from producers.simulator.customers import Crowd, Customer
from producers.simulator.happening import Happening
from producers.simulator.purchases import Purchase, pick_online
from producers.simulator.stores import APP, WAREHOUSE, Shop
from schemas.click import Click, ClickAction
from schemas.identifiers import uuid7
from schemas.topics import CLICKS
from schemas.transaction import Device

__all__ = ["CAMPAIGNS", "Release", "browse", "buy"]

# A shop sees 30 visits for one sale; two keep the demo's history small. The funnel's shape is kept.
VISITS_WITHOUT_SALE = 600
STEPS: tuple[tuple[ClickAction, float], ...] = (
    ("view", 1.0), ("product", 0.75), ("add_to_cart", 0.35), ("checkout", 0.5), ("pay", 0.35),
)  # fmt: skip
ERROR_SHARE = 0.004
USUAL_ERROR = "upstream_timeout"
CHECKOUT_ERROR = "payment_form_crashed"
APP_VERSION = "5.2.1"
CAMPAIGNS = ("newsletter", "search-ad", "social")
PAGES: dict[ClickAction, str] = {
    "view": "/", "search": "/search", "product": "/product", "add_to_cart": "/product",
    "checkout": "/checkout", "pay": "/checkout/pay", "error": "/error",
}  # fmt: skip


class Release(NamedTuple):
    """A release of an app that reaches so many in ten of its installations, for a while.

    `device` is the one kind of device it is for; None = all kinds.
    """

    version: str
    shop: Shop
    begins: datetime
    ends: datetime
    tenths: int
    device: Device | None = None

    def reached(self, shop: Shop, visitor: Customer, at: datetime) -> bool:
        """Say whether a visitor has it at a moment."""
        here = shop is self.shop and self.device in (None, visitor.device)
        return here and self.begins <= at < self.ends and visitor.number % 10 < self.tenths


def buy(purchase: Purchase) -> Iterator[Happening]:
    """Yield the session that ends in an online payment; the last click is the one that pays.

    A second attempt is one more click on pay in the same session. Where the checkout is broken, an error
    follows instead of the payment.
    """
    if purchase.customer is None or not purchase.online:
        return
    random = Random(purchase.event_id.int ^ 1)
    session = f"session-{purchase.order}"
    visitor, first = purchase.customer, purchase.lines[0].sku
    steps: list[tuple[ClickAction, str | None]] = [("pay", None)]
    if purchase.attempt == 1:
        steps = [("view", None), ("product", first)]
        steps += [("add_to_cart", line.sku) for line in purchase.lines]
        steps += [("checkout", None), ("pay", None)]
    pauses = [purchase.hurry * random.uniform(4, 40) for _ in steps[1:]] + [random.uniform(0.5, 2)]
    # a session does not begin before the day of its payment, so that days can be made one by one
    today = (purchase.at - day_bounds(local_date(purchase.at))[0]).total_seconds()
    shrink = min(1.0, 0.9 * today / sum(pauses))
    at = purchase.at - timedelta(milliseconds=sum(int(1000 * shrink * pause) for pause in pauses))
    campaign = random.choice(CAMPAIGNS) if random.random() < 0.3 else None
    version = purchase.release or usual_version(purchase.shop)
    if purchase.failed:
        steps.append(("error", None))
        pauses.append(0.0)
    for (action, sku), pause in zip(steps, pauses, strict=True):
        yield click(
            random, at, shop=purchase.shop, visitor=visitor, session=session, action=action, sku=sku,
            campaign=campaign, version=version, error=CHECKOUT_ERROR,
        )  # fmt: skip
        at += timedelta(milliseconds=int(1000 * shrink * pause))


def usual_version(shop: Shop) -> str | None:
    """Name the release that everyone has; the web shop does not tell."""
    return APP_VERSION if shop is APP else None


def browse(
    seed: int, day: date, crowd: Crowd, assortments: dict[str, Assortment], releases: Sequence[Release] = ()
) -> Iterator[Happening]:
    """Yield the sessions of a day that end without a payment, from whichever release of the app."""
    random = Random(f"{seed}/sessions/{day}")
    for number in range(round(VISITS_WITHOUT_SALE * random.lognormvariate(0, 0.05))):
        visitor = crowd.draw(random, online=True)
        shop = pick_online(random, visitor)
        session = f"session-{day:%y%m%d}-b{number:05d}"
        at = moment(day, draw_second(random, closes=85_800, online=True))
        sku = assortments[WAREHOUSE].draw(random, day.weekday()).sku
        campaign = random.choice(CAMPAIGNS) if random.random() < 0.3 else None
        version = usual_version(shop)
        for release in releases:
            version = release.version if release.reached(shop, visitor, at) else version
        action: ClickAction
        for action, go_on in STEPS[:-1]:
            if random.random() >= go_on:
                break
            seen = sku if action in ("product", "add_to_cart") else None
            yield click(
                random, at, shop=shop, visitor=visitor, session=session, action=action, sku=seen,
                campaign=campaign, version=version, error=USUAL_ERROR,
            )  # fmt: skip
            at += timedelta(seconds=round(random.uniform(4, 60), 3))
            if random.random() < ERROR_SHARE:
                yield click(
                    random, at, shop=shop, visitor=visitor, session=session, action="error", sku=None,
                    campaign=campaign, version=version, error=USUAL_ERROR,
                )  # fmt: skip
                break


def click(
    random: Random,
    at: datetime,
    *,
    shop: Shop,
    visitor: Customer,
    session: str,
    action: ClickAction,
    sku: str | None,
    campaign: str | None,
    version: str | None,
    error: str,
) -> Happening:
    """Build one click. Visitors are known as customers once they check out."""
    source = shop.tills[0].source
    page = PAGES[action] if sku is None else f"{PAGES[action]}/{sku}"
    return Happening(
        at,
        CLICKS,
        source,
        partial(
            Click,
            event_id=uuid7(at, random),
            source=source,
            occurred_at=at,
            visitor_id=visitor.visitor_id,
            session_id=session,
            customer_id=visitor.customer_id if action in ("checkout", "pay") else None,
            store_id=shop.store_id,
            page=page,
            action=action,
            sku=sku,
            campaign=campaign,
            device=visitor.device,
            app_version=version,
            error=error if action == "error" else None,
            duration_ms=round(random.lognormvariate(4.7, 0.5)),
        ),
    )
