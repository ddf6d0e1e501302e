"""`tillwatch alerts`: follow them in a terminal, or have them posted to a webhook."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from schemas.alert import AlertKind, Severity

if TYPE_CHECKING:
    from schemas.alert import Alert
    from schemas.causes import Causes
    from sinks.channels.alert_line import AlertLine, Tone

__all__ = ["alerts"]

alerts = typer.Typer(help="Follow the alerts here, or post them to a webhook.", no_args_is_help=True)

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
COLOURS: dict["Tone", str] = {"now": "red", "soon": "yellow", "over": "green", "why": "cyan"}
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


def known(values: tuple[str, ...]) -> Callable[[list[str] | None], list[str]]:
    """Make the check of an option that may be given several times."""

    def check(given: list[str] | None) -> list[str]:
        for value in given or ():
            if value not in values:
                raise typer.BadParameter(f"{value!r} is none of {', '.join(values)}")
        return given or []

    return check


def some_time_ago(text: str | None) -> timedelta | None:
    """Read 90s, 30m, 1h or 2d."""
    if text is None:
        return None
    match = re.fullmatch(r"([0-9]{1,6})([smhd])", text)
    if match is None:
        raise typer.BadParameter(f"{text!r} is not like 90s, 30m, 1h or 2d")
    return timedelta(**{UNITS[match[2]]: int(match[1])})


@alerts.command()
def tail(
    *,
    since: Annotated[
        str | None, typer.Option(help="Begin with what Kafka took in the last 90s, 30m, 1h or 2d.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Begin with the oldest that is kept.")] = False,
    json_lines: Annotated[
        bool, typer.Option("--json", help="Every record as it is, one JSON line each.")
    ] = False,
    updates: Annotated[
        bool, typer.Option("--updates", help="Show updates of which only figures changed too.")
    ] = False,
    kind: Annotated[
        list[str] | None,
        typer.Option(callback=known(get_args(AlertKind)), help="Only this kind; repeatable."),
    ] = None,
    severity: Annotated[
        list[str] | None, typer.Option(callback=known(get_args(Severity)), help="Only now, or only soon.")
    ] = None,
    store: Annotated[list[str] | None, typer.Option(help="Only this store_id; repeatable.")] = None,
) -> None:
    """Show alerts as they are raised, answered and over; Ctrl-C ends it.

    ● now = act now, ▲ soon = within the shift, ✓ over = it ended, ↻ = shown before and changed since, ↳ why =
    where the total comes from that an alert shown before is about. Times are of the event, by this machine's
    time zone.
    """
    from schemas.errors import Stop
    from schemas.settings import KafkaSettings
    from sinks.channels.run_webhook import require_alerts
    from streams.settings import StreamSettings

    ago = some_time_ago(since)
    if everything and ago is not None:
        raise typer.BadParameter("--all and --since exclude each other")
    begin = EARLIEST if everything else None if ago is None else datetime.now(UTC) - ago
    servers, currency = KafkaSettings().bootstrap_servers, StreamSettings().reporting_currency

    def wanted(alert: "Alert") -> bool:
        return (
            (not kind or alert.kind in kind)
            and (not severity or alert.severity in severity)
            and (not store or alert.store_id in store)
        )

    try:
        require_alerts(servers, announce=say)
        asyncio.run(show(servers, begin, wanted, currency, json_lines=json_lines, updates=updates))
    except KeyboardInterrupt:
        pass
    except BrokenPipeError:  # `... | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Stop as error:
        say(str(error))
        raise typer.Exit(1) from None


async def show(
    servers: str,
    begin: datetime | None,
    wanted: "Callable[[Alert], bool]",
    currency: str,
    *,
    json_lines: bool,
    updates: bool,
) -> None:
    """Write what is wanted to standard output until SIGTERM or SIGINT."""
    from schemas.causes import Causes
    from sinks.channels.alert_line import alert_line, causes_line
    from sinks.channels.shown_alerts import ShownAlerts
    from sinks.channels.tail import follow_alerts

    shown = ShownAlerts()

    async def write() -> None:
        async for record in follow_alerts(servers, since=begin):
            told = decoded(record.topic, record.value, f"[{record.partition}] offset {record.offset}")
            if told is None:
                continue
            if isinstance(told, Causes):
                news = shown.news_of_causes(told)
            else:
                news = shown.news(told) if wanted(told) else None
            if news is None:
                continue
            if json_lines:
                sys.stdout.buffer.write(record.value + b"\n")
                sys.stdout.buffer.flush()
            elif news != "same" or updates:
                if isinstance(told, Causes):
                    line = causes_line(told, zone=None)
                else:
                    line = alert_line(told, update=news != "new", zone=None, currency=currency)
                typer.echo(coloured(line), color=None if "NO_COLOR" not in os.environ else False)

    writing = asyncio.create_task(write())
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, writing.cancel)
    with suppress(asyncio.CancelledError):
        await writing


def decoded(topic: str, value: bytes | None, place: str) -> "Alert | Causes | None":
    """Read a record; None if it is empty, or not as the contract says, which is said."""
    from pydantic import ValidationError

    from schemas.alert import Alert
    from schemas.causes import Causes
    from schemas.topics import CAUSES

    if value is None:
        return None
    try:
        return (Causes if topic == CAUSES.name else Alert).model_validate_json(value)
    except ValidationError:
        say(f"{topic}{place} is not as this version expects")
        return None


def coloured(line: "AlertLine") -> str:
    """Join the parts of a line; the colours are dropped where no terminal reads."""
    parts = [typer.style(line.time, dim=True), line.mark, typer.style(line.word, fg=COLOURS[line.tone])]
    parts.append(line.sentence)
    if line.money:
        parts.append(typer.style(line.money, bold=True))
    if line.answer:
        parts.append(typer.style(line.answer, fg=COLOURS["over"]))
    return "  ".join([*parts, typer.style(line.alert_id, dim=True)])


@alerts.command()
def webhook(
    *,
    url: Annotated[
        str | None, typer.Option(help="Where to post; a secret one belongs into TILLWATCH_WEBHOOK_URL.")
    ] = None,
    allow_http: Annotated[
        bool, typer.Option("--allow-http", help="Plain HTTP beyond this machine too.")
    ] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Let the name resolve to a private network's address.")
    ] = False,
) -> None:
    """Post every alert and what explains it, signed, each in its newest state. See docs/alerts.md.

    Settings: TILLWATCH_WEBHOOK_SECRET (needed), TILLWATCH_WEBHOOK_URL, TILLWATCH_WEBHOOK_GROUP (one for each
    webhook), TILLWATCH_WEBHOOK_SET_ASIDE_FILE.
    """
    from pydantic import ValidationError

    from schemas.errors import Stop
    from schemas.settings import KafkaSettings
    from sinks.channels.address import hook_address
    from sinks.channels.run_webhook import run_webhook
    from sinks.channels.settings import WebhookSettings

    try:
        settings = WebhookSettings()
        address = hook_address(url or settings.url.get_secret_value(), allow_http=allow_http)
    except ValidationError as error:
        for problem in error.errors(include_input=False, include_url=False):
            say(f"TILLWATCH_WEBHOOK_{str(problem['loc'][0]).upper()}: {problem['msg']}")
        raise typer.Exit(2) from None
    except Stop as error:
        say(str(error))
        raise typer.Exit(2) from None
    try:
        run_webhook(
            KafkaSettings().bootstrap_servers, address, settings, allow_private=allow_private, announce=say
        )
    except Stop as error:
        say(str(error))
        raise typer.Exit(1) from None


def say(line: str) -> None:
    """Tell the operator; standard output holds alerts alone."""
    typer.echo(line, err=True)
