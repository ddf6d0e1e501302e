"""When a challenger takes the champion's place."""

from typing import NamedTuple

from detectors.fraud.shadow import Comparison

__all__ = ["RULE", "PromotionRule", "Ruling"]

RULE = "promotion-rule/1"


class Ruling(NamedTuple):
    """What the rule says of a challenger, why, and by which figures."""

    promotes: bool
    reason: str
    figures: dict[str, float]


class PromotionRule(NamedTuple):
    """A challenger becomes champion if it is surely better over the matured days.

    Parameters
    ----------
    margin
        The lower bound of the paired difference in average precision must be above it.
    sureness
        How many standard errors below the difference that bound lies. 2.6 and not 1.6: the rule looks every
        day, and of two that are equally good one would otherwise pass in most months.
    least_frauds
        In the window. Chosen, not tuned.
    window_days
        Matured days that are looked at.

    """

    margin: float = 0.0
    sureness: float = 2.6
    least_frauds: int = 100
    window_days: int = 14

    def judge(self, comparison: Comparison, champion: int, challenger: int, names: tuple[str, ...]) -> Ruling:
        """Compare two subjects, given by their places."""
        now, new = comparison.subjects[champion], comparison.subjects[challenger]
        difference = new.average_precision - now.average_precision
        low = difference - self.sureness * float(comparison.errors[champion, challenger])
        figures = {
            "average_precision": new.average_precision,
            "champion_average_precision": now.average_precision,
            "difference": difference,
            "difference_low": low,
            "card_precision": new.card_precision,
            "champion_card_precision": now.card_precision,
            "frauds": float(comparison.frauds),
            "payments": float(comparison.labelled),
        }
        said = (
            f"{names[challenger]} {new.average_precision:.3f}, {names[champion]} {now.average_precision:.3f} "
            f"average precision; difference at least {low:.3f}"
        )
        if comparison.frauds < self.least_frauds:
            return Ruling(False, f"{comparison.frauds} frauds, {self.least_frauds} are needed", figures)
        if low <= self.margin:
            return Ruling(False, f"{said}, more than {self.margin:.3f} is needed", figures)
        if new.card_precision < now.card_precision:
            lower = f"{new.card_precision:.3f} after {now.card_precision:.3f}"
            return Ruling(False, f"{said}, but its card precision is lower: {lower}", figures)
        return Ruling(True, said, figures)
