"""Models: which one scores, who challenges it, how well each did, and what drifted."""

from collections.abc import Sequence

from console.language import N_, _
from console.sheets.blocks import Body, Chart, Column, Figure, Line, LineStyle, Row, Table, row
from console.sheets.cells import bar_cell, count_cell, moment_cell, share_cell
from console.sheets.model_rows import (
    DECISIONS,
    DRIFTS,
    LISTED,
    MATURED,
    REASONS,
    DriftRow,
    ListedRow,
    MaturedRow,
    ReasonRow,
)
from console.sheets.pipeline_rows import VERSIONS
from console.sheets.sheet import Scene, Sheet
from console.wording import UNKNOWN, count, percent
from detectors.fraud.matured import CHAMPION

__all__ = ["MODELS"]

STYLES: tuple[LineStyle, ...] = ("second", "third", "before")
MODEL_COLUMNS = (
    Column("version", N_("Version")),
    Column("role", N_("Is")),
    Column("line", N_("Line")),
    Column("valid_from", N_("Scores from"), "number"),
    Column("labels", N_("Labels"), "number"),
    Column("frauds", N_("Frauds"), "number"),
    Column("precision", N_("Average precision"), "number"),
    Column("features", N_("Features"), "number"),
    Column("parent", N_("Parent")),
)
MATURED_COLUMNS = (
    Column("subject", N_("Line")),
    Column("until", N_("Up to"), "number"),
    Column("precision", N_("Average precision"), "number"),
    Column("low", N_("95 % from"), "number"),
    Column("high", N_("to"), "number"),
    Column("card_precision", N_("Card precision"), "number"),
    Column("payments", N_("Payments"), "number"),
    Column("frauds", N_("Frauds"), "number"),
    Column("unlabelled", N_("Without verdict"), "number"),
)
DRIFT_COLUMNS = (
    Column("figure", N_("Figure"), english=True),
    Column("segment", N_("Channel")),
    Column("found_at", N_("Found"), "number"),
    Column("usual", N_("Usual"), "number"),
    Column("now", N_("Now"), "number"),
    Column("shift", N_("Shift"), "number"),
)
FEATURE_COLUMNS = (
    Column("feature", N_("Feature"), english=True),
    Column("bar", "", "bar"),
    Column("share", N_("Named in"), "number"),
    Column("payments", N_("Payments"), "number"),
    Column("contribution", N_("Mean weight"), "number"),
)
DECISION_COLUMNS = (
    Column("action", N_("Decision")),
    Column("version", N_("Model")),
    Column("valid_from", N_("From"), "number"),
    Column("by", N_("By"), "long"),
    Column("reason", N_("Why"), "long", english=True),
)


def compose(scene: Scene) -> Body:
    """Write the sheet."""
    matured = newest_of_each(scene.readings.of(MATURED))
    return Body(
        figures=figures(matured, scene),
        charts={"precision": precision(scene)},
        tables={
            "models": models(matured, scene),
            "matured": matured_table(matured, scene),
            "drift": drift(scene),
            "features": features(scene),
            "decisions": decisions(scene),
        },
    )


def newest_of_each(rows: Sequence[MaturedRow]) -> dict[str, MaturedRow]:
    """Find the newest figures of each subject; what scored first."""
    found: dict[str, MaturedRow] = {}
    for one in rows:  # newest first
        found.setdefault(one.subject, one)
    return dict(sorted(found.items(), key=lambda item: (item[0] != CHAMPION, item[0])))


def scoring(scene: Scene) -> str:
    """Name the model that scored last."""
    return next((one.model for one in scene.readings.of(VERSIONS) if one.model), "")


def figures(matured: dict[str, MaturedRow], scene: Scene) -> dict[str, Figure]:
    """Write what scores and how well."""
    best, version = matured.get(CHAMPION), scoring(scene)
    model = next((one for one in scene.readings.of(LISTED) if one.version == version), None)
    drifted = len(scene.readings.of(DRIFTS)) if DRIFTS.name in scene.readings.read_at else None
    return {
        "champion": Figure(
            _("Scores now"),
            version or None,
            model.line if model else _("other") if version else UNKNOWN,
            detail=version or _("nothing in the last 15 min"),
        ),
        "precision": Figure(
            _("Average precision"),
            best.average_precision if best else None,
            decimals(best.average_precision) if best else UNKNOWN,
            "",
            interval(best) if best else _("no verdict is old enough yet"),
        ),
        "card_precision": Figure(
            _("Card precision"),
            best.card_precision if best else None,
            decimals(best.card_precision) if best else UNKNOWN,
            "share",
            _("of the {cards_per_day} highest cards a day", cards_per_day=best.cards_per_day) if best else "",
        ),
        "unlabelled": Figure(
            _("Without a verdict"),
            best.unlabelled_share if best else None,
            percent(best.unlabelled_share) if best else UNKNOWN,
            "share",
            _("of {payments} payments", payments=count(best.payments)) if best else "",
        ),
        "drifted": Figure(_("Figures that drifted"), drifted, count(drifted), "figures", _("in 28 days")),
    }


def decimals(value: float) -> str:
    """Write a figure from 0 to 1: .771."""
    return f"{value:.3f}".removeprefix("0")


def interval(one: MaturedRow) -> str:
    """Write the interval of an average precision."""
    return _(
        "95 %: {low} to {high}",
        low=decimals(one.average_precision_low),
        high=decimals(one.average_precision_high),
    )


