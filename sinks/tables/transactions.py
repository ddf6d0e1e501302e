"""The table of payment events."""

from collections.abc import Sequence

from schemas.topics import TRANSACTIONS
from schemas.transaction import Checks, Transaction
from sinks.tables.table import Columns, Table, envelope

__all__ = ["TRANSACTIONS_TABLE"]

NO_CHECKS = Checks()


def columns(events: Sequence[Transaction]) -> Columns:
    """Turn a batch into the columns of the table."""
    checks = [event.checks or NO_CHECKS for event in events]
    return {
        **envelope(events),
        "payment_id": [event.payment_id for event in events],
        "order_id": [event.order_id for event in events],
        "status": [event.status for event in events],
        "amount_minor": [event.amount_minor for event in events],
        "currency": [event.currency for event in events],
        "channel": [event.channel for event in events],
        "payment_method": [event.payment_method for event in events],
        "customer_id": [event.customer_id for event in events],
        "card_id": [event.card_id for event in events],
        "terminal_id": [event.terminal_id for event in events],
        "store_id": [event.store_id for event in events],
        "merchant_id": [event.merchant_id for event in events],
        "decline_reason": [event.decline_reason for event in events],
        "checks_address": [check.address for check in checks],
        "checks_security_code": [check.security_code for check in checks],
        "checks_three_d_secure": [check.three_d_secure for check in checks],
        "bin_country": [event.bin_country for event in events],
        "bin": [event.bin for event in events],
        "entry_mode": [event.entry_mode for event in events],
        "device_id": [event.device_id for event in events],
        "device": [event.device for event in events],
        "email_hash": [event.email_hash for event in events],
        "network": [event.network for event in events],
        "cashier_id": [event.cashier_id for event in events],
        "discount_minor": [event.discount_minor for event in events],
        "price_overrides": [event.price_overrides for event in events],
        "no_sale": [event.no_sale for event in events],
        "refund_of": [event.refund_of for event in events],
        "lines_sku": [[line.sku for line in event.lines] for event in events],
        "lines_quantity": [[line.quantity for line in event.lines] for event in events],
        "lines_unit_price_minor": [[line.unit_price_minor for line in event.lines] for event in events],
        "schema_version": [event.schema_version for event in events],
    }


TRANSACTIONS_TABLE = Table(TRANSACTIONS, columns, outside=True)
