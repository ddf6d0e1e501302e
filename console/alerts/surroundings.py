"""Who and what is around an alert: one timeline of a day before it and after it, for what it is about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote

from console.alerts.kinds import said
from console.alerts.links import link_outs
from console.alerts.listing import ENTITIES
from console.alerts.times import clock_text
from console.language import _
from console.panels.latest import score_text
from console.panels.open_alerts import OF_PEOPLE, AlertRow, headline
from console.query import Query
from console.reader import Readings
from console.settings import ConsoleSettings
from console.sheets.customer_rows import ALERTS, CLICKS, PAYMENTS, ClickRow, PaymentRow
from console.wording import money
from schemas.alert import Alert, AlertPayment

__all__ = [
    "AROUND",
    "MOVED",
    "AroundLine",
    "MovedRow",
    "Surroundings",
    "questions",
    "subject_of",
    "surroundings",
]

WINDOW = timedelta(hours=24)
SHOWN = 100
NEAR = 10
"""Lines that say what it was like; the rest on demand."""


@dataclass(frozen=True)
class MovedRow:
    """A movement of an article, or a count that found `level_after` pieces."""

    event_id: str
    occurred_at: datetime
    place_id: str
    kind: str
    quantity: int
    level_after: int | None


AROUND = Query("alerts/around", PaymentRow)
MOVED = Query("alerts/moved", MovedRow)
Asked = tuple[tuple[Query[Any], dict[str, Any]], ...]  # Any: each has its own type of row


@dataclass(frozen=True)
class Subject:
    """What the timeline is of: one of `ENTITIES`, by its id; the store is empty where it is of several."""

    kind: str
    name: str
    store_id: str


@dataclass(frozen=True)
class AroundLine:
    """One thing that happened.

    `person` is whose it is, by customer or else card, where that is not what the timeline is of; `own` says
    that the alert is about it, `near` that it is among those nearest to its beginning. `links` are an
    operator's own pages, in the order of the setting.
    """

    key: str
    time: str
    what: str
    amount: str
    where: str
    notes: str
    says: str
    href: str
    person: str
    person_href: str
    level: Literal["", "now", "soon"]
    own: str
    near: str
    links: tuple[str, ...]


@dataclass(frozen=True)
class Surroundings:
    """The section: of what it is, its lines, the newest first, and how much of the day that is."""

    about: str
    lines: tuple[AroundLine, ...]
    note: str


def subject_of(alert: Alert) -> Subject:
    """Choose what the timeline is of; of a payment its customer, or where nobody is known its terminal."""
    store = alert.store_id or ""
    if alert.entity_type == "payment" and alert.payments:
        customer = next((one.customer_id for one in alert.payments if one.customer_id), None)
        return (
            Subject("terminal", alert.payments[0].terminal_id, store)
            if customer is None
            else Subject("customer", customer, "")
        )
    if alert.entity_type == "source" and store:
        return Subject("store", store, store)
    return Subject(alert.entity_type, alert.entity, store)


def questions(alert: Alert, now: datetime) -> Asked:
    """List what is to be asked, of a day before the alert began and after it."""
    subject = subject_of(alert)
    of_store = subject.kind == "store"
    given = {
        "subject": subject.name,
        "store_id": subject.name if of_store else subject.store_id,
        "terminal_id": "" if of_store else subject.name,
        "begin": int((alert.since - WINDOW).timestamp()),
        "end": int(min(alert.since + WINDOW, max(now, alert.last_at) + timedelta(seconds=1)).timestamp()),
        "middle": int(alert.since.timestamp()),
    }
    asked: dict[str, tuple[Query[Any], ...]] = {
        "customer": (PAYMENTS, CLICKS),
        "card": (PAYMENTS, CLICKS),
        "terminal": (AROUND,),
        "store": (AROUND,),
        "sku": (MOVED,),
    }
    return tuple(
        (query, {name: given[name] for name in query.parameters})
        for query in (ALERTS, *asked.get(subject.kind, ()))
    )


def surroundings(
    alert: Alert,
    found: Readings,
    *,
    now: datetime,
    settings: ConsoleSettings,
    store_names: Mapping[str, str],
) -> Surroundings:
    """Lay everything on one line of time, what is nearest to the alert's beginning at most."""
    subject, own = subject_of(alert), {str(one.event_id) for one in alert.payments}
    writing = Writing(subject, now, settings, store_names)
    payments = [*found.of(PAYMENTS), *found.of(AROUND)]
    known = {one.event_id for one in payments}
    moments = [
        *((one.occurred_at, writing.payment(one, own=one.event_id in own)) for one in payments),
        *(
            (one.occurred_at, writing.named(one, alert))
            for one in alert.payments
            if str(one.event_id) not in known
        ),
        *((one.occurred_at, writing.click(one)) for one in found.of(CLICKS)),
        *((one.occurred_at, writing.moved(one)) for one in found.of(MOVED)),
        *((one.since, writing.alert(one, own=one.alert_id == alert.alert_id)) for one in found.of(ALERTS)),
    ]
    moments.sort(key=lambda pair: (abs(pair[0] - alert.since), pair[1].key))
    shown = [
        (moment, replace(line, near="true" if place < NEAR or line.own else ""))
        for place, (moment, line) in enumerate(moments[:SHOWN])
    ]
    shown.sort(key=lambda pair: (pair[0], pair[1].key), reverse=True)
    return Surroundings(
        about=f"{_(ENTITIES[subject.kind])} {writing.name_of(subject)}",
        lines=tuple(line for _moment, line in shown),
        note=f"▨ {found.problem}" if found.problem else note_of(len(moments), len(shown)),
    )


