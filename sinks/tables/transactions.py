"""The table of payment events."""

from collections.abc import Sequence

from schemas.topics import TRANSACTIONS
from schemas.transaction import Checks, Transaction
from sinks.tables.table import Columns, Table, envelope, plain

__all__ = ["TRANSACTIONS_TABLE"]

PLAIN = (
    "payment_id", "order_id", "status", "amount_minor", "currency", "channel", "payment_method",
    "customer_id", "card_id", "terminal_id", "store_id", "merchant_id", "decline_reason", "bin_country",
    "bin", "entry_mode", "device_id", "device", "email_hash", "network", "cashier_id", "discount_minor",
    "price_overrides", "no_sale", "refund_of", "schema_version",
)  # fmt: skip
CHECKS = ("address", "security_code", "three_d_secure")
NO_CHECKS = Checks()


def columns(events: Sequence[Transaction]) -> Columns:
    """Turn a batch into the columns of the table."""
    checks = [event.checks or NO_CHECKS for event in events]
    lines = [event.lines for event in events]
    return {
        **envelope(events),
        **plain(events, PLAIN),
        **{f"checks_{name}": column for name, column in plain(checks, CHECKS).items()},
        "lines_sku": [[line.sku for line in some] for some in lines],
        "lines_quantity": [[line.quantity for line in some] for some in lines],
        "lines_unit_price_minor": [[line.unit_price_minor for line in some] for some in lines],
    }


TRANSACTIONS_TABLE = Table(TRANSACTIONS, columns, outside=True, fields="all")
