"""Two hours as a line of 120 by 32, drawn by the server, so that it is there without a script."""

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["HEIGHT", "WIDTH", "Sparkline", "sparkline"]

WIDTH, HEIGHT, MARGIN = 120, 32, 2


@dataclass(frozen=True)
class Sparkline:
    """Paths for SVG: what is, and what was a week before. Empty where nothing is known."""

    actual: str
    last_week: str


def sparkline(actual: Sequence[float | None], last_week: Sequence[float | None]) -> Sparkline:
    """Draw two lines on one scale, which starts at 0 so that small changes look small."""
    top = max((value for value in (*actual, *last_week) if value is not None), default=0.0)
    bottom = min((value for value in (*actual, *last_week) if value is not None), default=0.0)
    bottom = min(bottom, 0.0)
    return Sparkline(path(actual, bottom, top), path(last_week, bottom, top))


def path(values: Sequence[float | None], bottom: float, top: float) -> str:
    """Write the line as an SVG path that lifts the pen where a value is unknown."""
    span = top - bottom or 1.0
    step = WIDTH / max(1, len(values) - 1)
    words: list[str] = []
    drawing = False
    for index, value in enumerate(values):
        if value is None:
            drawing = False
            continue
        height = MARGIN + (HEIGHT - 2 * MARGIN) * (1 - (value - bottom) / span)
        words.append(f"{'L' if drawing else 'M'}{index * step:.1f} {height:.1f}")
        drawing = True
    return "".join(words)
