"""Which model scores from when: the models that were published, and what was decided about them."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from schemas.model import CHAMPION_LINE, Model
from schemas.promotion import Promotion

__all__ = ["Standing", "in_order", "standing_at", "timeline"]


class Standing(NamedTuple):
    """What holds at a moment.

    Parameters
    ----------
    version
        The model that scores; none before the first one.
    line
        The line that was promoted last.
    is_pinned
        Whether it stays whatever is published or promoted.

    """

    version: str | None
    line: str
    is_pinned: bool


def in_order(promotions: Sequence[Promotion]) -> list[Promotion]:
    """Sort decisions by when they hold from, and of two from the same moment by when they were made."""
    return sorted(promotions, key=lambda one: (one.valid_from, one.at, one.key))


def timeline(
    models: Mapping[str, Model], promotions: Sequence[Promotion], line: str = CHAMPION_LINE
) -> list[tuple[float, Standing]]:
    """Work out from when, in seconds since 1970, what scores; from the first model on.

    A decision about a model that is not known changes nothing: what stood before it stands. One from before
    the model is valid holds from when it is, for the model has seen what became known until then.

    Parameters
    ----------
    models
        By version.
    promotions
        In any order.
    line
        What scores before the first decision.

    Cost: 2 µs a model.

    """
    decided: list[tuple[float, int, int, Model | Promotion]] = [
        (model.valid_from.timestamp(), 0, place, model)
        for place, model in enumerate(sorted(models.values(), key=lambda one: one.version))
    ]
    for place, one in enumerate(in_order(promotions)):
        if one.action == "rewind" or (one.version is not None and one.version not in models):
            continue
        begin = one.valid_from.timestamp()
        if one.version is not None:
            begin = max(begin, models[one.version].valid_from.timestamp())
        decided.append((begin, 1, place, one))
    newest: dict[str, str] = {}
    promoted: str | None = None
    pinned: str | None = None
    steps: list[tuple[float, Standing]] = []
    for begin, _, _, what in sorted(decided, key=lambda one: one[:3]):
        if isinstance(what, Model):
            newest[what.line] = what.version
            if what.line == line:
                promoted = None
        elif what.action == "promote":
            line, promoted = what.line or line, what.version
        else:
            pinned = what.version
        version = pinned or promoted or newest.get(line)
        standing = Standing(version, line, pinned is not None)
        if version is None or (steps and steps[-1][1] == standing):
            continue
        if steps and steps[-1][0] == begin:
            steps.pop()
        steps.append((begin, standing))
    return steps


def standing_at(steps: Sequence[tuple[float, Standing]], seconds: float) -> Standing:
    """Say what of a timeline holds at a moment."""
    place = bisect_right(steps, seconds, key=lambda step: step[0])
    return steps[place - 1][1] if place else Standing(None, CHAMPION_LINE, is_pinned=False)
