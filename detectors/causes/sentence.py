"""An explanation in one sentence."""

from datetime import timedelta

from detectors.causes.explain import SURE
from detectors.causes.question import Question, Surroundings
from detectors.causes.words import changed, figure_text, scope_words
from detectors.watch.wording import share
from schemas.causes import Explanation

__all__ = ["sentence"]

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TELLING = 0.1
"""A change by less is no change to people. Chosen."""

LONGEST = 600
"""As the contract says."""


def sentence(
    question: Question, told: Explanation, figures: tuple[float, float], around: Surroundings
) -> str:
    """Say it in one sentence.

    Parameters
    ----------
    question, told, around
        What was asked, what was found, what is known beside.
    figures
        What the figure is and usually is, in minor units where it is money.

    """
    measure = question.measure
    scope = scope_words(question.scope, around.store_names)
    words = measure.words.removeprefix("goods ") if question.scope.category else measure.words
    what = f"{scope} {words}" if scope else words.capitalize()
    clock = f"{question.since.astimezone(around.zone):%H:%M}"
    value, usual = figure_text(measure, figures[0]), figure_text(measure, figures[1])
    if not told.days:
        text = f"{what} {value} since {clock}: no earlier day to hold it against"
    elif told.surprise < SURE:
        off = changed(*figures) if figures[1] > 0 and abs(figures[0] / figures[1] - 1) >= TELLING else ""
        so = f"{off} since {clock}, which may be chance" if off else f"as usual since {clock}"
        text = f"{what} {so}: {value} (usual {usual}){but(told)}"
    else:
        by = f"{value} (usual {usual})" if measure.unit == "share" else changed(*figures)
        text = f"{what} {by} since {clock}{because(told)}"
    text += shortly_before(question, told)
    if told.left_out:
        names = ", ".join(one.name for one in told.left_out[:3])
        more = len(told.left_out) - 3
        names += f" and {more} more" if more > 0 else ""
        text += f"; {names} silent, so left out"
    if told.completeness is not None:
        text += f"; data {complete(told.completeness)} complete"
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def shortly_before(question: Question, told: Explanation) -> str:
    """Name what somebody said to have happened in the hour before; that it is the cause is not said."""
    near = [one for one in told.nearby if one.told and timedelta() <= question.since - one.at <= HOUR]
    if not told.causes or not near:
        return ""
    minutes = (question.since - near[0].at) / MINUTE
    return f"; {minutes:.0f} min before: {near[0].text}"


def but(told: Explanation) -> str:
    """Name the part that changed though the total did not."""
    if not told.causes:
        return ""
    cause = told.causes[0]
    off = changed(cause.actual, cause.expected) if told.unit != "share" else "changed"
    return f", but {cause.words} {off}" + (f": {told.figures[0].text}" if told.figures else "")


def because(told: Explanation) -> str:
    """Say what it comes from."""
    if not told.causes:
        return ": everywhere alike, no single cause" if told.evenly else ": no single cause"
    parts = [f"{part_of_it(cause.share)} {cause.words}" for cause in told.causes[:2]]
    text = f", {parts[0]}"
    if told.figures:
        text += f": {told.figures[0].text}"
    return text + (f"; {parts[1]}" if len(parts) > 1 else "")


def part_of_it(part: float) -> str:
    """Write a cause's share; where the rest went the other way it is more than the whole."""
    if part > 1.05:
        return "more than all of it"
    return "all of it" if part >= 0.995 else f"{share(part)} of it"


def complete(part: float) -> str:
    """Write completeness; 100 % only if nothing is missing."""
    return "100 %" if part >= 1 else f"{min(99.9, 100 * part):.1f} %"
