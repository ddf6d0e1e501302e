"""Two hours as a line of 120 by 32, drawn by the server, so that it is there without a script."""

from collections.abc import Sequence
from dataclasses import dataclass

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
    top, bottom = max(known, default=0.0), min(0.0, *known, 0.0)
    return Sparkline(path(actual, bottom, top), path(last_week, bottom, top), area(band, bottom, top))


def area(band: Sequence[tuple[float, float] | None], bottom: float, top: float) -> str:
    """Write the band as one closed path, its upper edge there and its lower back; empty if any is unknown."""
    ends = [pair for pair in band if pair is not None]
    if not ends or len(ends) < len(band):
        return ""
    step = WIDTH / max(1, len(ends) - 1)
    points = [(index * step, high) for index, (_, high) in enumerate(ends)]
    points += [(index * step, low) for index, (low, _) in reversed(list(enumerate(ends)))]
    return "M" + "L".join(f"{x:.1f} {height_of(value, bottom, top):.1f}" for x, value in points) + "Z"


def height_of(value: float, bottom: float, top: float) -> float:
    """Place a value between the margins; the upper edge is 0."""
    return MARGIN + (HEIGHT - 2 * MARGIN) * (1 - (value - bottom) / (top - bottom or 1.0))


def path(values: Sequence[float | None], bottom: float, top: float) -> str:
    """Write the line as an SVG path that lifts the pen where a value is unknown."""
    step = WIDTH / max(1, len(values) - 1)
    words: list[str] = []
    drawing = False
    for index, value in enumerate(values):
        if value is None:
            drawing = False
            continue
        words.append(f"{'L' if drawing else 'M'}{index * step:.1f} {height_of(value, bottom, top):.1f}")
        drawing = True
    return "".join(words)
