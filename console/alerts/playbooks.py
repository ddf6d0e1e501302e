"""The first steps for each kind of alert: the team's own knowledge, to be edited here."""

from schemas.alert import AlertKind

__all__ = ["OF_GOODS", "PLAYBOOKS"]

PLAYBOOKS: dict[AlertKind, tuple[str, ...]] = {
    "payment_fraud": (
        "Look at the reasons and at the customer’s other payments today.",
        "Call the customer. Was it not theirs: Fraud, and block the card.",
        "Hold the delivery, or refund, before the goods leave.",
    ),
    "card_spree": (
        "Have the card blocked by its issuer now: every minute is another payment.",
        "Call the last store: the person may still be there.",
        "Answer Fraud, then refund what has not left the store.",
    ),
    "card_testing": (
        "Block the device or network in the shop’s firewall.",
        "Turn on the extra check (3-D Secure) for small first payments.",
        "Refund the few that were approved: their cards are stolen.",
    ),
    "terminal_fraud": (
        "Call the store: take the terminal out of service and keep it.",
        "Compare seals and serial number with the list.",
        "Answer Fraud; the provider then blocks the cards used there.",
    ),
    "checkout_broken": (
        "Buy something yourself on that channel.",
        "Ask who released in the last hour and roll it back.",
        "Look at the payment provider’s status page.",
    ),
    "source_silent": (
        "Call the store: are the tills selling?",
        "Still silent in 10 min? Ring the network desk.",
        "Nothing is lost: tills keep their events and send them later.",
    ),
    "sales_fallen": (
        "Call the store: is it open, is the street, is the power on?",
        "The tills answer, so it is not the network.",
        "Nothing found in 15 min? Tell the regional manager.",
    ),
    "figure_unusual": (
        "Look at when it began: what changed at that moment?",
        "A promotion or a holiday explains it? False alarm.",
    ),
    "stock_running_out": (
        "Order now, or move pieces from a store that has too many.",
        "Stop advertising it until it is there.",
    ),
    "shrinkage": (
        "Count the shelf again, somebody else this time.",
        "Look at receipts, voids and adjustments of that article since the last count.",
        "Still missing? Tell loss prevention.",
    ),
    "price_glitch": (
        "Compare the price in the till with the price list.",
        "Correct it, then stop deliveries of what was sold at the wrong price.",
    ),
    "model_drift": (
        "tillwatch models list: does the champion still rank as it did?",
        "A new kind of customer, price or terminal explains it? False alarm.",
        "Wrong data? Correct the source, then rewind the labels of that time.",
    ),
}

OF_GOODS = (
    "Buy one yourself: does it scan at the till, does its page open?",
    "Ask who changed prices or pages since it began, and whether the warehouse has any.",
    "A campaign of it has ended? False alarm.",
)
"""Where sales of one category have fallen: no store is to be called."""
