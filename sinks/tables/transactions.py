"""The table of payment events."""

from collections.abc import Sequence

from schemas.topics import TRANSACTIONS
from schemas.transaction import Checks, Transaction
from sinks.tables.lines import Lines
from sinks.tables.table import ENVELOPE, OF_ENVELOPE, Columns, Table, envelope, plain

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


OPTIONAL = (
    "order_id", "customer_id", "card_id", "merchant_id", "decline_reason", "bin_country", "bin", "entry_mode",
    "device_id", "device", "email_hash", "network", "cashier_id", "refund_of",
)  # fmt: skip
TEXTS = (
    "payment_id", "status", "currency", "channel", "payment_method", "terminal_id", "store_id",
)  # fmt: skip
LINE = {"sku": "String", "quantity": "Int32", "unit_price_minor": "Int64"}
LINES = Lines(
    structure=", ".join(
        [
            ENVELOPE,
            "amount_minor Int64, discount_minor Int64, price_overrides UInt16, no_sale Bool",
            f"checks Tuple({', '.join(f'{name} Nullable(String)' for name in CHECKS)})",
            f"lines Array(Tuple({', '.join(f'{name} {kind}' for name, kind in LINE.items())}))",
            *(f"{name} String" for name in TEXTS),
            *(f"{name} Nullable(String)" for name in OPTIONAL),
        ]
    ),
    columns={
        **{name: name for name in (*OF_ENVELOPE, *PLAIN)},
        **{f"checks_{name}": f"checks.{name}" for name in CHECKS},
        **{f"lines_{name}": f"lines.{name}" for name in LINE},
    },
)

TRANSACTIONS_TABLE = Table(TRANSACTIONS, columns, outside=True, fields="all", lines=LINES)
