"""The page "To review" as data: what the template renders."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from console.alerts.detail import PaymentLine
from console.alerts.times import clock_text
from console.language import _, ngettext
from console.panels.latest import score_text
from console.wording import money, plural
from sinks.review.given import GivenAnswer
from sinks.review.listing import Review, ReviewList

__all__ = ["CardToReview", "ReviewPage", "review_page"]


@dataclass(frozen=True)
class CardToReview:
    """A card to look at; `alert` is the open alert that is to be answered instead, if there is one."""

    key: str
    card: str
    why: str
    money: str
    count: str
    alert: str
    payments: tuple[PaymentLine, ...]


@dataclass(frozen=True)
class AnswerLine:
    """An answer that was given, and may be taken back."""

    key: str
    text: str
    when: str


@dataclass(frozen=True)
class ReviewPage:
    """One picture of the page; `done` is the answer that was given last on it."""

    budget: str
    given: tuple[AnswerLine, ...]
    done: AnswerLine | None
    risky: tuple[CardToReview, ...]
    teaching: tuple[CardToReview, ...]


def review_page(
    found: ReviewList,
    given: Iterable[GivenAnswer],
    *,
    done: str = "",
    zone: ZoneInfo,
    currency: str,
    names: Mapping[str, str],
) -> ReviewPage:
    """Write the list for people; `done` is the key of the answer that was given last."""

    def cards(*, by_risk: bool) -> tuple[CardToReview, ...]:
        return tuple(
            card(one, found, zone, currency, names) for one in found.reviews if one.by_risk == by_risk
        )

    lines = tuple(answer_line(one, found, zone, currency) for one in given)
    left = max(0, found.budget - found.answered)
    return ReviewPage(
        budget=_(
            "{cards} answered in 24 hours, {left} left of a budget of {budget}. Payments up to {time}.",
            cards=ngettext("{number} card", "{number} cards", found.answered),
            left=left,
            budget=found.budget,
            time=clock_text(found.at, found.at, zone),
        ),
        given=lines,
        done=next((one for one in lines if one.key == done), None),
        risky=cards(by_risk=True),
        teaching=cards(by_risk=False),
    )


def answer_line(given: GivenAnswer, found: ReviewList, zone: ZoneInfo, currency: str) -> AnswerLine:
    """Write an answer."""
    worth = money(sum(one.reporting_minor or 0 for one in given.payments), currency)
    paid = f"{plural(len(given.payments), 'payment')}, {worth}"
    return AnswerLine(
        key=given.key,
        text=f"{card_text(given.payments[0].card)}: {paid}, {_(given.verdict)}",
        when=_("{time} by {by}", time=clock_text(given.at, found.at, zone), by=given.by),
    )


def card_text(card: str) -> str:
    """Name a card by its end, as receipts do."""
    return _("Card …{card}", card=card[-6:])


def card(
    review: Review, found: ReviewList, zone: ZoneInfo, currency: str, names: Mapping[str, str]
) -> CardToReview:
    """Write a card."""
    return CardToReview(
        key=review.card,
        card=card_text(review.card),
        why=review.why,
        money=money(review.money_minor, currency),
        count=ngettext("{number} payment", "{number} payments", len(review.payments)),
        alert=review.alert_id or "",
        payments=tuple(
            PaymentLine(
                event_id=str(one.event_id),
                time=clock_text(one.occurred_at, found.at, zone),
                amount=money(one.reporting_minor, currency, whole=False),
                where=f"{names.get(one.store_id, one.store_id)}, {one.terminal_id}",
                status=one.status,
                score=score_text(one.score),
            )
            for one in review.payments
        ),
    )
