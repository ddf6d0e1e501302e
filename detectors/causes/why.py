"""The answer to "why did it fall?": causes, and what else changed in the first of them."""

from collections.abc import Mapping, Sequence

import numpy as np

from detectors.causes.explain import SURE, explain
from detectors.causes.explain import Explanation as Found
from detectors.causes.figures import FigureRows, Taken, take_apart
from detectors.causes.measures import MEASURES, Measure, SourceKind
from detectors.causes.parts import Parts
from detectors.causes.question import Question, Surroundings
from detectors.causes.search import covered, gain
from detectors.causes.sentence import sentence
from detectors.causes.words import changed, figure_text, part_words
from detectors.watch.wording import share
from schemas.causes import DimensionValue, Explanation, Figure, PartCause

__all__ = ["why"]

COMPANIONS = ("pay_errors", "decline_share", "declined", "views", "pays", "orders")
"""What may have changed beside a figure, in the order in which it is told."""


def why(question: Question, figures: Mapping[SourceKind, FigureRows], around: Surroundings) -> Explanation:
    """Explain a figure.

    Parameters
    ----------
    question
        What is asked.
    figures
        Of payments and clicks, by kind; only those of the question's scope.
    around
        Names, silence and events nearby.

    Cost: 14 ms for an hour of the simulated 40 stores, without reading it.
    """
    measure = question.measure
    rows = figures[measure.source]
    taken = take_apart(rows, measure, telling(rows, measure))
    found = explain(taken.parts, -1 if measure.bad == "low" else 1)
    scale = (
        (taken.actual - taken.expected - taken.mix) / found.change if measure.per and found.change else 1.0
    )
    causes = tuple(
        PartCause(
            values=tuple(DimensionValue(dimension=name, value=value) for name, value in cause.values),
            words=part_words(also(taken.parts, cause.values), around.store_names),
            actual=in_unit(cause.actual, measure, scale),
            expected=in_unit(cause.expected, measure, scale),
            share=round(of_change(cause.change * scale, taken), 6),
            surprise=round(cause.surprise, 3),
            partly=cause.partly,
        )
        for cause in found.causes
    )
    companions = changed_too(question, found.causes[0].values if causes else (), figures)
    draft = Explanation(
        metric=measure.name,
        unit=measure.unit,
        since=question.since,
        until=question.until,
        store_id=question.scope.store_id or None,
        channel=question.scope.channel or None,
        region=question.scope.region or None,
        payment_method=question.scope.payment_method or None,
        category=question.scope.category or None,
        actual=in_unit(taken.actual, measure, 1.0),
        expected=in_unit(taken.expected, measure, 1.0),
        surprise=round(found.surprise, 3),
        evenly=found.evenly,
        causes=causes,
        rest_share=round(of_change(rest(found, taken, scale), taken), 6),
        mix_share=round(of_change(taken.mix, taken), 6),
        figures=companions,
        nearby=around.nearby,
        left_out=around.left_out,
        completeness=around.completeness,
        days=days_there(rows),
        sentence="…",
    )
    return draft.model_copy(
        update={"sentence": sentence(question, draft, (taken.actual, taken.expected), around)}
    )


SAID_TOO = ("device", "payment_method", "app_version")
"""Dimensions that are named where all of a cause has one value of them, though others name it already."""


def also(parts: Parts, values: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Add what else is the same of all that a cause covers: release 5.3.0 may be Android's alone.

    Examples
    --------
    >>> names = (("5.2.1", "5.3.0"), ("android", "ios"))
    >>> codes = np.array([[0, 0], [0, 1], [1, 0]])
    >>> parts = Parts(("app_version", "device"), names, codes, np.ones(3), np.ones(3))
    >>> also(parts, [("app_version", "5.3.0")])
    [('app_version', '5.3.0'), ('device', 'android')]

    """
    place = {name: number for number, name in enumerate(parts.dimensions)}
    coded = tuple((place[name], parts.names[place[name]].index(value)) for name, value in values)
    rows = covered(parts, coded) & (parts.actual + parts.expected > parts.uncertainty)
    found = list(values)
    for name in SAID_TOO:
        if name in place and place[name] not in dict(coded):
            seen = set(parts.codes[rows, place[name]].tolist())
            value = parts.names[place[name]][seen.pop()] if len(seen) == 1 else ""
            if value and len(parts.names[place[name]]) > 1:
                found.append((name, value))
    return found


def rest(found: Found, taken: Taken, scale: float) -> float:
    """Give what neither causes nor the mix explain, in the figure's unit."""
    return taken.actual - taken.expected - taken.mix - scale * sum(cause.change for cause in found.causes)


def telling(rows: FigureRows, measure: Measure) -> tuple[str, ...]:
    """Leave out dimensions that say the same of all rows, but for the place, by which odd days are known."""
    return tuple(
        name
        for place, name in enumerate(measure.dimensions)
        if place == 0 or len(set(rows.columns[name].tolist())) > 1
    )


def in_unit(value: float, measure: Measure, scale: float) -> float:
    """Turn minor units into whole ones, and a ratio's numerators into its unit."""
    return round(value / 100 if measure.unit == "EUR" else value * scale, 6)


def of_change(part: float, taken: Taken) -> float:
    """Give a share of the whole change."""
    whole = taken.actual - taken.expected
    return part / whole if whole else 0.0


def days_there(rows: FigureRows) -> int:
    """Count the earlier days that have any figures."""
    return len(set(rows.day[rows.day > 0].tolist()))


def changed_too(
    question: Question, values: Sequence[tuple[str, str]], figures: Mapping[SourceKind, FigureRows]
) -> tuple[Figure, ...]:
    """Find what else is unusual in the first cause's part, the most surprising first."""
    found: list[tuple[float, Figure]] = []
    for name in COMPANIONS:
        measure = MEASURES[name]
        if name == question.measure.name or measure.source not in figures:
            continue
        rows = figures[measure.source].having(values)
        taken = take_apart(rows, measure, ("store_id",))
        nats, bad = surprise_of(taken, measure)
        if nats >= SURE and bad and taken.actual != taken.expected:
            usual = figure_text(measure, taken.expected)
            text = f"{measure.words} {figure_text(measure, taken.actual)} (usual {usual})"
            if measure.unit != "share":
                text = f"{measure.words} {changed(taken.actual, taken.expected)}"
            if name == "pay_errors":
                text += release(rows)
            found.append((nats, Figure(
                text=text, value=round(taken.actual, 6), usual=round(taken.expected, 6), unit=measure.unit,
            )))  # fmt: skip
    ratios = [one for _, one in found if one.unit == "share"]
    others = [one for _, one in sorted(found, key=lambda pair: -pair[0]) if one.unit != "share"]
    return tuple((ratios + others)[:5])


def surprise_of(taken: Taken, measure: Measure) -> tuple[float, bool]:
    """Say how surprising a figure is, and whether it is off in its bad direction."""
    parts: Parts = taken.parts
    actual, expected = parts.actual.sum(), parts.expected.sum()
    nats = float(gain(np.array(actual), np.array(expected), parts))
    return nats, (actual < expected) == (measure.bad == "low")


def release(rows: FigureRows) -> str:
    """Name the release whose errors these are, if it is one."""
    measure = MEASURES["errors"]
    dimensions = ("store_id", "app_version")
    found = explain(take_apart(rows, measure, dimensions).parts).causes
    for name, value in found[0].values if found else ():
        if name == "app_version" and value:
            return f", {share(min(1.0, found[0].share))} of them in release {value}"
    return ""
