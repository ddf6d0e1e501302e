"""What a combination of values is called, and an explanation in one sentence."""

from collections.abc import Mapping, Sequence

from detectors.causes.measures import Measure
from detectors.causes.question import Scope
from detectors.watch.wording import CHANNELS, money, share

__all__ = ["amount", "changed", "figure_text", "part_words", "scope_words"]

ADJECTIVES: dict[tuple[str, str], str] = {
    ("device", "android"): "Android",
    ("device", "ios"): "iOS",
    ("device", "desktop"): "desktop",
    ("device", "tablet"): "tablet",
    ("device", "other"): "other devices",
    ("device", ""): "no device named",
    ("payment_method", "card"): "card",
    ("payment_method", "wallet"): "wallet",
    ("payment_method", "cash"): "cash",
    ("payment_method", "gift_card"): "gift card",
    ("payment_method", "bank_transfer"): "bank transfer",
    ("payment_method", "invoice"): "invoice",
}
WHAT = ("device", "payment_method", "category")
"""Named before the place."""

LONGEST = 256
"""As the contract says."""

OTHERS = {
    "region": "in region {}",
    "bin_country": "on cards from {}",
    "decline_reason": "for {}",
    "app_version": "in release {}",
    "campaign": "from campaign {}",
    "error": "with error {}",
}
NONE = {
    "bin_country": "without a card's country",
    "decline_reason": "without a reason",
    "app_version": "without a release",
    "campaign": "without a campaign",
    "error": "without an error's code",
}


def part_words(values: Sequence[tuple[str, str]], store_names: Mapping[str, str]) -> str:
    """Name a combination: Android card in the app.

    Examples
    --------
    >>> part_words([("channel", "app"), ("device", "android")], {})
    'Android in the app'
    >>> part_words([("store_id", "s-1"), ("payment_method", "card")], {"s-1": "Bonn"})
    'card at Bonn'

    """
    first = [ADJECTIVES.get(pair, pair[1]) for pair in values if pair[0] in WHAT]
    then = []
    for dimension, value in values:
        if dimension == "store_id":
            then.append(place_words(value, store_names))
        elif dimension == "channel":
            then.append(CHANNELS.get(value, f"in channel {value}"))
        elif dimension in OTHERS:
            then.append(
                OTHERS[dimension].format(value.replace("_", " ")) if value else NONE.get(dimension, "")
            )
    return " ".join([*first, *then])[:LONGEST]


def place_words(store_id: str, store_names: Mapping[str, str]) -> str:
    """Name a store."""
    return CHANNELS.get(store_id) or f"at {store_names.get(store_id, store_id)}"


def scope_words(scope: Scope, store_names: Mapping[str, str]) -> str:
    """Name what was asked about, as a sentence begins: App, Bonn card, Region North; empty for all.

    Examples
    --------
    >>> scope_words(Scope(store_id="s-1", payment_method="gift_card"), {"s-1": "Bonn"})
    'Bonn gift card'
    >>> scope_words(Scope(channel="web", category="toys"), {})
    'Web shop toys'
    >>> scope_words(Scope(region="North", channel="pos"), {})
    'Region North tills'

    """
    place = store_names.get(scope.store_id, scope.store_id) or (scope.region and f"region {scope.region}")
    channel = {"": "", "pos": "tills", "web": "web shop", "app": "app"}.get(scope.channel, scope.channel)
    method = scope.payment_method and ADJECTIVES.get(
        ("payment_method", scope.payment_method), scope.payment_method
    )
    channel = "" if scope.store_id else channel
    words = " ".join(word for word in (place, channel, method, scope.category) if word)
    return words[:1].upper() + words[1:]


def figure_text(measure: Measure, value: float, currency: str = "EUR") -> str:
    """Write a value of a measure with its unit.

    Examples
    --------
    >>> from detectors.causes.measures import MEASURES
    >>> figure_text(MEASURES["revenue"], 479700), figure_text(MEASURES["pay_errors"], 0.21)
    ('4,797.00 EUR', '21 %')

    """
    if measure.unit == "share":
        return share(value)
    if measure.unit == "EUR":
        return money(value, currency)
    return (
        f"{value:,.0f} {measure.unit}"
        if value >= 10 or value == int(value)
        else f"{value:.1f} {measure.unit}"
    )


def changed(actual: float, expected: float) -> str:
    """Write a change in per cent, with its sign; from ten times as much on as a factor.

    Examples
    --------
    >>> changed(62, 100), changed(230, 100), changed(1430, 10), changed(5, 0)
    ('−38 %', '+130 %', '×143', 'from none')

    """
    if expected <= 0:
        return "from none"
    if actual >= 10 * expected:
        return f"×{actual / expected:,.0f}"
    off = round(100 * (actual / expected - 1))
    return f"−{-off} %" if off < 0 else f"+{off} %"


def amount(value: float, unit: str) -> str:
    """Write a value of an explanation, in its unit.

    Examples
    --------
    >>> amount(1234.5, "EUR"), amount(0.006, "share"), amount(7, "payments")
    ('1,234.50 EUR', '0.6 %', '7')

    """
    if unit == "share":
        return share(value)
    if unit == "EUR":
        return money(100 * value)
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"
