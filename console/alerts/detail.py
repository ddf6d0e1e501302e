"""One alert in full: what is wrong, what to answer, what to do, the curve, the reasons, the payments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from console.alerts.course import Chart
from console.alerts.evidence import Evidence
from console.alerts.handling import Handling, handling, told
from console.alerts.kinds import NAMES, fitting, said
from console.alerts.listing import ENTITIES, Look, look, place
from console.alerts.playbooks import book_of, changes_of, steps_of
from console.alerts.stored import ActedRow, AnsweredRow, PaymentRow, PlaybookRow
from console.alerts.surroundings import Surroundings
from console.alerts.times import clock_text
from console.alerts.wherefrom import WherefromView
from console.language import N_, _, ngettext
from console.panels.latest import score_text
from console.wording import UNKNOWN, age, money, percent
from detectors.watch.book import PAYMENT_KINDS
from schemas.alert import Alert, AlertReason
from streams.reporting_currency import minor_digits

__all__ = ["Answering", "Detail", "PaymentLine", "ReasonLine", "Unmasking", "detail"]

SHOPS = {
    "fraud": N_("It counts; shops are told to void the payments."),
    "genuine": N_("It counts; shops are told to release the payments."),
    "withdrawn": N_("It counts; shops are told to hold the payments for a day."),
}
"""What the judge makes of an answer that counts."""

HELD = {
    "amount_to_largest": N_("its ratio to the largest amount so far"),
    "amount_risk": N_("how often such amounts were fraud"),
    "ratio_strangeness": N_("how strange its ratio to the usual is"),
}
"""Features of an amount that what is stored does not always suffice to compute for another one."""

STOCK_KINDS = frozenset({"stock_running_out", "shrinkage"})


@dataclass(frozen=True)
class Choice:
    """One of the two answer buttons."""

    verdict: str
    label: str
    key: str
    pressed: str


@dataclass(frozen=True)
class Standing:
    """The answer that counts now."""

    answer_id: str
    verdict: str
    by: str
    text: str


@dataclass(frozen=True)
class Answering:
    """The answer buttons, what somebody answered, and what that changed.

    `replaces` is what an answer given from this page names: it counts only if that still stands.
    """

    first: Choice
    second: Choice
    replaces: str
    standing: Standing | None
    text: str
    effect: str


@dataclass(frozen=True)
class Step:
    """A step of a playbook."""

    number: int
    text: str


@dataclass(frozen=True)
class ReasonLine:
    """A reason: its sentence, a bar for its weight, its figure and the usual one."""

    number: int
    text: str
    value: str
    usual: str
    bar: str
    share: str


@dataclass(frozen=True)
class PaymentLine:
    """A payment that the alert is about."""

    event_id: str
    time: str
    amount: str
    where: str
    status: str
    score: str


@dataclass(frozen=True)
class Happening:
    """A line of the alert's history."""

    number: int
    time: str
    text: str


@dataclass(frozen=True)
class Fact:
    """A technical fact, for the folded end."""

    name: str
    text: str


@dataclass(frozen=True)
class Unmasking:
    """Where somebody asks to be shown whose it is, and what is said once it is."""

    href: str
    said: str


@dataclass(frozen=True)
class Detail:
    """Everything that the page shows of one alert. `json` is the record as it is in Kafka.

    `unmasking` is None for who sees everybody, and for whom nobody is shown.
    """

    alert_id: str
    look: Look
    kind: str
    state: str
    sentence: str
    facts: str
    money: str
    completeness: str
    answer: Answering
    handling: Handling
    steps: tuple[Step, ...]
    steps_by: str
    steps_href: str
    chart: Chart | None
    chart_note: str
    reasons: tuple[ReasonLine, ...]
    counterfactual: str
    wherefrom: WherefromView | None
    payments: tuple[PaymentLine, ...]
    payments_note: str
    around: Surroundings | None
    history: tuple[Happening, ...]
    origin: tuple[Fact, ...]
    evidence: Evidence | None
    json: str
    href: str
    unmasking: Unmasking | None = None


