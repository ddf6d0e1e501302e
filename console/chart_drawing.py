"""A chart as the page brings it: lines, band and axes, there before any script and without one.

The script draws the same on a canvas in its place, and adds what moves: flags, hatching, the reading under
the pointer.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil, floor, log10
from zoneinfo import ZoneInfo

from console.language import _
from console.svg_path import Frame
from console.trading_day import short_weekday

__all__ = ["Drawing", "Mark", "draw", "in_figures"]

WIDTH, HEIGHT = 1_000, 100
"""Of the lines, which are stretched to their place."""

PLACE_WIDTH, PLACE_HEIGHT = 640, 180
"""Pixels of a usual place: so many marks have room there."""

MARK_WIDTH, WIDE_MARK_WIDTH, MARK_HEIGHT = 60, 90, 30
WIDE_SECONDS = 26 * 3_600
"""From this length on, a moment is written with its day."""

MINUTE, HOUR, DAY = 60, 3_600, 86_400
TIME_STEPS = (
    *(minutes * MINUTE for minutes in (1, 5, 10, 15, 30)),
    *(hours * HOUR for hours in (1, 2, 3, 4, 6, 8, 12)),
    *(days * DAY for days in (1, 2, 3, 5, 7, 14)),
)
VALUE_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)

Values = Sequence[float | None]


@dataclass(frozen=True)
class Mark:
    """A mark of an axis: percent from the left or from the top, and what is written there."""

    at: float
    text: str


@dataclass(frozen=True)
class Drawing:
    """Paths by the style of their line, in a square of 1000 by 100, and the marks of both axes."""

    band: str
    lines: tuple[tuple[str, str], ...]
    times: tuple[Mark, ...]
    values: tuple[Mark, ...]


def draw(
    times: Sequence[int],
    lines: Sequence[tuple[str, Values]],
    zone: str,
    figures: Callable[[float], str],
    band: tuple[Values, Values] | None = None,
) -> Drawing:
    """Draw lines (style, values) over evenly spaced seconds since 1970, on the scale that the script takes.

    The value axis begins at 0, or beneath where a value does, and ends 8 % above the largest. Without any
    value it has no figures. Cost: 2 ms with 80 points of four lines and a band, on a slow and busy machine.
    """
    drawn = [values for _, values in lines] + list(band or ())
    known = [value for values in drawn for value in values if value is not None]
    frame = Frame(WIDTH, HEIGHT, min(0.0, *known, 0.0), max(max(known, default=0.0) * 1.08, 1.0))
    return Drawing(
        band=frame.area(*band) if band else "",
        lines=tuple((style, frame.line(values)) for style, values in lines),
        times=tuple(time_marks(times[0], times[-1], ZoneInfo(zone))) if len(times) > 1 else (),
        values=tuple(value_marks(frame, figures)) if known else (),
    )


def time_marks(begin: int, end: int, zone: ZoneInfo) -> Iterator[Mark]:
    """Mark whole hours or days by the stores' clock, as close as they have room."""
    wide = end - begin > WIDE_SECONDS
    most = PLACE_WIDTH / (WIDE_MARK_WIDTH if wide else MARK_WIDTH)
    step = next((step for step in TIME_STEPS if (end - begin) / step <= most), TIME_STEPS[-1])
    midnight = datetime.fromtimestamp(begin, zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    for number in range(2 + (end - begin + DAY) // step):
        # the clock on the wall goes on by hours, whatever it is put back; an hour that is skipped has no mark
        local = midnight + timedelta(seconds=number * step)
        moment = local.astimezone(UTC).timestamp()
        skipped = datetime.fromtimestamp(moment, zone).hour != local.hour
        if begin <= moment <= end and not skipped:
            time = f"{local:%H:%M}"
            text = _("{day}, {time}", day=f"{short_weekday(local)} {local.day}", time=time) if wide else time
            yield Mark(round(100 * (moment - begin) / (end - begin), 2), text)


def value_marks(frame: Frame, figures: Callable[[float], str]) -> Iterator[Mark]:
    """Mark round values from the bottom up, as close as they have room."""
    least = (frame.top - frame.bottom) * MARK_HEIGHT / PLACE_HEIGHT
    magnitude = 10.0 ** floor(log10(least))
    step = magnitude * next(one for one in VALUE_STEPS if one * magnitude >= least)
    for number in range(ceil(frame.bottom / step), floor(frame.top / step) + 1):
        yield Mark(round(frame.height_of(number * step), 2), figures(number * step))


def in_figures(value: float, unit: str) -> str:
    """Write a round value: €1,200, 2.5 %, 0.25 s; a currency's sign stands before it."""
    text = f"{value:,.3f}".rstrip("0").rstrip(".")
    return f"{unit}{text}" if unit[:1] in tuple("€$£¥₹") else f"{text}{unit}"
