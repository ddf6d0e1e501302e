"""Series of values as paths of an SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Frame"]

Values = Sequence[float | None]


@dataclass(frozen=True)
class Frame:
    """Where values lie: `bottom` at the lower edge and `top` at the upper one, each less the margin."""

    width: float
    height: float
    bottom: float
    top: float
    margin: float = 0

    def height_of(self, value: float) -> float:
        """Place a value; the upper edge is 0."""
        share = (value - self.bottom) / (self.top - self.bottom or 1.0)
        return self.margin + (self.height - 2 * self.margin) * (1 - share)

    def point(self, index: int, count: int, value: float) -> str:
        """Write the place of one of so many values, which are spread evenly."""
        return f"{index * self.width / max(1, count - 1):.1f} {self.height_of(value):.1f}"

    def line(self, values: Values) -> str:
        """Write the line, which lifts the pen where a value is unknown."""
        words: list[str] = []
        drawing = False
        for index, value in enumerate(values):
            if value is None:
                drawing = False
                continue
            words.append(f"{'L' if drawing else 'M'}{self.point(index, len(values), value)}")
            drawing = True
        return "".join(words)

    def area(self, low: Values, high: Values) -> str:
        """Write what lies between two lines: a closed path of each stretch where both are known."""
        count = len(high)
        stretches: list[list[tuple[int, float, float]]] = [[]]
        for index, (lower, upper) in enumerate(zip(low, high, strict=True)):
            if lower is not None and upper is not None:
                stretches[-1].append((index, lower, upper))
            elif stretches[-1]:
                stretches.append([])
        paths = []
        for stretch in filter(None, stretches):
            there = [self.point(index, count, upper) for index, _, upper in stretch]
            back = [self.point(index, count, lower) for index, lower, _ in reversed(stretch)]
            paths.append("M" + "L".join(there + back) + "Z")
        return "".join(paths)
