"""What to look at without whose it is, for those who only look."""

from dataclasses import replace

from console.masking import cut
from console.review.page import CardToReview, ReviewPage
from sinks.review.listing import Review, ReviewList, ReviewPayment

__all__ = ["nobodys_list", "nobodys_page"]


def nobodys_list(found: ReviewList) -> ReviewList:
    """Cut the ids of people in the list."""
    return found._replace(reviews=tuple(nobodys_review(one) for one in found.reviews))


def nobodys_review(review: Review) -> Review:
    """Cut them in a card to look at."""
    paid = tuple(nobodys_payment(one) for one in review.payments)
    return review._replace(card=cut(review.card), payments=paid)


def nobodys_payment(paid: ReviewPayment) -> ReviewPayment:
    """Cut them in a payment."""
    customer, card = cut(paid.customer_id or ""), cut(paid.card_id or "")
    return paid._replace(card=cut(paid.card), customer_id=customer or None, card_id=card or None)


def nobodys_page(view: ReviewPage) -> ReviewPage:
    """Cut the keys of forms, which nobody who only looks can send; people see the end of a card anyway."""

    def keyless(cards: tuple[CardToReview, ...]) -> tuple[CardToReview, ...]:
        return tuple(replace(one, key=cut(one.key)) for one in cards)

    return replace(view, risky=keyless(view.risky), teaching=keyless(view.teaching))
