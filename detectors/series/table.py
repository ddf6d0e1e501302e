"""Every series of figures per minute: the one place where it is declared.

Whoever counts, watches, expects, draws or documents a series reads it here: the series agent's counting is
held against this table by a test; the judge's watchers, the published expectations, the console's headings,
`tillwatch metrics` and `docs/series.md` are made from it. A new series is an entry here and a line in
`figures.py`.
"""

from typing import get_args

from detectors.series.declaration import Series, Watcher
from detectors.series.goods import GOODS_SERIES
from schemas.transaction import PaymentMethod

__all__ = ["CHECKOUT", "SERIES", "WATCHED", "watched_by"]


def paid_by(method: PaymentMethod) -> Series:
    """Declare the payments by one method, judged by how many pay at all: so one that fails stands out."""
    words, name = method.replace("_", " "), f"paid_{method}"
    return Series(
        name, f"Paid by {words}", f"payment by {words}", f"payments by {words}", "scores", "minor units",
        by_channel=True, owner="payments",
        meaning=f"authorised payments by {words} and their money",
        watchers=("figures",), bad="low", rhythm="orders", given="orders", told_as=name,
    )  # fmt: skip


def table(*series: Series) -> dict[str, Series]:
    """Index series by name."""
    return {one.name: one for one in series}


SERIES = table(
    Series(
        "revenue", "Revenue", "payment", "payments", "scores", "minor units",
        by_channel=True, owner="payments",
        meaning="authorised − voided − refunded money",
        watchers=("sales",), bad="low", rhythm="orders", told_as="orders", expected="stores",
        false_per_day=0.02,
    ),
    Series(
        "orders", "Paid orders", "payment", "payments", "scores", "minor units",
        by_channel=True, owner="payments",
        meaning="authorised payments and their money",
        watchers=("sales", "checkout"), bad="low", rhythm="orders", expected="stores", false_per_day=0.12,
    ),
    *map(paid_by, get_args(PaymentMethod)),
    Series(
        GOODS_SERIES, "Goods sold", "line of a receipt", "lines of receipts", "scores", "minor units",
        by_channel=True, by_category=True, owner="stores",
        meaning="lines of authorised payments that name a category of goods, and what they are worth",
        watchers=("categories",), bad="low", told_as="orders",
    ),
    Series(
        "declined", "Declined payments", "declined payment", "declined payments", "scores", "minor units",
        by_channel=True, owner="payments",
        meaning="declined payments and their money",
        watchers=("figures", "checkout"), bad="high", rhythm="orders", expected="chain",
        explained_by_checkout=True,
    ),
    Series(
        "refunds", "Refunds", "refund", "refunds", "scores", "minor units",
        by_channel=True, owner="stores",
        meaning="refunds and their money",
        watchers=("figures",), bad="high", rhythm="orders", expected="chain",
    ),
    Series(
        "voids", "Voided payments", "voided payment", "voided payments", "scores", "minor units",
        by_channel=True, owner="stores",
        meaning="voided payments and their money",
        watchers=("figures",), bad="high", rhythm="orders",
    ),
    Series(
        "reviewed", "Money under review", "payment under review", "payments under review",
        "scores", "minor units",
        by_channel=True, owner="fraud",
        meaning="payments decided `review` and their money",
        watchers=("cases",), rhythm="orders", expected="chain",
    ),
    Series(
        "unconverted", "Payments without an exchange rate",
        "payment without exchange rate", "payments without exchange rate",
        "scores", "events",
        by_channel=True, owner="payments",
        meaning="payment events whose currency has no rate: counted everywhere, missing from all money",
        watchers=("figures",), bad="high", rhythm="orders",
    ),
    Series(
        "views", "Pages viewed", "page view", "page views", "clicks", "events",
        by_channel=False, owner="online shop",
        meaning="pages viewed: the first step of the funnel",
        watchers=("figures",), bad="low", rhythm="views", expected="chain",
    ),
    Series(
        "searches", "Searches", "search", "searches", "clicks", "events",
        by_channel=False, owner="online shop",
        meaning="searches",
    ),
    Series(
        "products", "Products looked at", "product page", "product pages", "clicks", "events",
        by_channel=False, owner="online shop",
        meaning="product pages opened: second step",
        watchers=("figures",), bad="low", rhythm="views", given="views",
    ),
    Series(
        "carts", "Put into the cart", "article put into the cart", "articles put into the cart",
        "clicks", "events",
        by_channel=False, owner="online shop",
        meaning="articles put into the cart: third step",
        watchers=("figures",), bad="low", rhythm="views", given="views",
    ),
    Series(
        "checkouts", "Checkouts begun", "checkout begun", "checkouts begun", "clicks", "events",
        by_channel=False, owner="online shop",
        meaning="checkouts begun: fourth step",
        watchers=("figures",), bad="low", rhythm="views", given="views",
    ),
    Series(
        "pays", "Clicks on pay", "click on pay", "clicks on pay", "clicks", "events",
        by_channel=False, owner="online shop",
        meaning="clicks on pay: last step",
        watchers=("checkout", "figures"), bad="low", rhythm="views", given="views", expected="chain",
    ),
    Series(
        "errors", "Errors shown", "error shown", "errors shown", "clicks", "events",
        by_channel=False, owner="online shop",
        meaning="errors shown",
        watchers=("figures", "checkout"), bad="high", rhythm="views", explained_by_checkout=True,
    ),
    Series(
        "units_sold", "Pieces sold", "sale of pieces", "sales of pieces", "stock-movements", "pieces",
        by_channel=False, owner="stock",
        meaning="pieces sold, per place",
        watchers=("stock", "figures"), bad="low", rhythm="orders", given="orders",
    ),
    Series(
        "units_returned", "Pieces brought back", "return of pieces", "returns of pieces",
        "stock-movements", "pieces",
        by_channel=False, owner="stock",
        meaning="pieces brought back, per place",
        watchers=("figures",), bad="high", rhythm="orders", told_as="refunds",
    ),
    Series(
        "units_received", "Pieces delivered", "delivery of pieces", "deliveries of pieces",
        "stock-movements", "pieces",
        by_channel=False, owner="stock",
        meaning="pieces delivered, per place",
        watchers=("stock",),
    ),
    Series(
        "units_adjusted", "Pieces corrected", "correction", "corrections", "stock-movements", "pieces",
        by_channel=False, owner="stock",
        meaning="corrections: + found, − lost",
        watchers=("stock",),
    ),
)  # fmt: skip

CHECKOUT = frozenset(name for name, one in SERIES.items() if one.explained_by_checkout)
"""What a broken checkout explains."""


def watched_by(*watchers: Watcher) -> tuple[str, ...]:
    """Name the series that one of the watchers judges, sorted."""
    return tuple(sorted(name for name, one in SERIES.items() if not set(watchers).isdisjoint(one.watchers)))


WATCHED = watched_by("sales", "figures")
"""The series that are judged by what is usual at the time."""
