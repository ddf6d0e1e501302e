"""The analyst's list: which cards to look at today, why, and their payments."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from clickhouse_connect.driver.client import Client

from detectors.fraud.exploring import TerminalGaps
from detectors.fraud.reviewing import Choice, Spent, choose_reviews, parted
from detectors.watch.feature_words import feature_words
from detectors.watch.wording import count, money
from sinks.connection import connect
from sinks.review.settings import ReviewSettings
from sinks.rules.ledger import newest_payment
from sinks.settings import ClickHouseSettings

__all__ = ["Review", "ReviewList", "ReviewPayment", "ask", "review_list", "review_list_of", "review_payments"]

FOLDER = Path(__file__).parent
DAY = timedelta(days=1)
KNOWN_OF = timedelta(days=60)
"""As far back as terminals remember labels."""
MOST_PAYMENTS = 50
"""Of one card; the most suspicious."""
REASONS = 2
"""Of a score, in a phrase; alerts say three."""
MOST_RISKY = 20
"""Payments looked at for each card that is wanted; ten times as many where they are of too few cards."""
TERMINALS = 3
"""Terminals looked at for each card that is wanted for what it teaches: each is wanted for another one."""
CARDS_OF_TERMINAL = 50
"""Cards of each of them."""
MOST_TELLING = 10_000
"""Payments there that are looked at, about: where there are more, a part of the cards stands for all. Of
twice as many the 40 cards of a list had 48 payments there, not 45, for twice the store's time (chosen)."""
BEGIN_WITH = dict.fromkeys(("risky", "telling", "payments"), "unanswered")
"""Questions whose text begins with that of another file."""


class ReviewPayment(NamedTuple):
    """A payment to look at; fields are the columns of `payments.sql`, the first nine also of `given.sql`."""

    card: str
    event_id: UUID
    payment_id: str
    customer_id: str | None
    card_id: str | None
    occurred_at: datetime
    terminal_id: str
    store_id: str
    reporting_minor: int | None
    score: float | None = None
    status: str = ""
    reasons_feature: Sequence[str] = ()
    reasons_value: Sequence[float] = ()
    alert_id: str | None = None


class Review(NamedTuple):
    """A card to look at: why, in one phrase, and its payments, the most suspicious first.

    `money_minor` is what these are worth, `at_risk_minor` the same times their scores.
    """

    card: str
    by_risk: bool
    why: str
    money_minor: int
    at_risk_minor: int
    alert_id: str | None
    payments: tuple[ReviewPayment, ...]


class ReviewList(NamedTuple):
    """Today's list as of a moment of event time; `answered` cards are done of a budget of `budget`."""

    at: datetime
    budget: int
    answered: int
    reviews: tuple[Review, ...]


def review_list_of(store: ClickHouseSettings, settings: ReviewSettings) -> ReviewList:
    """Make the list by a client of its own.

    Raises
    ------
    StoreAbsent
        ClickHouse does not answer.
    Stop
        It refuses the login, or holds no scored payment.

    """
    client = connect(store)
    try:
        return review_list(client, settings)
    finally:
        client.close()


