"""What somebody says happened to the business: releases and campaigns, most of them innocent of anything."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from random import Random

from producers.simulator.calendar import moment
from producers.simulator.happening import Happening
from producers.simulator.sessions import CAMPAIGNS, Release
from producers.simulator.stores import APP, WEB
from schemas.context import Context
from schemas.identifiers import uuid7
from schemas.topics import CONTEXT

__all__ = ["context_on"]

RELEASE_CHANCE = 0.35
CAMPAIGN_CHANCE = 0.4
DAYTIME = (8 * 3_600, 20 * 3_600)
DEVICES = {"android": "Android", "ios": "iOS"}


def context_on(seed: int, day: date, releases: Iterable[Release]) -> Iterator[Happening]:
    """Yield what is said of a local day.

    Parameters
    ----------
    seed, day
        The same say the same.
    releases
        Those that go wrong; each is said to have begun one to four minutes before the first visitor has it.

    """
    random = Random(f"{seed}/context/{day}")
    for release in releases:
        at = release.begins - timedelta(seconds=random.randint(60, 240))
        store, device = release.shop.store, release.device
        on = f" on {DEVICES.get(device, device)}" if device else ""
        title = f"Release {release.version} of the {store.name.lower()}{on}"
        yield said(
            random, at, kind="release", title=title, store_id=store.store_id, channel=store.channel,
            device=device, version=release.version, source="deployments",
        )  # fmt: skip
    if random.random() < RELEASE_CHANCE:
        shop = random.choice((WEB, APP))
        version = f"{day:%Y.%m.%d}"
        yield said(
            random, moment(day, random.uniform(*DAYTIME)), kind="release", channel=shop.store.channel,
            title=f"Release {version} of the {shop.store.name.lower()}'s catalogue", store_id=shop.store_id,
            version=version, source="deployments",
        )  # fmt: skip
    if random.random() < CAMPAIGN_CHANCE:
        campaign, shop = random.choice(CAMPAIGNS), random.choice((WEB, APP))
        at = moment(day, random.uniform(*DAYTIME))
        yield said(
            random, at, kind="campaign", title=f"Campaign {campaign} for the {shop.store.name.lower()}",
            ends_at=at + timedelta(hours=random.randint(4, 48)), channel=shop.store.channel,
            store_id=shop.store_id, campaign=campaign, source="marketing",
        )  # fmt: skip


def said(random: Random, at: datetime, **fields: object) -> Happening:
    """Build what is said; no source numbers it."""
    return Happening(
        at,
        CONTEXT,
        "",
        partial(Context, context_id=uuid7(at, random), begins_at=at, **fields),  # type: ignore[arg-type]  # by name
    )
