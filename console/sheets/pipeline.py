"""Pipeline: is the machinery well, what waits, what was refused, who is missing, and which versions run."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from console.dead_letters.address import letters_address
from console.panels.pipeline import PACE, SILENT_SECONDS, to_alert
from console.panels.pipeline import WORKERS as HEARD
from console.panels.pipeline import alive as living_of
from console.panels.synthetic import SYNTHETIC, silent_for
from console.sheets.blocks import Body, Chart, Column, Figure, Level, Line, LineStyle, Row, Table, row
from console.sheets.pipeline_rows import (
    AGENTS,
    LATENCY,
    REFUSED,
    SOURCES,
    THROUGHPUT,
    VERSIONS,
    WAITING,
    AgentRow,
    RefusedRow,
    SourceRow,
    VersionRow,
)
from console.sheets.sheet import Scene, Sheet
from console.status import COMPLETE_ENOUGH, LAG_NOW_SECONDS, LAG_SOON_SECONDS
from console.wording import UNKNOWN, age, count, duration_ms, percent, rate

__all__ = ["PIPELINE"]

TOPICS: dict[str, tuple[str, LineStyle]] = {
    "transactions": ("Payments", "actual"),
    "clicks": ("Clicks", "second"),
    "stock-movements": ("Stock movements", "third"),
}
AGENT_COLUMNS = (
    Column("agent", "Agent"),
    Column("state", "State"),
    Column("lag", "Waiting", "number"),
    Column("oldest", "Oldest", "number"),
    Column("p99", "p99", "number"),
    Column("events", "Processed", "number"),
    Column("repeats", "Repeats", "number"),
    Column("refused", "Refused", "number"),
    Column("partitions", "Partitions", "number"),
    Column("worker", "Worker", "long"),
)
REFUSED_COLUMNS = (
    Column("last_at", "Last"),
    Column("topic", "Topic"),
    Column("reason", "Reason", "long"),
    Column("kind", "Kind"),
    Column("records", "Records", "number"),
    Column("place", "Last stands at", "long"),
)
SOURCE_COLUMNS = (
    Column("source", "Source"),
    Column("store", "Store"),
    Column("topic", "Topic"),
    Column("complete", "Complete", "number"),
    Column("missing", "Missing", "number"),
    Column("sent", "Sent", "number"),
    Column("spooled", "Spooled", "number"),
    Column("heard", "Heard", "number"),
)
VERSION_COLUMNS = (
    Column("model", "Model"),
    Column("features", "Features"),
    Column("rules", "Rules"),
    Column("payments", "Payments", "number"),
    Column("since", "First", "number"),
    Column("last", "Last", "number"),
)


def compose(scene: Scene) -> Body:
    """Write the sheet."""
    return Body(figures=figures(scene), charts=charts(scene), tables=tables(scene))


def figures(scene: Scene) -> dict[str, Figure]:
    """Write seven figures, the ones that say whether alerts come in time."""
    readings = scene.readings
    pace, agents = readings.first(PACE), readings.of(AGENTS)
    alive = [one for one in agents if silence(one, scene) <= SILENT_SECONDS]
    oldest = max((one.oldest_unprocessed_seconds for one in alive), default=None)
    latency, latency_label, parts = to_alert(living_of(readings.of(HEARD), scene.newest), pace)
    sources = readings.of(SOURCES)
    sent, arrived = sum(one.sent for one in sources), sum(one.arrived for one in sources)
    complete = arrived / sent if sent else None
    refused = sum(one.records for one in readings.of(REFUSED)) if asked(scene) else None
    waiting = sum(one.lag for one in alive) if alive else None
    return {
        "events": Figure(
            "Events a second",
            pace.events_per_second if pace else None,
            rate(pace.events_per_second) if pace else UNKNOWN,
            "events/s",
            "last 10 s",
        ),
        "latency": Figure(latency_label, latency, duration_ms(latency), "ms", parts),
        "oldest": Figure(
            "Oldest waiting event",
            oldest,
            "none" if oldest == 0 else age(oldest),
            "s",
            "of all agents",
            lag_level(oldest),
        ),
        "waiting": Figure("Events waiting", waiting, count(waiting), "events", "of all agents"),
        "synthetic": synthetic_figure(scene),
        "complete": Figure(
            "Complete",
            complete,
            UNKNOWN if complete is None else percent(complete, 2),
            "share",
            f"{count(sent - arrived)} events missing" if sent else "no source says what it sent",
            "silent" if complete is not None and complete < COMPLETE_ENOUGH else "",
        ),
        "refused": Figure(
            "Dead letters", refused, count(refused), "records", "within the range", "soon" if refused else ""
        ),
    }


def synthetic_figure(scene: Scene) -> Figure:
    """Write how long the last synthetic payment took from Kafka to the judge's answer, and when that was."""
    last = scene.readings.first(SYNTHETIC)
    if last is None:
        return Figure("Synthetic payment", None, UNKNOWN, "ms", "none came through in 24 hours")
    return Figure(
        "Synthetic payment",
        last.answer_ms,
        duration_ms(last.answer_ms),
        "ms",
        f"{duration_ms(last.score_ms)} to its score; {ago(scene, last.last_at)} ago",
        "silent" if silent_for(last, scene.wall) is not None else "",
    )