def detail(
    alert: Alert,
    answers: Sequence[AnsweredRow],
    paid: Sequence[PaymentRow],
    acted: Sequence[ActedRow] = (),
    playbooks: Sequence[PlaybookRow] = (),
    *,
    chart: Chart | None,
    chart_error: str,
    wherefrom: WherefromView | None = None,
    around: Surroundings | None = None,
    evidence: Evidence | None = None,
    now: datetime,
    zone: ZoneInfo,
    currency: str,
    store_names: Mapping[str, str],
) -> Detail:
    """Write an alert for people."""
    is_open = alert.until is None and (alert.answer is None or alert.answer.verdict == "withdrawn")
    answering = answer_part(alert, now, zone)
    about = f"{_(NAMES[alert.kind])}, {place(alert.store_id, alert.entity_type, alert.entity, store_names)}"
    book = book_of(alert)
    changes = changes_of(book, playbooks)
    return Detail(
        alert_id=alert.alert_id,
        look=look(alert.kind, alert.severity, is_open=is_open),
        kind=about,
        state="open" if is_open else "resolved",
        sentence=alert.sentence,
        facts=facts(alert, now, zone, currency),
        money=money(alert.money_at_risk_minor, currency) if alert.money_at_risk_minor else "",
        completeness=completeness(alert.completeness),
        answer=answering,
        handling=handling(
            acted, about=about, holdable=alert.kind in PAYMENT_KINDS or None, now=now, zone=zone
        ),
        steps=tuple(Step(number, text) for number, text in enumerate(steps_of(book, changes), 1)),
        steps_by=_("by {by}, {time}", by=changes[0].by, time=clock_text(changes[0].at, now, zone))
        if changes and changes[0].steps
        else "",
        steps_href=f"/playbooks#{'-'.join(filter(None, book))}",
        chart=chart,
        chart_note=chart_error or ("" if chart is not None else why_no_chart(alert)),
        reasons=tuple(
            reason_line(number, reason, currency) for number, reason in enumerate(alert.reasons, 1)
        ),
        counterfactual=counterfactual(alert, currency),
        wherefrom=wherefrom,
        payments=payment_lines(alert, paid, zone=zone, now=now, currency=currency, store_names=store_names),
        payments_note=payments_note(alert),
        around=around,
        history=history(alert, answers, acted, now, zone),
        origin=origin(alert, now, zone),
        evidence=evidence,
        json=alert.model_dump_json(indent=2, exclude_none=True),
        href=f"/api/v1/alerts/{alert.alert_id}",
    )


def why_no_chart(alert: Alert) -> str:
    """Say why there is no curve."""
    if alert.kind in STOCK_KINDS:
        return _("Stock is counted by movement and not by the minute, so there is no curve: see Why.")
    return (
        _("It is about its payments, listed below.")
        if alert.payments
        else _("No curve belongs to this alert.")
    )


def facts(alert: Alert, now: datetime, zone: ZoneInfo, currency: str) -> str:
    """Say since when, how soon it was noticed and what it costs."""
    since = clock_text(alert.since, now, zone)
    if alert.until is None:
        parts = [_("since {since}", since=since)]
    else:
        lasted = age((alert.until - alert.since).total_seconds())
        parts = [
            _(
                "from {since} to {time}, {lasted}",
                since=since,
                time=clock_text(alert.until, now, zone),
                lasted=lasted,
            )
        ]
    waited = (alert.noticed_at - alert.since).total_seconds()
    parts.append(_("noticed at once") if waited < 1 else _("noticed after {age}", age=age(waited)))
    if alert.per_hour_minor:
        parts.append(_("{money} an hour", money=money(alert.per_hour_minor, currency)))
    if alert.money_at_risk_minor:
        parts.append(_("{money} at risk so far", money=money(alert.money_at_risk_minor, currency)))
    if alert.count > 1:
        parts.append(
            ngettext("{number} payment", "{number} payments", alert.count)
            if alert.payments
            else ngettext("{number} event", "{number} events", alert.count)
        )
    return ", ".join(parts)


def completeness(share: float | None) -> str:
    """Say how much of the data this rests on arrived; 100 % only if nothing at all is missing."""
    if share is None:
        return ""
    return _("Data {share} complete", share="100 %" if share >= 1 else percent(min(share, 0.999)))


def answer_part(alert: Alert, now: datetime, zone: ZoneInfo) -> Answering:
    """Make the buttons and say what was answered."""
    standing = alert.answer
    in_force = standing is not None and standing.verdict != "withdrawn"
    first, second = (
        Choice(
            verdict.verdict,
            _(verdict.label),
            verdict.key,
            "true" if standing is not None and standing.verdict == verdict.verdict else "false",
        )
        for verdict in fitting(alert.kind)
    )
    text, shown = "", None
    if standing is not None:
        at = clock_text(standing.at, now, zone)
        text = _("{by} answered {answer} at {at}.", by=standing.by, answer=said(standing.verdict), at=at)
        if not in_force:
            text = _("{by} took the answer back at {at}.", by=standing.by, at=at)
        shown = Standing(str(standing.answer_id), standing.verdict, standing.by, text)
    return Answering(
        first=first,
        second=second,
        replaces=str(standing.answer_id) if standing is not None else "",
        standing=shown,
        text=text,
        effect=alert.effect or "",
    )


def reason_line(number: int, reason: AlertReason, currency: str) -> ReasonLine:
    """Write a reason."""
    return ReasonLine(
        number=number,
        text=reason.text,
        value=figure(reason.value, reason.unit, currency),
        usual=figure(reason.usual, reason.unit, currency).removesuffix(f" {reason.unit}"),
        bar=f"{100 * reason.weight:.1f}%",
        share=_("{share} % of what made this alert", share=f"{100 * reason.weight:.0f}"),
    )


