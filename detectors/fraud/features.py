"""The names and the order of the features that a payment is judged by."""

from detectors.watermark import DAY_SECONDS

__all__ = ["FEATURE_NAMES", "FEATURE_SET", "KEPT_DAYS", "LATE_DAYS", "WINDOW_DAYS"]

WINDOW_DAYS = (1, 7, 30)
"""Windows of the handbook: long enough for a habit, short enough for a theft."""

LATE_DAYS = 2
"""A payment that comes at most this much late still finds its whole windows. Chosen, not tuned."""

KEPT_DAYS = WINDOW_DAYS[-1] + LATE_DAYS
"""What is older than this, behind the watermark, is dropped."""

FEATURE_SET = "handbook-15"
"""A model trained on another feature set is refused. A change of meaning gets a new name."""

FEATURE_NAMES: tuple[str, ...] = (
    "amount",
    "weekend",
    "night",
    "customer_payments_1d",
    "customer_mean_amount_1d",
    "customer_payments_7d",
    "customer_mean_amount_7d",
    "customer_payments_30d",
    "customer_mean_amount_30d",
    "terminal_labels_1d",
    "terminal_risk_1d",
    "terminal_labels_7d",
    "terminal_risk_7d",
    "terminal_labels_30d",
    "terminal_risk_30d",
)
"""The 15 features of the handbook, in the order of the columns.

amount
    Paid, in units of the payment's currency.
weekend, night
    1 on Saturday and Sunday; 1 from 00:00 to 06:59. Both in UTC, so that they do not depend on how a source
    writes its zone.
customer_payments_nd, customer_mean_amount_nd
    The customer's payments at time T in (T − n days, T], this one included, and their mean amount.
terminal_labels_nd, terminal_risk_nd
    The terminal's payments whose verdict became known in (T − n days, T], and the share of fraud in them, 0
    if there are none. With every verdict exactly 7 days late these are the handbook's delayed windows.

References
----------
Le Borgne, Siblini, Lebichot, Bontempi: Reproducible Machine Learning for Credit Card Fraud Detection,
chapter 3, "Baseline feature transformation".
"""

ONE_DAY, ONE_WEEK, ONE_MONTH = (days * DAY_SECONDS for days in WINDOW_DAYS)
KEPT_SECONDS = KEPT_DAYS * DAY_SECONDS