def precision(scene: Scene) -> Chart:
    """Draw the average precision of each line by day."""
    rows = scene.readings.of(MATURED)
    times = tuple(sorted({int(one.day.timestamp()) for one in rows}))
    subjects = [CHAMPION, *sorted({one.subject for one in rows} - {CHAMPION})][: 1 + len(STYLES)]
    lines = []
    for subject, style in zip(subjects, ("actual", *STYLES), strict=False):
        known = {int(one.day.timestamp()): one.average_precision for one in rows if one.subject == subject}
        name = _("what scored") if subject == CHAMPION else _("line {subject}", subject=subject)
        lines.append(Line(name, style, tuple(known.get(moment) for moment in times)))
    return Chart(
        _("Average precision by day"),
        _("Average precision of what scored and of each line of models, by day"),
        "",
        "UTC",
        times,
        tuple(lines),
        scene.note(_("payments whose verdict is known by now"), MATURED),
    )


def models(matured: dict[str, MaturedRow], scene: Scene) -> Table:
    """List the models with their role."""
    rows, version = scene.readings.of(LISTED), scoring(scene)
    newest: dict[str, str] = {}
    for one in rows:
        newest.setdefault(one.line, one.version)
    line = next((one.line for one in rows if one.version == version), "")

    def role(one: ListedRow) -> str:
        if one.version == version:
            return "champion"
        return "challenger" if newest[one.line] == one.version and one.line != line else "past"

    return Table(
        _("Champion and challengers"),
        MODEL_COLUMNS,
        tuple(model_row(one, role(one), matured.get(one.line), scene) for one in rows),
        _("No model has been published yet: payments are scored by none."),
        scene.note(_("precision is that of the line"), LISTED, VERSIONS),
    )


def model_row(one: ListedRow, role: str, matured: MaturedRow | None, scene: Scene) -> Row:
    """Write a model."""
    known = matured.average_precision if matured and role != "past" else None
    return row(
        one.version,
        MODEL_COLUMNS,
        one.version,
        role,
        one.line,
        moment_cell(one.valid_from, scene),
        count_cell(one.labels),
        count_cell(one.frauds),
        (known, "" if role == "past" else UNKNOWN if known is None else decimals(known)),
        (one.features, f"{one.features} ({one.feature_set})"),
        one.parent or UNKNOWN,
    )


def matured_table(matured: dict[str, MaturedRow], scene: Scene) -> Table:
    """Write the newest matured figures of each line."""
    return Table(
        _("Matured figures"),
        MATURED_COLUMNS,
        tuple(
            row(
                one.subject,
                MATURED_COLUMNS,
                (one.subject, _("what scored") if one.subject == CHAMPION else one.subject),
                (one.day.isoformat(), f"{one.day:%d %b}, {one.window_days} d"),
                (one.average_precision, decimals(one.average_precision)),
                (one.average_precision_low, decimals(one.average_precision_low)),
                (one.average_precision_high, decimals(one.average_precision_high)),
                (one.card_precision, decimals(one.card_precision)),
                count_cell(one.payments),
                count_cell(one.frauds),
                (one.unlabelled_share, percent(one.unlabelled_share)),
            )
            for one in matured.values()
        ),
        _("No payment is old enough for its verdict yet."),
        scene.note(_("over payments that are old enough for their verdict"), MATURED),
    )


def drift(scene: Scene) -> Table:
    """Write what changed its level."""
    return Table(
        _("Drift"),
        DRIFT_COLUMNS,
        tuple(drift_row(one, scene) for one in scene.readings.of(DRIFTS)),
        _("No figure that models rest on has changed its level in 28 days."),
        scene.note(_("28 days; shift in standard deviations of single payments"), DRIFTS),
        half=True,
    )


def drift_row(one: DriftRow, scene: Scene) -> Row:
    """Write one drift."""
    return row(
        f"{one.figure}|{one.segment}|{one.found_at.isoformat()}",
        DRIFT_COLUMNS,
        one.figure,
        one.segment,
        moment_cell(one.found_at, scene),
        (one.usual, f"{one.usual:,.3g}"),
        (one.now, f"{one.now:,.3g}"),
        (one.shift, f"{one.shift:+.2f}".replace("-", "−")),
        level="soon",
    )


def features(scene: Scene) -> Table:
    """Write what scores are made of."""
    rows = scene.readings.of(REASONS)
    largest = max((one.payments for one in rows), default=0)

    def feature_row(one: ReasonRow) -> Row:
        return row(
            one.feature,
            FEATURE_COLUMNS,
            one.feature,
            bar_cell(one.payments, largest),
            share_cell(one.payments, one.scored),
            count_cell(one.payments),
            (round(one.contribution, 4), f"{one.contribution:+.2f}".replace("-", "−")),
        )

    return Table(
        _("Features that are reasons"),
        FEATURE_COLUMNS,
        tuple(feature_row(one) for one in rows),
        _("No payment was scored in the last 15 minutes."),
        scene.note(_("payments of the last 15 min; weight in log odds"), REASONS),
        half=True,
    )


def decisions(scene: Scene) -> Table:
    """Write who decided what."""
    return Table(
        _("Decisions"),
        DECISION_COLUMNS,
        tuple(
            row(
                f"{one.action}|{one.version}|{one.valid_from.isoformat()}",
                DECISION_COLUMNS,
                one.action,
                one.version or UNKNOWN,
                moment_cell(one.valid_from, scene),
                f"{one.by}: {one.who}",
                one.reason,
            )
            for one in scene.readings.of(DECISIONS)
        ),
        _("Nobody has decided anything: the newest model of the line blend scores."),
        scene.note(_("by the trainer's rule or by hand"), DECISIONS),
    )


MODELS = Sheet(
    name="models",
    path="/models",
    title=N_("Models"),
    purpose=N_("Which model scores, who challenges it, and how well each did where verdicts are known."),
    queries=(LISTED, MATURED, DECISIONS, DRIFTS, REASONS, VERSIONS),
    compose=compose,
)
