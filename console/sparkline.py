"""Two hours as a line of 120 by 32, drawn by the server, so that it is there without a script."""

from collections.abc import Sequence
from dataclasses import dataclass

from console.svg_path import Frame

__all__ = ["HEIGHT", "WIDTH", "Sparkline", "sparkline"]

WIDTH, HEIGHT, MARGIN = 120, 32, 2


@dataclass(frozen=True)
class Sparkline:
    """Paths for SVG: what is, what was a week before, what is usual. Empty where nothing is known."""

    actual: str
    last_week: str
    band: str = ""


def sparkline(
    actual: Sequence[float | None],
    last_week: Sequence[float | None],
    band: Sequence[tuple[float, float] | None] = (),
) -> Sparkline:
    """Draw two lines and a band on one scale, which starts at 0 so that small changes look small."""
    known = [value for value in (*actual, *last_week) if value is not None]
    known += [end for ends in band if ends is not None for end in ends]
    frame = Frame(WIDTH, HEIGHT, min(0.0, *known, 0.0), max(known, default=0.0), MARGIN)
    return Sparkline(frame.line(actual), frame.line(last_week), whole_band(frame, band))


def whole_band(frame: Frame, band: Sequence[tuple[float, float] | None]) -> str:
    """Draw the band, or nothing if any of it is unknown."""
    ends = [pair for pair in band if pair is not None]
    if len(ends) < len(band):
        return ""
    return frame.area([low for low, _ in ends], [high for _, high in ends])
