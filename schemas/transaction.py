"""A payment, and everything that happens to it later."""

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import FailFast, Field, model_validator

from schemas.event import Contract, Currency, Event, Identifier, Name

__all__ = [
    "Channel",
    "Checks",
    "Device",
    "EntryMode",
    "Line",
    "PaymentMethod",
    "PaymentStatus",
    "Transaction",
]

Channel = Literal["pos", "web", "app"]
PaymentStatus = Literal["authorised", "declined", "captured", "voided", "refunded"]
PaymentMethod = Literal["card", "wallet", "cash", "gift_card", "bank_transfer", "invoice"]
EntryMode = Literal["chip", "contactless", "swipe", "keyed", "ecommerce", "stored"]
Device = Literal["desktop", "ios", "android", "tablet", "other"]
CheckResult = Literal["match", "mismatch", "unavailable"]
Minor = Annotated[int, Field(ge=-(10**12), le=10**12)]


class Checks(Contract):
    """What the card network's own checks answered."""

    address: CheckResult | None = Field(default=None, description="AVS, the billing address")
    security_code: CheckResult | None = Field(default=None, description="CVC")
    three_d_secure: Literal["authenticated", "attempted", "failed", "unavailable"] | None = Field(
        default=None, description="the cardholder's check in web and app"
    )


class Line(Contract):
    """One line of the receipt."""

    sku: Identifier = Field(description="article number; a GTIN is welcome here")
    quantity: int = Field(ge=-10_000, le=10_000, description="pieces; negative on a return")
    unit_price_minor: Minor = Field(description="price of one piece, minor units of the payment's currency")
    category: Name | None = Field(default=None, description="what kind of goods, by the retailer's own names")


def reason_without_decline(payment: Any) -> bool:
    """Whether a payment that went through has a reason for its decline."""
    return payment.decline_reason is not None and payment.status != "declined"


class Transaction(Event):
    """One event of a payment: its authorisation, decline, capture, void or refund.

    All events of a payment share `payment_id`. Revenue is authorised − voided − refunded.
    Card numbers never appear, only the token the payment provider gave.
    """

    rules: ClassVar[tuple[Callable[[Any], bool], ...]] = (reason_without_decline,)

    payment_id: Identifier = Field(description="joins the events of one payment")
    order_id: Identifier | None = Field(default=None, description="the order or receipt that is paid")
    status: PaymentStatus = Field(description="which event of the payment")
    amount_minor: int = Field(ge=0, le=10**12, description="minor units of the currency, never negative")
    currency: Currency = Field(description="ISO 4217 code")
    channel: Channel = Field(description="till, web shop or app")
    payment_method: PaymentMethod = Field(default="card", description="how it is paid")
    customer_id: Identifier | None = Field(default=None, description="pseudonym, if the customer is known")
    card_id: Identifier | None = Field(default=None, description="the provider's token, never the number")
    terminal_id: Identifier = Field(description="the till's terminal; for web and app the checkout's name")
    store_id: Identifier = Field(description="the store; web and app are stores of their own")
    merchant_id: Identifier | None = Field(default=None, description="contract with the payment provider")
    decline_reason: Name | None = Field(default=None, description="the provider's code, where declined")
    checks: Checks | None = Field(default=None, description="AVS, CVC and 3-D Secure, where asked")
    bin_country: str | None = Field(default=None, pattern=r"^[A-Z]{2}$", description="issuer, ISO 3166-1")
    bin: str | None = Field(
        default=None, pattern=r"^[0-9]{6,8}$", description="first digits of the card, which name its issuer"
    )
    entry_mode: EntryMode | None = Field(default=None, description="how the card was read")
    device_id: Identifier | None = Field(default=None, description="browser or phone, a pseudonym")
    device: Device | None = Field(default=None, description="kind of device, where it was paid online")
    email_hash: Identifier | None = Field(
        default=None, description="keyed hash of the customer's e-mail address, never the address"
    )
    network: Name | None = Field(default=None, description="IP address truncated to /24 or /48")
    cashier_id: Identifier | None = Field(default=None, description="who sat at the till, a pseudonym")
    discount_minor: int = Field(
        default=0, ge=0, le=10**12, description="given in all, minor units of the currency"
    )
    price_overrides: int = Field(
        default=0, ge=0, le=10_000, description="lines whose price a cashier changed"
    )
    no_sale: bool = Field(default=False, description="the drawer was opened without a sale")
    refund_of: Identifier | None = Field(default=None, description="payment_id of the payment given back")
    # Without FailFast a record of half a million broken lines takes a second to refuse.
    lines: Annotated[tuple[Line, ...], FailFast()] = Field(
        default=(), max_length=1_000, description="the receipt, if the source knows it"
    )

    @model_validator(mode="after")
    def reason_only_when_declined(self) -> Self:
        """Refuse a decline reason on a payment that went through."""
        if reason_without_decline(self):
            raise ValueError("decline_reason is only allowed where status is declined")
        return self

    @property
    def key(self) -> str:
        """Kafka's key: the customer, else the card, else the terminal, so a customer's order is kept."""
        return self.customer_id or self.card_id or self.terminal_id
