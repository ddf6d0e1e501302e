"""One customer or card: the timeline of payments, clicks, alerts and verdicts, the profile, and the risk."""

from collections import Counter
from collections.abc import Sequence
from statistics import median

from console.language import N_, _
from console.panels.latest import score_text
from console.panels.open_alerts import AlertRow, headline
from console.sheets.blocks import Body, Column, Figure, Level, Row, Table, row
from console.sheets.cells import count_cell, count_figure, moment_cell, money_cell, share_cell
from console.sheets.customer_rows import ALERTS, CLICKS, LISTED, PAYMENTS, ClickRow, PaymentRow
from console.sheets.customers import person_address
from console.sheets.sheet import Scene, Sheet
from console.wording import money

__all__ = ["CUSTOMER"]

TIMELINE_COLUMNS = (
    Column("what", N_("What")),
    Column("when", N_("When"), "number"),
    Column("money", N_("Amount"), "number"),
    Column("where", N_("Where"), "long"),
    Column("score", N_("Score"), "number"),
    Column("decision", N_("Decision")),
    Column("verdict", N_("Verdict")),
    Column("why", N_("Why"), "long", english=True),
)
PROFILE_COLUMNS = (
    Column("what", N_("Usual")),
    Column("value", N_("Most often")),
    Column("share", N_("Of payments"), "number"),
    Column("others", N_("Others"), "number"),
)
SHARED_COLUMNS = (
    Column("identifier", N_("Id")),
    Column("kind", N_("Is a")),
    Column("payments", N_("Payments"), "number"),
)
LISTED_COLUMNS = (
    Column("list_name", N_("List")),
    Column("owner", N_("Owner")),
    Column("reason", N_("Why"), "long", english=True),
    Column("valid_from", N_("Since"), "number"),
)
DECISIONS: dict[str, Level] = {"review": "soon", "decline": "soon"}


def compose(scene: Scene) -> Body:
    """Write the sheet."""
    subject, readings = scene.asked.subject, scene.readings
    payments, alerts, clicks = readings.of(PAYMENTS), readings.of(ALERTS), readings.of(CLICKS)
    asked = PAYMENTS.name in readings.read_at
    known = bool(payments or alerts or clicks or readings.of(LISTED)) or not asked
    kind = _("Card") if any(one.card == subject for one in payments) else _("Customer")
    if not payments:
        kind = _("Customer or card")
    return Body(
        title=f"{kind} {subject}",
        says=_("Payments, clicks, alerts and verdicts, the newest first."),
        missing="" if known else _("Nothing is known of “{subject}” within the range.", subject=subject),
        figures=figures(payments, scene) if known else {},
        tables={
            "timeline": timeline(payments, alerts, clicks, scene),
            "profile": profile(payments, scene),
            "shared": shared(payments, scene),
            "lists": listed(scene),
        }
        if known
        else {},
    )


def figures(payments: Sequence[PaymentRow], scene: Scene) -> dict[str, Figure]:
    """Write what it pays and how risky that looks."""
    paid = [one for one in payments if one.status == "authorised"]
    spent = sum(one.reporting_minor or 0 for one in paid) if payments else None
    scores = [one.score for one in payments if one.score is not None]
    frauds = sum(one.verdict == "fraud" for one in payments)
    declined = sum(one.status == "declined" for one in payments)
    highest = max(scores, default=None)
    middle = median(one.reporting_minor or 0 for one in paid) if paid else None
    usually = (
        ""
        if middle is None
        else _("usually {money}", money=money(round(middle), scene.currency, whole=False))
    )
    held = any(one.decision in DECISIONS for one in payments)
    return {
        "payments": count_figure(
            _("Payments"), len(payments), "payments", _("within the range, at most 200")
        ),
        "spent": Figure(_("Spent"), spent, money(spent, scene.currency), _("minor units"), usually),
        "declined": count_figure(_("Declined"), declined, "payments"),
        "highest": Figure(
            _("Highest score"),
            highest,
            score_text(highest),
            detail=_("at most 1"),
            level="soon" if held else "",
        ),
        "frauds": count_figure(
            _("Called fraud"), frauds, "payments", _("by labels"), level="now" if frauds else ""
        ),
    }


def timeline(
    payments: Sequence[PaymentRow], alerts: Sequence[AlertRow], clicks: Sequence[ClickRow], scene: Scene
) -> Table:
    """Lay everything on one line of time, the newest first."""
    moments = [(one.occurred_at, payment_row(one, scene)) for one in payments]
    moments += [(one.since, alert_row(one, scene)) for one in alerts]
    moments += [(one.occurred_at, click_row(one, scene)) for one in clicks]
    return Table(
        _("Timeline"),
        TIMELINE_COLUMNS,
        tuple(line for _, line in sorted(moments, key=lambda pair: pair[0], reverse=True)),
        _("Nothing within the range."),
        scene.note(_("at most 200 payments, 100 clicks and 50 alerts"), PAYMENTS, ALERTS, CLICKS),
    )


