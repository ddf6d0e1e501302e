"""The first steps for each kind of alert: those that are built in, and what the team made of them."""

from collections.abc import Sequence

from console.alerts.stored import PlaybookRow
from console.language import N_, _
from schemas.alert import Alert, AlertKind

__all__ = ["BUILT_IN", "Book", "book_of", "changes_of", "steps_of"]

Book = tuple[AlertKind, str]
"""A kind and the type of thing that its alerts are about; an empty type is any other."""

OF_KINDS: dict[AlertKind, tuple[str, ...]] = {
    "payment_fraud": (
        N_("Look at the reasons and at the customer’s other payments today."),
        N_("Call the customer. Was it not theirs: Fraud, and block the card."),
        N_("Hold the delivery, or refund, before the goods leave."),
    ),
    "card_spree": (
        N_("Have the card blocked by its issuer now: every minute is another payment."),
        N_("Call the last store: the person may still be there."),
        N_("Answer Fraud, then refund what has not left the store."),
    ),
    "card_testing": (
        N_("Block the device or network in the shop’s firewall."),
        N_("Turn on the extra check (3-D Secure) for small first payments."),
        N_("Refund the few that were approved: their cards are stolen."),
    ),
    "terminal_fraud": (
        N_("Call the store: take the terminal out of service and keep it."),
        N_("Compare seals and serial number with the list."),
        N_("Answer Fraud; the provider then blocks the cards used there."),
    ),
    "checkout_broken": (
        N_("Buy something yourself on that channel."),
        N_("Ask who released in the last hour and roll it back."),
        N_("Look at the payment provider’s status page."),
    ),
    "source_silent": (
        N_("Call the store: are the tills selling?"),
        N_("Still silent in 10 min? Ring the network desk."),
        N_("Nothing is lost: tills keep their events and send them later."),
    ),
    "sales_fallen": (
        N_("Call the store: is it open, is the street, is the power on?"),
        N_("The tills answer, so it is not the network."),
        N_("Nothing found in 15 min? Tell the regional manager."),
    ),
    "figure_unusual": (
        N_("Look at when it began: what changed at that moment?"),
        N_("A promotion or a holiday explains it? False alarm."),
    ),
    "stock_running_out": (
        N_("Order now, or move pieces from a store that has too many."),
        N_("Stop advertising it until it is there."),
    ),
    "shrinkage": (
        N_("Count the shelf again, somebody else this time."),
        N_("Look at receipts, voids and adjustments of that article since the last count."),
        N_("Still missing? Tell loss prevention."),
    ),
    "price_glitch": (
        N_("Compare the price in the till with the price list."),
        N_("Correct it, then stop deliveries of what was sold at the wrong price."),
    ),
    "model_drift": (
        N_("tillwatch models list: does the champion still rank as it did?"),
        N_("A new kind of customer, price or terminal explains it? False alarm."),
        N_("Wrong data? Correct the source, then rewind the labels of that time."),
    ),
}

OF_GOODS = (
    N_("Buy one yourself: does it scan at the till, does its page open?"),
    N_("Ask who changed prices or pages since it began, and whether the warehouse has any."),
    N_("A campaign of it has ended? False alarm."),
)
"""Where sales of one category have fallen: no store is to be called."""

BUILT_IN: dict[Book, tuple[str, ...]] = {
    **{(kind, ""): steps for kind, steps in OF_KINDS.items()},
    ("sales_fallen", "category"): OF_GOODS,
}


def book_of(alert: Alert) -> Book:
    """Choose the playbook of an alert."""
    own: Book = (alert.kind, alert.entity_type)
    return own if own in BUILT_IN else (alert.kind, "")


def changes_of(book: Book, rows: Sequence[PlaybookRow]) -> list[PlaybookRow]:
    """List what the team made of a playbook, the newest first."""
    return [row for row in rows if (row.kind, row.entity_type) == book]


def steps_of(book: Book, changes: Sequence[PlaybookRow]) -> tuple[str, ...]:
    """Give the steps that count: those of the newest change, else the built-in ones."""
    if changes and changes[0].steps:
        return tuple(changes[0].steps)
    return tuple(_(step) for step in BUILT_IN[book])