def review_list(client: Client, settings: ReviewSettings) -> ReviewList:
    """Choose cards with payments of the 24 hours before the newest one that nobody has said anything about.

    Within both shares the money at risk comes first: what they paid times how likely it is fraud.

    Raises
    ------
    Stop
        ClickHouse holds no scored payment.

    Cost: what is read and what comes here grow with the budget, not with the day's payments.

    """
    at = newest_payment(client)
    (answered,) = ask(client, "answered", at - DAY, at)[0]
    left = max(0, settings.cards_per_day - int(answered))
    gaps = ask(client, "gaps", at - KNOWN_OF, at)
    known = TerminalGaps.of((terminal, unlabelled, newest) for terminal, unlabelled, newest, _ in gaps)
    by_risk, by_value = parted(left, settings.teaching_share)
    busy = {terminal: lately for terminal, _, _, lately in gaps if lately}
    darkest = darkest_of(list(busy), known, at, TERMINALS * by_value)
    of_a_day = sum(busy[terminal] for terminal in darkest) // 2
    told = telling(client, at, darkest, one_in=max(1, of_a_day // MOST_TELLING))
    spent = merged([*risky(client, at, by_risk), *told])
    chosen = choose_reviews(spent, known, at.timestamp(), cards=left, teaching_share=settings.teaching_share)
    payments = review_payments(client, at, [one.card for one in chosen])
    reviews = [review(one, payments[one.card], known, at) for one in chosen if one.card in payments]
    reviews.sort(key=lambda one: (not one.by_risk, -one.at_risk_minor))
    return ReviewList(at, settings.cards_per_day, int(answered), tuple(reviews))


def risky(client: Client, at: datetime, cards: int) -> list[Spent]:
    """Read the most suspicious payments of the last day, of as many cards as are wanted."""
    most = MOST_RISKY * cards
    while most:
        found = [Spent(*row) for row in ask(client, "risky", at - DAY, at, most=most)]
        if len({one.card for one in found}) >= cards or sum(one.payments for one in found) < most:
            return found
        most *= 10
    return []


def telling(client: Client, at: datetime, terminals: Sequence[str], *, one_in: int) -> list[Spent]:
    """Read who paid most often at terminals in the last day, of one card in so many."""
    if not terminals:
        return []
    which = {"terminals": list(terminals), "each": CARDS_OF_TERMINAL, "one_in": one_in}
    return [Spent(*row) for row in ask(client, "telling", at - DAY, at, **which)]


def darkest_of(terminals: Sequence[str], known: TerminalGaps, at: datetime, count: int) -> list[str]:
    """Choose the terminals at which an answer about a payment would teach most."""
    values = known.values(terminals, np.full(len(terminals), at.timestamp()))
    return [terminals[place] for place in np.argsort(-values, kind="stable")[:count]]


def merged(spent: Sequence[Spent]) -> list[Spent]:
    """Make one of what was read of a card at a terminal, once by risk and once for what it teaches."""
    found: dict[tuple[str, str], Spent] = {}
    for one in spent:
        other = found.get((one.card, one.terminal), one)
        most = max(one.payments, other.payments)
        found[one.card, one.terminal] = one._replace(payments=most, highest=max(one.highest, other.highest))
    return sorted(found.values())


def review_payments(client: Client, at: datetime, cards: Sequence[str]) -> dict[str, list[ReviewPayment]]:
    """Read the payments of cards in the 24 hours before a moment, as far as nobody said anything."""
    found: defaultdict[str, list[ReviewPayment]] = defaultdict(list)
    if cards:
        for row in ask(client, "payments", at - DAY, at, cards=list(cards)):
            one = ReviewPayment(*row)
            found[one.card].append(one._replace(occurred_at=one.occurred_at.replace(tzinfo=UTC)))
    return dict(found)


def review(choice: Choice, payments: Sequence[ReviewPayment], known: TerminalGaps, at: datetime) -> Review:
    """Put a choice in words."""
    worth = sum(one.reporting_minor or 0 for one in payments)
    why = suspicion(payments[0]) if choice.by_risk else darkness(choice.terminal, known, at)
    return Review(
        card=choice.card,
        by_risk=choice.by_risk,
        why=why,
        money_minor=worth,
        at_risk_minor=round(sum((one.reporting_minor or 0) * (one.score or 0.0) for one in payments)),
        alert_id=next((one.alert_id for one in payments if one.alert_id), None),
        payments=tuple(payments[:MOST_PAYMENTS]),
    )


def suspicion(worst: ReviewPayment) -> str:
    """Say what raised the highest score most, or only the score where its reasons were not kept."""
    reasons = zip(worst.reasons_feature[:REASONS], worst.reasons_value, strict=False)
    words = ", ".join(feature_words(feature, value, money) for feature, value in reasons)
    return words[:1].upper() + words[1:] or f"Score {f'{worst.score or 0.0:.3f}'.removeprefix('0')}"


def darkness(terminal: str, known: TerminalGaps, at: datetime) -> str:
    """Say how little is known of a terminal."""
    unlabelled, last = known.known_of(terminal)
    days = int((at.timestamp() - last) // 86_400)
    since = f"last verdict {count(days, 'day')} old" if days else "a verdict since yesterday"
    return f"{terminal}: {unlabelled:,} unknown, {since if last else 'never a verdict'}"


def ask(client: Client, name: str, since: datetime, until: datetime, **more: object) -> Sequence[Any]:
    """Run one of the files; rows have its columns."""
    moments = {"since": round(since.timestamp() * 1_000), "until": round(until.timestamp() * 1_000)}
    files = [BEGIN_WITH[name], name] if name in BEGIN_WITH else [name]
    text = "".join((FOLDER / f"{file}.sql").read_text() for file in files)
    return client.query(text, parameters=moments | more).result_rows
