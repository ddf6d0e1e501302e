"""Why a payment got its score, in words."""

from collections.abc import Sequence

from console.wording import money
from detectors.watch.feature_words import feature_words

__all__ = ["reasons_text"]

NO_BREAK = "\u00a0"


def reasons_text(features: Sequence[str], values: Sequence[float], currency: str) -> str:
    """Say the reasons of a score, strongest first; a line may only break between them."""

    def written(minor: float) -> str:
        return money(round(minor), currency, whole=False)

    texts = (feature_words(feature, value, written) for feature, value in zip(features, values, strict=True))
    return " · ".join(text.replace(" ", NO_BREAK) for text in texts)
