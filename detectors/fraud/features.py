"""What a payment is judged by: each feature with its unit, window, source and reason."""

from typing import Literal, NamedTuple

from detectors.watermark import DAY_SECONDS

__all__ = ["CUSTOMER_FEATURES", "FEATURES", "FEATURE_NAMES", "FEATURE_SET", "KEPT_DAYS", "TERMINAL_FEATURES"]
__all__ += ["ABSURD_AMOUNT", "UNKNOWN_TERMINAL", "WARM_UP_DAYS", "Feature"]

KEPT_DAYS = 62
"""Labels about older payments, behind the watermark, are dropped: the longest window and two more days."""

WARM_UP_DAYS = 14
"""Features of the first days of a stream rest on little; models that are fitted anew leave them out."""

KEPT_SECONDS = KEPT_DAYS * DAY_SECONDS

ABSURD_AMOUNT = 1_000_000.0
"""Units of a currency beyond which an amount is a mistake: scored, but nothing is learnt from it. Chosen."""

FEATURE_SET = "causes-36"
"""A model trained on another feature set is refused. A change of meaning gets a new name."""


class Feature(NamedTuple):
    """One column.

    Parameters
    ----------
    name
        As in models, score records and reasons.
    unit
        Of its value; "log" is the natural logarithm.
    window
        How far back it looks.
    source
        Whose past it is: the payment's own fields, the customer's payments, the device's, or the terminal's
        labels.
    why
        What fraud looks like in it.

    """

    name: str
    unit: str
    window: str
    source: Literal["payment", "customer", "device", "terminal"]
    why: str


CUSTOMER_FEATURES = (
    Feature("amount", "currency units", "-", "payment", "thieves buy what is dear"),
    Feature(
        "amount_to_usual", "log ratio", "all", "customer", "a stolen card pays other amounts than its owner"
    ),
    Feature("usual_amount", "log currency units", "all", "customer", "what is dear depends on who pays"),
    Feature(
        "amount_to_largest", "ratio", "all", "customer", "nobody ever paid so much honestly with this card"
    ),
    Feature("highest_ratio_14d", "ratio", "14 days", "customer", "thefts go on for days: the dearest so far"),
    Feature(
        "second_ratio_14d", "ratio", "14 days", "customer", "one dear payment is chance, two are a habit"
    ),
    Feature("payments_14d", "payments", "14 days", "customer", "of many payments the dearest is dearer"),
    Feature(
        "spikes", "payments", "21 days", "customer", "payments of 2.3 times the usual and not cleared since"
    ),
    Feature(
        "last_spike_days", "days", "21 days", "customer", "a theft that goes on struck lately; 99 = never"
    ),
    Feature("first_spike_days", "days", "21 days", "customer", "a theft ends after a while; 99 = none"),
    Feature(
        "amount_risk", "share", "all labels", "payment", "how often such an amount at such a ratio was fraud"
    ),
    Feature(
        "ratio_strangeness",
        "log odds",
        "all labels",
        "payment",
        "how much likelier the ratio is with thieves",
    ),
    Feature(
        "card_stolen", "probability", "22 days", "customer", "all ratios of the last weeks weighed together"
    ),
    Feature("payments_10m", "payments", "10 minutes", "customer", "cards are tested and emptied in minutes"),
    Feature("payments_1h", "payments", "1 hour", "customer", "the same, slower"),
    Feature("payments_1d", "payments", "1 day", "customer", "a burst beside the usual number"),
    Feature(
        "declines_1d", "payments", "1 day", "customer", "who guesses numbers and limits is declined first"
    ),
    Feature("new_device", "0 or 1", "last 2 devices", "customer", "a thief has another phone or browser"),
    Feature(
        "other_country", "0 or 1", "last payment", "customer", "the card's issuer is in another country now"
    ),
    Feature(
        "device_customers_1d", "customers", "1 day", "device", "who tries cards out does so with one device"
    ),
)

TERMINAL_FEATURES = (
    Feature(
        "terminal_honest_run", "labels", "60 days", "terminal", "honest labels since: the trouble is over"
    ),
    Feature(
        "terminal_unexplained_days", "days", "60 days", "terminal", "a fraud that the card does not explain"
    ),
    Feature(
        "terminal_frauds_run", "labels", "60 days", "terminal", "frauds in a row: the terminal is compromised"
    ),
    Feature(
        "terminal_unexplained_run", "labels", "60 days", "terminal", "the same less what stolen cards explain"
    ),
    Feature(
        "terminal_run_days", "days", "60 days", "terminal", "age of the run: it ends one day; 99 = no run"
    ),
    Feature(
        "terminal_run_most_days",
        "days",
        "60 days",
        "terminal",
        "the run cannot be older than the label before",
    ),
    Feature(
        "terminal_run_gap", "days", "60 days", "terminal", "how well the run's beginning is known; -1 = not"
    ),
    Feature(
        "terminal_honest_days", "days", "60 days", "terminal", "a fresh honest label speaks against a run"
    ),
    Feature("terminal_compromised", "probability", "60 days", "terminal", "all its labels weighed together"),
    Feature(
        "terminal_frauds_7d", "labels", "7 days", "terminal", "what people at the desk see: frauds this week"
    ),
    Feature("terminal_labels_30d", "labels", "30 days", "terminal", "how much is known of it at all"),
)

OF_PAYMENT = (
    Feature("night", "0 or 1", "-", "payment", "from 00:00 to 06:59 UTC shops are closed and owners asleep"),
    Feature("weekend", "0 or 1", "-", "payment", "habits differ on Saturday and Sunday (UTC)"),
    Feature(
        "card_weakly_read", "0, 1 or 2", "-", "payment", "1 stripe, which can be copied; 2 its number alone"
    ),
    Feature("checks_failed", "checks", "-", "payment", "address, security code or 3-D Secure did not match"),
    Feature("declined", "0 or 1", "-", "payment", "the issuer knows what we do not"),
)

UNKNOWN_TERMINAL = (0.0, 60.0, 0.0, 0.0, 99.0, 99.0, -1.0, 60.0, 0.0056, 0.0, 0.0)
"""The features of a terminal without labels."""

FEATURES = (*CUSTOMER_FEATURES, *TERMINAL_FEATURES, *OF_PAYMENT)
"""All, in the order of the columns.

"Usual" is the mean amount of payments believed honest: each counts 1 less its amount_risk, and by its label
once that is known. Ages are from the payment; windows of labels by when they became known where a reader sees
them (7 and 30 days), by when the payment was made otherwise.
"""

FEATURE_NAMES: tuple[str, ...] = tuple(feature.name for feature in FEATURES)
