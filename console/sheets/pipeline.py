"""Pipeline: is the machinery well, what waits, what was refused, who is missing, and which versions run."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from console.dead_letters.address import letters_address
from console.language import N_, _
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
    "transactions": (N_("Payments"), "actual"),
    "clicks": (N_("Clicks"), "second"),
    "stock-movements": (N_("Stock movements"), "third"),
}
AGENT_COLUMNS = (
    Column("agent", N_("Agent")),
    Column("state", N_("State")),
    Column("lag", N_("Waiting"), "number"),
    Column("oldest", N_("Oldest"), "number"),
    Column("p99", "p99", "number"),
    Column("events", N_("Processed"), "number"),
    Column("repeats", N_("Repeats"), "number"),
    Column("refused", N_("Refused"), "number"),
    Column("partitions", N_("Partitions"), "number"),
    Column("worker", N_("Worker"), "long"),
)
REFUSED_COLUMNS = (
    Column("last_at", N_("Last")),
    Column("topic", N_("Topic")),
    Column("reason", N_("Reason"), "long"),
    Column("kind", N_("Kind")),
    Column("records", N_("Records"), "number"),
    Column("place", N_("Last stands at"), "long"),
)
SOURCE_COLUMNS = (
    Column("source", N_("Source")),
    Column("store", N_("Store")),
    Column("topic", N_("Topic")),
    Column("complete", N_("Complete"), "number"),
    Column("missing", N_("Missing"), "number"),
    Column("sent", N_("Sent"), "number"),
    Column("spooled", N_("Spooled"), "number"),
    Column("heard", N_("Heard"), "number"),
)
VERSION_COLUMNS = (
    Column("model", N_("Model")),
    Column("features", N_("Features")),
    Column("rules", N_("Rules")),
    Column("payments", N_("Payments"), "number"),
    Column("since", N_("First"), "number"),
    Column("last", N_("Last"), "number"),
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
            _("Events a second"),
            pace.events_per_second if pace else None,
            rate(pace.events_per_second) if pace else UNKNOWN,
            "events/s",
            _("last 10 s"),
        ),
        "latency": Figure(latency_label, latency, duration_ms(latency), "ms", parts),
        "oldest": Figure(
            _("Oldest waiting event"),
            oldest,
            _("none") if oldest == 0 else age(oldest),
            "s",
            _("of all agents"),
            lag_level(oldest),
        ),
        "waiting": Figure(_("Events waiting"), waiting, count(waiting), "events", _("of all agents")),
        "synthetic": synthetic_figure(scene),
        "complete": Figure(
            _("Complete"),
            complete,
            UNKNOWN if complete is None else percent(complete, 2),
            "share",
            _("{number} events missing", number=count(sent - arrived))
            if sent
            else _("no source says what it sent"),
            "silent" if complete is not None and complete < COMPLETE_ENOUGH else "",
        ),
        "refused": Figure(
            _("Dead letters"),
            refused,
            count(refused),
            "records",
            _("within the range"),
            "soon" if refused else "",
        ),
    }


def synthetic_figure(scene: Scene) -> Figure:
    """Write how long the last synthetic payment took from Kafka to the judge's answer, and when that was."""
    last = scene.readings.first(SYNTHETIC)
    if last is None:
        return Figure(_("Synthetic payment"), None, UNKNOWN, "ms", _("none came through in 24 hours"))
    return Figure(
        _("Synthetic payment"),
        last.answer_ms,
        duration_ms(last.answer_ms),
        "ms",
        _(
            "{latency} to its score; {age} ago",
            latency=duration_ms(last.score_ms),
            age=ago(scene, last.last_at),
        ),
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
            _("Events a second"),
            _("Events a second that reached Kafka: payments, clicks and stock movements"),
            "",
            zone,
            times,
            arrivals(scene, times),
            scene.note(_("as Kafka took them"), THROUGHPUT),
        ),
        "latency": Chart(
            _("Payment to score"),
            _("Milliseconds that payments waited for their score: median and slowest hundredth"),
            " ms",
            zone,
            times,
            (
                Line(_("slowest hundredth"), "actual", tuple(p99.get(moment) for moment in times)),
                Line(_("median"), "second", tuple(p50.get(moment) for moment in times)),
            ),
            scene.note(_("from Kafka to the score"), LATENCY),
        ),
        "waiting": Chart(
            _("Oldest waiting event"),
            _("Seconds that the oldest unprocessed event has waited, of all agents"),
            " s",
            zone,
            times,
            (Line("oldest", "actual", tuple(oldest.get(moment) for moment in times)),),
            scene.note(_("of all agents"), WAITING),
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
        lines.append(Line(_(name), style, values))
    return tuple(lines)


def by_time(points: Iterable[tuple[int, float]]) -> dict[int, float]:
    """Index the points of a line."""
    return {moment: round(value, 3) for moment, value in points}


def tables(scene: Scene) -> dict[str, Table]:
    """Write who works, what was refused, who is missing, and what scores."""
    readings = scene.readings
    return {
        "agents": Table(
            _("Agents"),
            AGENT_COLUMNS,
            tuple(agent_row(one, scene) for one in readings.of(AGENTS)),
            _("No agent has reported within five minutes: nothing is scored and nobody is watching."),
            scene.note(_("counts since each process began"), AGENTS),
        ),
        "dead_letters": Table(
            _("Dead letters"),
            REFUSED_COLUMNS,
            tuple(refused_row(one, scene) for one in readings.of(REFUSED)),
            _("Nothing was refused within the range."),
            scene.note(
                _("records that could not be used, and why; open a reason to see and replay them"), REFUSED
            ),
        ),
        "sources": Table(
            _("Completeness by source"),
            SOURCE_COLUMNS,
            tuple(source_row(one, scene) for one in readings.of(SOURCES)),
            _("No source has sent a heartbeat in 24 hours, so nobody knows what is missing."),
            scene.note(_("what sources say they sent, and what of it is here; most missing first"), SOURCES),
        ),
        "versions": Table(
            _("Versions at work"),
            VERSION_COLUMNS,
            tuple(version_row(one, scene) for one in readings.of(VERSIONS)),
            _("No payment was scored in the last 15 minutes."),
            scene.note(_("payments scored in the last 15 min"), VERSIONS),
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
        state, level = _("silent for {age}", age=age(silent)), "now"
    elif one.state != "running":
        level = level or "soon"
    return row(
        f"{one.agent}|{one.worker}",
        AGENT_COLUMNS,
        one.agent,
        state,
        (one.lag, count(one.lag)),
        (one.oldest_unprocessed_seconds, age(one.oldest_unprocessed_seconds) if one.lag else _("none")),
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
    place = _(
        "partition {partition}, offset {offset}",
        partition=one.last_partition,
        offset=one.last_offset,
    )
    return row(
        f"{one.topic}|{one.kind}|{one.reason}",
        REFUSED_COLUMNS,
        (one.last_at.isoformat(), _("{age} ago", age=ago(scene, one.last_at))),
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
        (one.heard_at.isoformat(), _("{age} ago", age=ago(scene, one.heard_at))),
        level="silent" if share is not None and share < COMPLETE_ENOUGH else "",
    )


def version_row(one: VersionRow, scene: Scene) -> Row:
    """Write one combination of versions."""
    return row(
        f"{one.model}|{one.features}|{one.rules}",
        VERSION_COLUMNS,
        one.model or _("no model"),
        one.features or UNKNOWN,
        (one.rules or None, _("set {rules}", rules=one.rules) if one.rules else _("none")),
        (one.payments, count(one.payments)),
        (one.first_at.isoformat(), _("{age} ago", age=ago(scene, one.first_at))),
        (one.last_at.isoformat(), _("{age} ago", age=ago(scene, one.last_at))),
    )


def ago(scene: Scene, moment: datetime) -> str:
    """Write how long ago something of the wall's clock was."""
    return age((scene.wall - moment).total_seconds())


PIPELINE = Sheet(
    name="pipeline",
    path="/pipeline",
    title=N_("Pipeline"),
    purpose=N_("Whether events arrive, are worked on in time, and are complete."),
    queries=(PACE, SYNTHETIC, THROUGHPUT, LATENCY, WAITING, AGENTS, REFUSED, SOURCES, VERSIONS),
    compose=compose,
    lengths=("1h", "15m", "6h", "24h", "7d"),
    clock="wall",
)
