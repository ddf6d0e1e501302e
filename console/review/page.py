"""The page "To review" as data: what the template renders."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from console.alerts.detail import PaymentLine
from console.alerts.times import clock_text
from console.panels.latest import score_text
from console.wording import money, plural
from sinks.review.listing import Review, ReviewList

__all__ = ["CardToReview", "ReviewPage", "review_page"]


@dataclass(frozen=True)
class CardToReview:
    """A card to look at; `alert` is the open alert that is to be answered instead, if there is one."""

    card: str
    why: str
    money: str
    count: str
    alert: str
    payments: tuple[PaymentLine, ...]


@dataclass(frozen=True)
class ReviewPage:
    """One picture of the page."""

    budget: str
    risky: tuple[CardToReview, ...]
    teaching: tuple[CardToReview, ...]


def review_page(found: ReviewList, *, zone: ZoneInfo, currency: str, names: Mapping[str, str]) -> ReviewPage:
    """Write the list for people."""

    def cards(*, by_risk: bool) -> tuple[CardToReview, ...]:
        return tuple(
            card(one, found, zone, currency, names) for one in found.reviews if one.by_risk == by_risk
        )

    left = max(0, found.budget - found.answered)
    return ReviewPage(
        budget=f"{plural(found.answered, 'card')} answered in 24 hours, {left} left of a budget of "
        f"{found.budget}. Payments up to {clock_text(found.at, found.at, zone)}.",
        risky=cards(by_risk=True),
        teaching=cards(by_risk=False),
    )


def card(
    review: Review, found: ReviewList, zone: ZoneInfo, currency: str, names: Mapping[str, str]
) -> CardToReview:
    """Write a card."""
    return CardToReview(
        card=f"Card …{review.card[-6:]}",
        why=review.why,
        money=money(review.money_minor, currency),
        count=plural(len(review.payments), "payment"),
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
