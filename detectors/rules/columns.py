"""Every column that a rule may name, with its kind and where it comes from."""

from typing import Literal, NamedTuple, get_args

from detectors.fraud.features import FEATURES
from schemas.list_entry import ListName, ListSubject

__all__ = ["COLUMNS", "LIST_COLUMNS", "Column", "ColumnKind", "Origin", "column_of_feature"]

ColumnKind = Literal["text", "whole", "number", "flag"]
Origin = Literal["event", "time", "score", "list", "feature"]


class Column(NamedTuple):
    """A column: how a rule names it, what its values are, and what they mean.

    Parameters
    ----------
    kind
        text, whole numbers, numbers, or true and false. Text and whole numbers may be missing (NULL).
    origin
        event = a field of the payment; feature = of the feature set that scores now.
    place
        Of a feature: its column in the feature set; else 0.

    """

    name: str
    kind: ColumnKind
    origin: Origin
    meaning: str
    place: int = 0


EVENT: tuple[tuple[str, ColumnKind, str], ...] = (
    ("status", "text", "authorised or declined"),
    ("amount_minor", "whole", "minor units of the payment's currency: 1250 is 12.50 EUR"),
    ("reporting_minor", "whole", "the same in the reporting currency; NULL without an exchange rate"),
    ("currency", "text", "ISO 4217, for example EUR"),
    ("channel", "text", "pos, web or app"),
    ("payment_method", "text", "card, wallet, cash, gift_card, bank_transfer or invoice"),
    ("entry_mode", "text", "chip, contactless, swipe, keyed, ecommerce or stored"),
    ("source", "text", "who sent the event"),
    ("store_id", "text", "the store; web and app are stores of their own"),
    ("terminal_id", "text", "the till's terminal or the checkout"),
    ("merchant_id", "text", "contract with the payment provider"),
    ("cashier_id", "text", "who sat at the till"),
    ("customer_id", "text", "pseudonym"),
    ("card_id", "text", "the provider's token"),
    ("device_id", "text", "browser or phone"),
    ("email_hash", "text", "keyed hash of the e-mail address"),
    ("network", "text", "truncated IP address"),
    ("bin", "text", "first 6 to 8 digits of the card"),
    ("bin_country", "text", "of the issuer, ISO 3166-1, for example DE"),
    ("decline_reason", "text", "the provider's code"),
    ("checks_address", "text", "match, mismatch or unavailable"),
    ("checks_security_code", "text", "match, mismatch or unavailable"),
    ("checks_three_d_secure", "text", "authenticated, attempted, failed or unavailable"),
    ("discount_minor", "whole", "given in all, minor units of the payment's currency"),
    ("price_overrides", "whole", "lines whose price a cashier changed"),
    ("no_sale", "flag", "the drawer was opened without a sale"),
)
"""Fields of `schemas.transaction.Transaction` under their own names; nested ones joined by an underscore."""

COMPUTED: tuple[Column, ...] = (
    Column("hour_utc", "whole", "time", "0 to 23, of the event"),
    Column("weekday_utc", "whole", "time", "1 = Monday to 7 = Sunday, of the event"),
    Column("score", "number", "score", "the model's, 0 to 1"),
)

LIST_COLUMNS: dict[str, tuple[ListName, ListSubject]] = {
    f"{name}_{subject}": (name, subject) for name in get_args(ListName) for subject in get_args(ListSubject)
}
"""By name, for example block_card: true where that of the payment is on that list at its time."""


def column_of_feature(name: str) -> str:
    """Say how rules name a feature: as it is, or `feature_NAME` where something else has its name."""
    taken = {one for one, *_ in EVENT} | {one.name for one in COMPUTED} | LIST_COLUMNS.keys()
    return f"feature_{name}" if name in taken else name


COLUMNS: dict[str, Column] = {
    column.name: column
    for column in (
        *(Column(name, kind, "event", meaning) for name, kind, meaning in EVENT),
        *COMPUTED,
        *(
            Column(name, "flag", "list", f"the payment's {subject} is on the {of} list")
            for name, (of, subject) in LIST_COLUMNS.items()
        ),
        *(
            Column(column_of_feature(one.name), "number", "feature", f"{one.unit}: {one.why}", place)
            for place, one in enumerate(FEATURES)
        ),
    )
}
"""By name, in the order of the documentation."""