def asked(scene: Scene) -> bool:
    """Whether the store has ever said what was refused: none is a figure, not known is another."""
    return REFUSED.name in scene.readings.read_at


def charts(scene: Scene) -> dict[str, Chart]:
    """Draw what came in, how long it waited for a score, and what waited at all."""
    times, zone = scene.span.times(), scene.zone.key
    scored, waited = scene.readings.of(LATENCY), scene.readings.of(WAITING)
    p99 = by_time((one.at, one.p99_ms) for one in scored)
    p50 = by_time((one.at, one.p50_ms) for one in scored)
    oldest = by_time((one.moment, one.oldest_seconds) for one in waited)
    return {
        "throughput": Chart(
            "Events a second",
            "Events a second that reached Kafka: payments, clicks and stock movements",
            "",
            zone,
            times,
            arrivals(scene, times),
            scene.note("as Kafka took them", THROUGHPUT),
        ),
        "latency": Chart(
            "Payment to score",
            "Milliseconds that payments waited for their score: median and slowest hundredth",
            " ms",
            zone,
            times,
            (
                Line("slowest hundredth", "actual", tuple(p99.get(moment) for moment in times)),
                Line("median", "second", tuple(p50.get(moment) for moment in times)),
            ),
            scene.note("from Kafka to the score", LATENCY),
        ),
        "waiting": Chart(
            "Oldest waiting event",
            "Seconds that the oldest unprocessed event has waited, of all agents",
            " s",
            zone,
            times,
            (Line("oldest", "actual", tuple(oldest.get(moment) for moment in times)),),
            scene.note("of all agents", WAITING),
        ),
    }


def arrivals(scene: Scene, times: Sequence[int]) -> tuple[Line, ...]:
    """Draw the events of each topic: none is a 0 after the first that is known, and not known before."""
    rows = scene.readings.of(THROUGHPUT)
    began = min((one.at for one in rows), default=None)
    lines = []
    for topic, (name, style) in TOPICS.items():
        came = by_time((one.at, one.per_second) for one in rows if one.topic == topic)
        values = tuple(None if began is None or moment < began else came.get(moment, 0.0) for moment in times)
        lines.append(Line(name, style, values))
    return tuple(lines)


def by_time(points: Iterable[tuple[int, float]]) -> dict[int, float]:
    """Index the points of a line."""
    return {moment: round(value, 3) for moment, value in points}


def tables(scene: Scene) -> dict[str, Table]:
    """Write who works, what was refused, who is missing, and what scores."""
    readings = scene.readings
    return {
        "agents": Table(
            "Agents",
            AGENT_COLUMNS,
            tuple(agent_row(one, scene) for one in readings.of(AGENTS)),
            "No agent has reported within five minutes: nothing is scored and nobody is watching.",
            scene.note("counts since each process began", AGENTS),
        ),
        "dead_letters": Table(
            "Dead letters",
            REFUSED_COLUMNS,
            tuple(refused_row(one, scene) for one in readings.of(REFUSED)),
            "Nothing was refused within the range.",
            scene.note(
                "records that could not be used, and why; open a reason to see and replay them", REFUSED
            ),
        ),
        "sources": Table(
            "Completeness by source",
            SOURCE_COLUMNS,
            tuple(source_row(one, scene) for one in readings.of(SOURCES)),
            "No source has sent a heartbeat in 24 hours, so nobody knows what is missing.",
            scene.note("what sources say they sent, and what of it is here; most missing first", SOURCES),
        ),
        "versions": Table(
            "Versions at work",
            VERSION_COLUMNS,
            tuple(version_row(one, scene) for one in readings.of(VERSIONS)),
            "No payment was scored in the last 15 minutes.",
            scene.note("payments scored in the last 15 min", VERSIONS),
        ),
    }


