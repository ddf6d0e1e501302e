"""What a person needs to use the running demo: addresses, logins, a query and a payment to paste."""

import json
import shlex

from rich.console import Console
from rich.text import Text

from tillwatch.stack.programs import CONSOLE_USER, Programs

__all__ = ["collector_command", "query_command", "show_collector", "show_console"]

QUERY = (
    "SELECT store_id, count() AS payments, round(sum(amount_minor) / 100) AS amount, "
    "round(avg(score), 4) AS score FROM scores WHERE disposition = 'scored' "
    "GROUP BY store_id ORDER BY payments DESC LIMIT 5 FORMAT PrettyCompactNoEscapes"
)

PAYMENT = {
    "payment_id": "my-first",
    "status": "authorised",
    "amount_minor": 4990,
    "currency": "EUR",
    "channel": "web",
    "customer_id": "me",
    "terminal_id": "web-checkout",
    "store_id": "web",
}


def query_command(programs: Programs) -> str:
    """Return a shell line that asks the store as the user who can only read."""
    login = f"reader:{programs.secrets.store_reader_password}"
    address = f"http://127.0.0.1:{programs.settings.clickhouse_port}/?database=tillwatch"
    return f"curl -s -u {shlex.quote(login)} {shlex.quote(address)} --data-binary {shlex.quote(QUERY)}"


def collector_command(programs: Programs) -> str:
    """Return a shell line that sends a payment."""
    address = f"http://127.0.0.1:{programs.settings.collector_port}/v1/transactions"
    return (
        f"curl -s {address} -H 'Authorization: Bearer {programs.secrets.collector_api_key}' "
        f"-H 'Content-Type: application/json' -d {shlex.quote(json.dumps(PAYMENT))}"
    )


def show_console(out: Console, programs: Programs) -> None:
    """Print where the page and the store are."""
    settings, secrets = programs.settings, programs.secrets
    _block(out, "Console", f"http://127.0.0.1:{settings.console_port}/")
    _block(out, "  login", f"{CONSOLE_USER} / {secrets.console_password}")
    _block(out, "ClickHouse", f"http://127.0.0.1:{settings.clickhouse_port}/ (database tillwatch)")
    _block(out, "  read only", f"reader / {secrets.store_reader_password}")
    _block(out, "  a query", query_command(programs))


def show_collector(out: Console, programs: Programs) -> None:
    """Print how to send a payment."""
    _block(out, "Send a payment", collector_command(programs))


def _block(out: Console, title: str, text: str) -> None:
    # soft_wrap: a line to paste must stay one line
    out.print(Text.assemble((f"{title:<15}", "bold"), text), soft_wrap=True)
