"""Alerts without whose they are, for those who only look."""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from console.alerts.detail import Detail, Unmasking
from console.alerts.stored import ListedRow
from console.alerts.surroundings import subject_of
from console.language import _
from console.masking import cut, without
from console.panels.open_alerts import OF_PEOPLE
from schemas.alert import Alert

__all__ = ["nobodys_alert", "nobodys_detail", "nobodys_rows", "person_of"]


def nobodys_rows(rows: Sequence[ListedRow]) -> list[ListedRow]:
    """Cut the ids of people in alerts of the list, so that nobody finds somebody by searching either.

    Cost: 1 µs an alert about somebody.
    """
    return [
        replace(row, entity=cut(row.entity), sentence=without([row.entity], row.sentence))
        if row.entity_type in OF_PEOPLE
        else row
        for row in rows
    ]


def nobodys_detail(detail: Detail, *, offered: bool = False, shown: bool = False) -> Detail:
    """Cut the ids of people in an opened alert, in its record too; nothing leads to their pages.

    Parameters
    ----------
    detail
        As those see it who may see everybody.
    offered, shown
        Whether the one person that it is about may be shown, and is.

    """
    alert = Alert.model_validate_json(detail.json)
    people, person = people_of(alert), person_of(alert)
    if offered and person is not None:
        said = _("Shown to you for a quarter of an hour, as the history says.") if shown else ""
        detail = replace(detail, unmasking=Unmasking(f"/alerts/{quote(alert.alert_id)}/unmask", said))
    if detail.around is not None:
        lines = tuple(replace(one, person_href="") for one in detail.around.lines)
        people |= {one.person for one in lines if one.person}
        detail = replace(detail, around=replace(detail.around, lines=lines))
    if detail.evidence is not None:
        hidden = _("Your role does not see single people, and the event may name some.")
        detail = replace(detail, evidence=replace(detail.evidence, event=hidden))
    return without(people - {person} if shown else people, detail)


def person_of(alert: Alert) -> str | None:
    """Name the one person that an alert is about, by card, device or customer; None if it is about none."""
    subject = subject_of(alert)
    return subject.name if subject.kind in OF_PEOPLE | {"customer"} else None


def nobodys_alert(alert: Alert) -> object:
    """Give the record for JSON with the ids of people cut."""
    return without(people_of(alert), alert.model_dump(mode="json"))


def people_of(alert: Alert) -> set[str]:
    """Name everybody that an alert may name."""
    found = {alert.entity} if alert.entity_type in OF_PEOPLE else set()
    return found | {paid.customer_id for paid in alert.payments if paid.customer_id is not None}