def note_of(number: int, shown: int) -> str:
    """Say how much of the day stands there."""
    if not number:
        return _("Nothing else within a day before and after.")
    if number > shown:
        return _("a day before and after: the {shown} nearest to its beginning", shown=shown)
    return _("a day before and after")


@dataclass(frozen=True)
class Writing:
    """What lines are written with."""

    subject: Subject
    now: datetime
    settings: ConsoleSettings
    store_names: Mapping[str, str]

    def name_of(self, subject: Subject) -> str:
        """Name a store by its name, anything else by its id."""
        return self._store(subject.name) if subject.kind == "store" else subject.name

    def payment(self, one: PaymentRow, *, own: bool) -> AroundLine:
        """Write a payment."""
        notes = [
            _("score {score}", score=score_text(one.score)) if one.score is not None else "",
            _(one.decision) if one.decision not in ("", "approve") else "",
            said(one.verdict) if one.verdict else "",
        ]
        return self._line(
            one.event_id,
            one.occurred_at,
            _("Payment {status}", status=_(one.status)),
            amount=self._money(one.reporting_minor),
            where=self._place(one.store_id, one.terminal_id),
            notes=notes,
            person=next((who for who in (one.customer, one.card) if who not in ("", self.subject.name)), ""),
            level="now" if one.verdict == "fraud" else "soon" if notes[1] else "",
            own=own,
            links=link_outs(
                self.settings.links,
                one.occurred_at,
                {
                    "event_id": one.event_id,
                    "payment_id": one.payment_id,
                    "store_id": one.store_id,
                    "terminal_id": one.terminal_id,
                },
            ),
        )

    def named(self, one: AlertPayment, alert: Alert) -> AroundLine:
        """Write a payment that the alert names and the store does not know as one of this subject."""
        known = {"event_id": str(one.event_id), "payment_id": one.payment_id or ""}
        place = {"terminal_id": one.terminal_id, "store_id": alert.store_id or ""}
        return self._line(
            str(one.event_id),
            one.occurred_at,
            _("Payment"),
            amount=self._money(one.amount_minor),
            where=one.terminal_id,
            notes=[_("score {score}", score=score_text(one.score)) if one.score is not None else ""],
            person=one.customer_id if one.customer_id and one.customer_id != self.subject.name else "",
            own=True,
            links=link_outs(self.settings.links, one.occurred_at, known | place),
        )

    def click(self, one: ClickRow) -> AroundLine:
        """Write a click."""
        return self._line(
            one.event_id,
            one.occurred_at,
            _("Click {action}", action=_(one.action)),
            where=self._place(one.store_id, one.page),
            notes=[_(one.device)],
            says=one.error,
            links=link_outs(
                self.settings.links,
                one.occurred_at,
                {"event_id": one.event_id, "store_id": one.store_id},
            ),
        )

    def moved(self, one: MovedRow) -> AroundLine:
        """Write a movement of stock, or a count."""
        left = "" if one.level_after is None else _("{pieces} there then", pieces=f"{one.level_after:,}")
        known = {"event_id": one.event_id, "store_id": one.place_id, "sku": self.subject.name}
        return self._line(
            one.event_id,
            one.occurred_at,
            _("Stock {movement}", movement=_(one.kind)),
            amount=f"{one.quantity:+,}".replace("-", "−"),
            where=self._store(one.place_id),
            notes=[left],
            links=link_outs(self.settings.links, one.occurred_at, known),
        )

    def alert(self, one: AlertRow, *, own: bool) -> AroundLine:
        """Write this alert or another one."""
        of_somebody = one.entity_type in OF_PEOPLE and one.entity != self.subject.name
        known = {"store_id": one.store_id, "sku": one.entity if one.entity_type == "sku" else ""}
        return self._line(
            f"alert {one.alert_id}",
            one.since,
            _("This alert") if own else _("Alert, open") if one.open else _("Alert, over"),
            amount=self._money(one.money_at_risk_minor or None),
            where=self._store(one.store_id),
            says=headline(one),
            href="" if own else one.address,
            person=one.entity if of_somebody else "",
            has_page=one.entity_type == "card",
            level=one.severity if one.open and not own else "",
            own=own,
            links=link_outs(self.settings.links, one.since, known),
        )

    def _line(
        self,
        key: str,
        moment: datetime,
        what: str,
        *,
        amount: str = "",
        where: str = "",
        notes: Sequence[str] = (),
        says: str = "",
        href: str = "",
        person: str = "",
        has_page: bool = True,
        level: Literal["", "now", "soon"] = "",
        own: bool = False,
        links: tuple[str, ...] = (),
    ) -> AroundLine:
        return AroundLine(
            key=key,
            time=clock_text(moment, self.now, self.settings.zone, seconds=True),
            what=what,
            amount=amount,
            where=where,
            notes=" · ".join(note for note in notes if note),
            says=says,
            href=href,
            person=person,
            person_href=f"/customers/{quote(person, safe='')}" if person and has_page else "",
            level=level,
            own="true" if own else "",
            near="",
            links=links,
        )

    def _money(self, minor: int | None) -> str:
        return "" if minor is None else money(minor, self.settings.reporting_currency, whole=False)

    def _store(self, store_id: str) -> str:
        return self.store_names.get(store_id, store_id)

    def _place(self, store_id: str, within: str) -> str:
        return ", ".join(part for part in (self._store(store_id), within) if part)
