"""Tables and JSON lines of `tillwatch rules`."""

from collections.abc import Iterator, Sequence

import orjson
from rich.console import Console
from rich.table import Column, Table

from detectors.fraud.label_weights import Share
from detectors.rules.preflight import Preflight
from schemas.rule_set import RuleSet
from sinks.rules.ledger import LedgerLine
from streams.reporting_currency import minor_digits

__all__ = ["ledger_lines", "ledger_table", "preflight_lines", "preflight_table", "rule_set_table"]


def preflight_lines(flight: Preflight, days: float) -> Iterator[str]:
    """Write a JSON line per rule."""
    for one in flight.counts:
        record = {
            "rule": one.rule.name,
            "action": one.rule.action,
            "hits": one.hits,
            "hits_per_day": one.hits / days,
            "new_per_day": one.new / days,
            "labelled": one.frauds + one.genuine,
            "precision": None if one.precision is None else one.precision.value,
            "caught_minor": one.caught_minor,
            "bothered_customers": len(one.bothered),
            "bothered_minor": one.bothered_minor,
            "unrun": one.unrun,
        }
        yield orjson.dumps(record).decode()


def preflight_table(flight: Preflight, days: float, currency: str) -> None:
    """Show what each rule would have done."""
    table = numbers_table(
        "rule",
        "action",
        "a day",
        "new a day",
        "labelled",
        "precision",
        f"{currency} caught",
        "bothered",
        "not run",
    )
    for one in flight.counts:
        table.add_row(
            one.rule.name,
            one.rule.action,
            f"{one.hits / days:,.1f}",
            f"{one.new / days:,.1f}",
            f"{one.frauds + one.genuine:,}",
            share(one.precision),
            major(one.caught_minor, currency),
            f"{len(one.bothered):,}",
            f"{one.unrun:,}" if one.unrun else "",
        )
    Console().print(table)


def ledger_lines(lines: Sequence[LedgerLine]) -> Iterator[str]:
    """Write a JSON line per rule."""
    for one in lines:
        yield orjson.dumps(one.record()).decode()


def ledger_table(lines: Sequence[LedgerLine], currency: str) -> None:
    """Show what each rule caught and cost."""
    table = numbers_table(
        "rule",
        "version",
        "hits",
        "held",
        "passed",
        "frauds",
        "precision",
        f"{currency} caught",
        f"{currency} cost",
        "bothered",
    )
    for one in lines:
        table.add_row(
            one.rule,
            str(one.last_version),
            f"{one.hits:,}",
            f"{one.held:,}",
            f"{one.passed:,}",
            f"{one.frauds:,}",
            share(one.precision),
            major(one.caught_minor, currency),
            major(one.cost_minor, currency),
            f"{one.bothered:,}",
        )
    Console().print(table)


def rule_set_table(rule_set: RuleSet) -> None:
    """Show a set."""
    Console().print(
        f"version {rule_set.version}, from {rule_set.valid_from:%Y-%m-%d %H:%M:%S} UTC on, published by "
        f"{rule_set.published_by}",
        markup=False,
    )
    table = Table("rule", "action", "severity", "owner", "to", "when", box=None)
    for rule in rule_set.rules:
        until = "" if rule.expires_at is None else f"{rule.expires_at:%Y-%m-%d %H:%M}"
        table.add_row(rule.name, rule.action, rule.severity, rule.owner, until, rule.when)
    Console().print(table)


def numbers_table(first: str, *others: str) -> Table:
    """Make a table whose columns stand to the right but for the first."""
    return Table(first, *(Column(name, justify="right") for name in others), box=None)


def major(minor: int, currency: str) -> str:
    """Write an amount in whole units of a currency."""
    return f"{minor / 10 ** minor_digits(currency):,.0f}"


def share(found: Share | None) -> str:
    """Write a share in percent and between what it lies; nothing if it is not known."""
    return "" if found is None else f"{found.value:.0%} ({found.low:.0%} to {found.high:.0%})"