def payment_row(one: PaymentRow, scene: Scene) -> Row:
    """Write a payment."""
    level: Level = "now" if one.verdict == "fraud" else DECISIONS.get(one.decision, "")
    return row(
        one.event_id,
        TIMELINE_COLUMNS,
        _("Payment {status}", status=one.status),
        moment_cell(one.occurred_at, scene),
        money_cell(one.reporting_minor, scene, whole=False),
        (one.terminal_id, f"{scene.name_of(one.store_id)}, {one.terminal_id}"),
        (one.score, score_text(one.score) if one.score is not None else ""),
        one.decision,
        one.verdict,
        ", ".join(name.replace("_", " ") for name in one.reasons),
        level=level,
    )


def alert_row(one: AlertRow, scene: Scene) -> Row:
    """Write an alert."""
    return row(
        one.alert_id,
        TIMELINE_COLUMNS,
        _("Alert, open") if one.open else _("Alert, over"),
        moment_cell(one.since, scene),
        money_cell(one.money_at_risk_minor, scene, whole=False),
        (one.store_id, scene.name_of(one.store_id)),
        (None, ""),
        "",
        "",
        headline(one),
        level=one.level if one.open else "",
        address=one.address,
    )


def click_row(one: ClickRow, scene: Scene) -> Row:
    """Write a click."""
    return row(
        one.event_id,
        TIMELINE_COLUMNS,
        _("Click {action}", action=one.action),
        moment_cell(one.occurred_at, scene),
        (None, ""),
        f"{scene.name_of(one.store_id)}, {one.page}",
        (None, ""),
        "",
        "",
        f"{one.device} {one.error}".strip(),
    )


def profile(payments: Sequence[PaymentRow], scene: Scene) -> Table:
    """Write what is usual: where, when, how and from where it pays."""
    found = {
        "Store": Counter(scene.name_of(one.store_id) for one in payments),
        "Paid by": Counter(one.payment_method for one in payments),
        "Channel": Counter(one.channel for one in payments),
        "Issuer's country": Counter(one.country for one in payments if one.country),
        "Device": Counter(one.device for one in payments if one.device),
        _("Hour"): Counter(f"{one.occurred_at.astimezone(scene.zone):%H}:00" for one in payments),
    }
    rows = []
    for what, counted in found.items():
        if counted:
            value, times = counted.most_common(1)[0]
            cells = (share_cell(times, counted.total(), 0), count_cell(len(counted) - 1))
            rows.append(row(what, PROFILE_COLUMNS, what, value, *cells))
    return Table(
        _("Profile"),
        PROFILE_COLUMNS,
        tuple(rows),
        _("No payment within the range."),
        scene.note(_("of the payments within the range"), PAYMENTS),
        half=True,
    )


def shared(payments: Sequence[PaymentRow], scene: Scene) -> Table:
    """Write which cards a customer used, or which customers a card."""
    found: Counter[tuple[str, str]] = Counter()
    for one in payments:
        for kind, identifier in (("customer", one.customer), ("card", one.card)):
            if identifier and identifier != scene.asked.subject:
                found[(kind, identifier)] += 1
    return Table(
        _("Paid together with"),
        SHARED_COLUMNS,
        tuple(
            row(
                f"{kind}|{identifier}",
                SHARED_COLUMNS,
                identifier,
                kind,
                count_cell(times),
                address=person_address(identifier, scene),
            )
            for (kind, identifier), times in found.most_common(30)
        ),
        _("No other customer or card was part of these payments."),
        scene.note(_("other ids of the same payments"), PAYMENTS),
        half=True,
    )


def listed(scene: Scene) -> Table:
    """Write what lists say."""
    return Table(
        _("On lists"),
        LISTED_COLUMNS,
        tuple(
            row(
                one.entry_id,
                LISTED_COLUMNS,
                one.list_name,
                one.owner,
                one.reason,
                moment_cell(one.valid_from, scene),
                level="soon" if one.list_name != "allow" else "",
            )
            for one in scene.readings.of(LISTED)
        ),
        _("On no list."),
        scene.note(_("allow, block and review"), LISTED),
    )


CUSTOMER = Sheet(
    name="customer",
    path="/customers/{subject}",
    title=N_("Customer or card"),
    purpose=N_("One customer or card: payments, clicks, alerts and verdicts, what is usual, and how risky."),
    queries=(PAYMENTS, ALERTS, CLICKS, LISTED),
    compose=compose,
    lengths=("24h", "today", "7d", "28d"),
    personal=True,
)
