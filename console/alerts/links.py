"""Where an operator's own pages show the receipt, the order, or the camera at that second."""

from collections.abc import Mapping
from datetime import UTC, datetime
from string import Formatter
from urllib.parse import quote, urlsplit

__all__ = ["PLACEHOLDERS", "checked_template", "link_outs"]

PLACEHOLDERS = ("event_id", "payment_id", "store_id", "terminal_id", "sku", "at", "epoch")
"""What a template may name. `at` is RFC 3339 in UTC, `epoch` whole seconds since 1970."""


def checked_template(template: str) -> str:
    """Refuse a template that leads nowhere on the web, or names what is not known.

    Raises
    ------
    ValueError
        It is no http or https address, or has another placeholder.

    """
    try:
        named = {name for _, name, _, _ in Formatter().parse(template) if name is not None}
    except ValueError as error:
        raise ValueError(f"{template!r}: {error}") from None
    if urlsplit(template).scheme not in ("http", "https"):
        raise ValueError(f"{template!r} is no http or https address")
    if unknown := named - set(PLACEHOLDERS):
        raise ValueError(
            f"{template!r} names {', '.join(sorted(unknown))}; there are {', '.join(PLACEHOLDERS)}"
        )
    return template


def link_outs(templates: Mapping[str, str], at: datetime, known: Mapping[str, str]) -> tuple[str, ...]:
    """Fill the templates, in their order; empty where something that one names is not known."""
    moments = {"at": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", "epoch": str(int(at.timestamp()))}
    values = {name: quote(value, safe="") for name, value in {**known, **moments}.items() if value}
    return tuple(filled(template, values) for template in templates.values())


def filled(template: str, values: Mapping[str, str]) -> str:
    """Fill one template."""
    try:
        return template.format_map(values)
    except KeyError:
        return ""
