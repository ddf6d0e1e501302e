"""Whether the cause of a found incident is named first, where what went wrong is a part of a total."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from benchmarks.figure_log import FigureLog
from benchmarks.planted_causes import covering
from detectors.causes.explain import SURE, explain
from detectors.causes.figures import take_apart
from detectors.causes.measures import MEASURES
from detectors.causes.why import telling
from detectors.causes.windows import windows_of
from producers.cue_sheet import Incident
from producers.simulator.calendar import TIME_ZONE

__all__ = ["cause_is_first"]

ZONE = ZoneInfo(TIME_ZONE)
MINUTE = timedelta(minutes=1)


def cause_is_first(log: FigureLog, incident: Incident, since: datetime) -> bool | None:
    """Explain a total as the alert's page would, and compare the first cause with the truth.

    Of a broken checkout the app's errors, else its payments, and the truth is the release or, by another
    name, its platform; of a store whose sales collapse the payments of all stores. None for other incidents:
    what falls everywhere alike, as a category that nobody can buy, is no part of its alert's total.

    Parameters
    ----------
    log
        Figures of the days before and of the incident's.
    incident
        The truth.
    since
        When it began, as the alert says; it is looked at to its end.

    """
    if incident.kind == "broken_checkout":
        version, device = incident.others
        true = ((("app_version", version),), (("device", device),))
        return first_is(log, since, incident.ends_at, ("pay_errors", "orders"), true, store_id="app")
    if incident.kind == "collapsed_sales" and incident.store_id is not None:
        return first_is(log, since, incident.ends_at, ("orders",), ((("store_id", incident.store_id),),))
    return None


def first_is(
    log: FigureLog,
    since: datetime,
    until: datetime,
    metrics: tuple[str, ...],
    true: tuple[tuple[tuple[str, str], ...], ...],
    *,
    store_id: str = "",
) -> bool:
    """Say whether the first cause of the first figure that has one covers a true part, and nothing else."""
    figures = log.figures(windows_of(since, max(until, since + MINUTE), ZONE), store_id=store_id)
    for name in metrics:
        measure = MEASURES[name]
        rows = figures[measure.source]
        parts = take_apart(rows, measure, telling(rows, measure)).parts
        found = explain(parts, -1 if measure.bad == "low" else 1)
        if found.causes and (found.surprise >= SURE or name == metrics[-1]):
            first, matters = covering(parts, found.causes[0].values), parts.actual + parts.expected > 0
            wanted = [covering(parts, one) for one in true]
            return first is not None and any(
                one is not None and bool((one == first)[matters].all()) for one in wanted
            )
    return False
