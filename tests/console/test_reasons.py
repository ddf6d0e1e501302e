"""Reasons are said in words."""

from console.reasons import reasons_text


def test_reasons_are_joined_strongest_first() -> None:
    text = reasons_text(["payments_1d", "terminal_compromised"], [4.0, 0.4], "EUR")
    first, second = text.split(" · ")
    assert first.split() == ["5", "payments", "in", "24", "h"]
    assert second.split() == ["terminal", "is", "compromised", "with", "40", "%,", "say", "its", "verdicts"]
    assert " " not in first + second  # a line breaks between reasons, not within


def test_amounts_have_the_sign_of_their_currency() -> None:
    assert reasons_text(["amount"], [412.0], "GBP") == "amount\u00a0£412.00"