def counterfactual(alert: Alert, currency: str) -> str:
    """Say at what amount the most suspicious payment would have passed."""
    other = alert.counterfactual
    if other is None:
        return ""
    own = next((one.amount_minor for one in alert.payments if one.event_id == other.event_id), None)
    instead = "" if own is None else _(" instead of {money}", money=money(own, currency, whole=False))
    if other.passes_minor is None:
        return _("At no smaller amount would it have passed.")
    kept = ", ".join(_(HELD.get(name, name)) for name in other.held)
    held = _(" (not reckoned anew: {features})", features=kept) if kept else ""
    return _(
        "At {money}{instead} it would have passed{held}.",
        money=money(other.passes_minor, currency, whole=False),
        instead=instead,
        held=held,
    )


def figure(value: float | None, unit: str, currency: str) -> str:
    """Write a figure with its unit."""
    if value is None:
        return UNKNOWN
    if unit == "share":
        return percent(value, 0 if value >= 0.1 else 1)
    if unit == currency:
        return money(round(value * 10 ** minor_digits(currency)), currency, whole=abs(value) >= 1000)
    number = f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.2g}"
    return f"{number} {unit}".replace("-", "−")


def payment_lines(
    alert: Alert,
    paid: Sequence[PaymentRow],
    *,
    zone: ZoneInfo,
    now: datetime,
    currency: str,
    store_names: Mapping[str, str],
) -> tuple[PaymentLine, ...]:
    """List the payments, newest first."""
    known = {row.event_id: row for row in paid}
    lines = []
    for payment in sorted(alert.payments, key=lambda one: one.occurred_at, reverse=True):
        row = known.get(payment.event_id)
        store = store_names.get(row.store_id, row.store_id) if row is not None else ""
        amount, score = payment.amount_minor, payment.score
        if row is not None:
            amount = row.reporting_minor if amount is None else amount
            score = row.score if score is None else score
        lines.append(
            PaymentLine(
                event_id=str(payment.event_id),
                time=clock_text(payment.occurred_at, now, zone, seconds=True),
                amount=money(amount, currency, whole=False),
                where=f"{store}, {payment.terminal_id}" if store else payment.terminal_id,
                status=", ".join((row.status, *row.rules)) if row is not None else "",
                score=score_text(score),
            )
        )
    return tuple(lines)


def payments_note(alert: Alert) -> str:
    """Say how many payments are shown of how many."""
    shown = len(alert.payments)
    if not shown:
        return ""
    return (
        _("the newest {shown} of {count}", shown=shown, count=f"{alert.count:,}")
        if alert.count > shown
        else ngettext("{number} payment", "{number} payments", shown)
    )


def history(
    alert: Alert,
    answers: Sequence[AnsweredRow],
    acted: Sequence[ActedRow],
    now: datetime,
    zone: ZoneInfo,
) -> tuple[Happening, ...]:
    """Tell what happened to the alert, first things first."""
    happened = [(alert.since, _("It began.")), (alert.noticed_at, _("Tillwatch noticed it."))]
    standing = alert.answer.answer_id if alert.answer is not None else None
    for answer in answers:
        what = (
            _("took the answer back")
            if answer.verdict == "withdrawn"
            else _("answered {answer}", answer=said(answer.verdict))
        )
        counts = " " + _(SHOPS.get(answer.verdict, "It counts.")) if answer.answer_id == standing else ""
        happened.append((answer.at, f"{answer.by} {what}.{counts}"))
    happened += [(row.at, told(row, now, zone)) for row in reversed(acted)]
    if alert.until is not None:
        happened.append((alert.until, _("It ended by itself.")))
    happened.sort(key=lambda entry: entry[0])
    return tuple(
        Happening(number, clock_text(moment, now, zone, seconds=True), text)
        for number, (moment, text) in enumerate(happened, 1)
    )


def origin(alert: Alert, now: datetime, zone: ZoneInfo) -> tuple[Fact, ...]:
    """Say which program, model and record this came from."""
    came = alert.origin
    found = [
        (_("Alert"), alert.alert_id),
        (_("About"), f"{_(ENTITIES.get(alert.entity_type, alert.entity_type))} {alert.entity}"),
        (_("Found by"), alert.detector),
        (_("Model"), alert.model_version or _("none")),
        (
            _("Origin"),
            _(
                "{topic}, partition {partition}, offset {offset}",
                topic=came.topic,
                partition=came.partition,
                offset=f"{came.offset:,}",
            ),
        ),
        (_("Generation"), came.generation),
        (_("Newest evidence"), clock_text(alert.last_at, now, zone, seconds=True)),
        (_("First raised, wall clock"), f"{alert.detected_at.astimezone(zone):%Y-%m-%d %H:%M:%S}"),
        (_("Updated, wall clock"), f"{alert.updated_at.astimezone(zone):%Y-%m-%d %H:%M:%S}"),
    ]
    return tuple(Fact(name, text) for name, text in found)
