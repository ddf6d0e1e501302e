"""The answer to "why did it fall?": causes, what else changed in the first of them, one sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from detectors.causes.explain import SURE, explain
from detectors.causes.explain import Explanation as Found
from detectors.causes.figures import FigureRows, Taken, take_apart
from detectors.causes.measures import MEASURES, Measure, SourceKind
from detectors.causes.parts import Parts
from detectors.causes.search import covered, gain
from detectors.causes.words import changed, figure_text, part_words, scope_words
from detectors.watch.wording import share
from schemas.causes import DimensionValue, Explanation, Figure, LeftOut, Nearby, PartCause

__all__ = ["Question", "Surroundings", "why"]

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

COMPANIONS = ("pay_errors", "decline_share", "declined", "views", "pays", "orders")
"""What may have changed beside a figure, in the order in which it is told."""


@dataclass(frozen=True)
class Question:
    """What is asked.

    Parameters
    ----------
    measure
        Which figure.
    since, until
        Whole minutes, `until` not included.
    store_id, channel
        Where; empty = everywhere.

    """

    measure: Measure
    since: datetime
    until: datetime
    store_id: str = ""
    channel: str = ""


@dataclass(frozen=True)
class Surroundings:
    """What the answer needs beside figures.

    Parameters
    ----------
    zone
        For times on the wall.
    store_names
        By id.
    left_out
        Places that are silent; their rows must not be among the figures.
    nearby
        What else happened, nearest first.
    completeness
        Share of events that arrived, of the places that are not left out.

    """

    zone: ZoneInfo
    store_names: Mapping[str, str]
    left_out: tuple[LeftOut, ...] = ()
    nearby: tuple[Nearby, ...] = ()
    completeness: float | None = None


def why(question: Question, figures: Mapping[SourceKind, FigureRows], around: Surroundings) -> Explanation:
    """Explain a figure.

    Parameters
    ----------
    question
        What is asked.
    figures
        Of payments and clicks, by kind; only those of the question's place.
    around
        Names, silence and events nearby.

    Cost: 15 ms for an hour of 40 stores, 60 ms for 5,000 parts; without reading them.
    """
    measure = question.measure
    rows = figures[measure.source]
    taken = take_apart(rows, measure, telling(rows, measure))
    found = explain(taken.parts)
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
        store_id=question.store_id or None,
        channel=question.channel or None,
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
    return draft.model_copy(update={"sentence": sentence(question, draft, taken, around)})


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
    rest = [one for _, one in sorted(found, key=lambda pair: -pair[0]) if one.unit != "share"]
    return tuple((ratios + rest)[:5])


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


def sentence(question: Question, told: Explanation, taken: Taken, around: Surroundings) -> str:
    """Say it in one sentence."""
    measure = question.measure
    scope = scope_words(question.store_id, question.channel, around.store_names)
    what = f"{scope} {measure.words}" if scope else measure.words.capitalize()
    clock = f"{question.since.astimezone(around.zone):%H:%M}"
    value, usual = figure_text(measure, taken.actual), figure_text(measure, taken.expected)
    if not told.days:
        text = f"{what} {value} since {clock}: no earlier day to hold it against"
    elif told.surprise < SURE:
        text = f"{what} as usual since {clock}: {value} (usual {usual}){but(told)}"
    else:
        by = f"{value} (usual {usual})" if measure.unit == "share" else changed(taken.actual, taken.expected)
        text = f"{what} {by} since {clock}{because(told)}"
    text += shortly_before(question, told)
    if told.left_out:
        names = ", ".join(one.name for one in told.left_out[:3])
        more = len(told.left_out) - 3
        names += f" and {more} more" if more > 0 else ""
        text += f"; {names} silent, so left out"
    if told.completeness is not None:
        text += f"; data {complete(told.completeness)} complete"
    return text


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
