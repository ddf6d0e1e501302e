"""How urgent an alert is: by the money at stake, and by what only people can stop."""

from typing import NamedTuple

from detectors.watch.finding import Finding
from schemas.alert import AlertKind, Severity

__all__ = ["NOW_MINOR", "severity"]

NOW_MINOR = 50_000
"""500.00 in the reporting currency, lost or lost per hour: more than an hour of somebody's work costs.

Chosen, not tuned.
"""


class Rule(NamedTuple):
    """What makes a kind of alert one for now: always, money lost so far, or money lost per hour."""

    always: bool = False
    lost: bool = True
    per_hour: bool = True


RULES: dict[AlertKind, Rule] = {
    # what went through is small, what the cards that work will be used for is not
    "card_testing": Rule(always=True),
    # every minute of it loses orders that will not come back
    "checkout_broken": Rule(always=True),
    # has happened already, between two counts: nothing gets better by tonight
    "shrinkage": Rule(lost=False, per_hour=False),
    # its money is what will be lost until the next delivery, so only the rate says how soon
    "stock_running_out": Rule(lost=False),
}
"""Kinds without a rule go by money alone: payments, fallen sales, wrong prices."""


def severity(finding: Finding) -> Severity:
    """Say whether to wake somebody or to leave it for the shift.

    A whole store that is silent is one for now: nobody can pay there, or nobody knows. A single source is
    not, for its spool keeps what it cannot send.
    """
    rule = RULES.get(finding.kind, Rule())
    urgent = (
        rule.always
        or (finding.kind == "source_silent" and finding.entity_type == "store")
        or (rule.lost and finding.money_at_risk_minor >= NOW_MINOR)
        or (rule.per_hour and (finding.per_hour_minor or 0) >= NOW_MINOR)
    )
    return "now" if urgent else "soon"