def silence(one: AgentRow, scene: Scene) -> float:
    """Compute the seconds since an agent spoke, seen from the newest record in the store."""
    return max(0.0, (scene.newest - one.heard_at).total_seconds())


def lag_level(seconds: float | None) -> Level:
    """Judge how long something has waited, as the sentence on Now does."""
    if seconds is None or seconds <= LAG_SOON_SECONDS:
        return ""
    return "now" if seconds > LAG_NOW_SECONDS else "soon"


def agent_row(one: AgentRow, scene: Scene) -> Row:
    """Write an agent."""
    silent = silence(one, scene)
    state, level = one.state, lag_level(one.oldest_unprocessed_seconds)
    if silent > SILENT_SECONDS:
        state, level = f"silent for {age(silent)}", "now"
    elif one.state != "running":
        level = level or "soon"
    return row(
        f"{one.agent}|{one.worker}",
        AGENT_COLUMNS,
        one.agent,
        state,
        (one.lag, count(one.lag)),
        (one.oldest_unprocessed_seconds, age(one.oldest_unprocessed_seconds) if one.lag else "none"),
        (one.latency_p99_ms, duration_ms(one.latency_p99_ms)),
        (one.events, count(one.events)),
        (one.repeats, count(one.repeats)),
        (one.refused, count(one.refused)),
        (one.partitions, count(one.partitions)),
        one.worker,
        level=level,
    )


def refused_row(one: RefusedRow, scene: Scene) -> Row:
    """Write one reason."""
    place = f"partition {one.last_partition}, offset {one.last_offset}"
    return row(
        f"{one.topic}|{one.kind}|{one.reason}",
        REFUSED_COLUMNS,
        (one.last_at.isoformat(), f"{ago(scene, one.last_at)} ago"),
        one.topic,
        one.reason,
        one.kind,
        (one.records, count(one.records)),
        place,
        level="soon",
        address=letters_address(one.topic, one.kind, one.reason),
    )


def source_row(one: SourceRow, scene: Scene) -> Row:
    """Write one source."""
    share = one.arrived / one.sent if one.sent else None
    return row(
        f"{one.source}|{one.topic}",
        SOURCE_COLUMNS,
        one.source,
        (one.store, scene.name_of(one.store) or UNKNOWN),
        one.topic,
        (share, UNKNOWN if share is None else percent(share, 2)),
        (one.sent - one.arrived, count(one.sent - one.arrived)),
        (one.sent, count(one.sent)),
        (one.spooled, count(one.spooled)),
        (one.heard_at.isoformat(), f"{ago(scene, one.heard_at)} ago"),
        level="silent" if share is not None and share < COMPLETE_ENOUGH else "",
    )


def version_row(one: VersionRow, scene: Scene) -> Row:
    """Write one combination of versions."""
    return row(
        f"{one.model}|{one.features}|{one.rules}",
        VERSION_COLUMNS,
        one.model or "no model",
        one.features or UNKNOWN,
        (one.rules or None, f"set {one.rules}" if one.rules else "none"),
        (one.payments, count(one.payments)),
        (one.first_at.isoformat(), f"{ago(scene, one.first_at)} ago"),
        (one.last_at.isoformat(), f"{ago(scene, one.last_at)} ago"),
    )


def ago(scene: Scene, moment: datetime) -> str:
    """Write how long ago something of the wall's clock was."""
    return age((scene.wall - moment).total_seconds())


PIPELINE = Sheet(
    name="pipeline",
    path="/pipeline",
    title="Pipeline",
    purpose="Whether events arrive, are worked on in time, and are complete.",
    queries=(PACE, SYNTHETIC, THROUGHPUT, LATENCY, WAITING, AGENTS, REFUSED, SOURCES, VERSIONS),
    compose=compose,
    lengths=("1h", "15m", "6h", "24h", "7d"),
    clock="wall",
)
