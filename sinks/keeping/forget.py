"""Making what is kept of a person nobody's.

Payments and clicks stay, for the figures that were made of them stay; who they were of goes: the customer,
their cards, devices, networks and addresses, the order by which the shop knows them. A rollup that is made
anew has the same figures. Kafka keeps its records as long as it keeps any.
"""

import re
from collections.abc import Mapping, Sequence
from secrets import token_hex
from typing import NamedTuple

from clickhouse_connect.driver.client import Client

from schemas.errors import Stop
from sinks.keeping.tables_kept import kept_tables

__all__ = ["forget_customer"]

DONE = {"mutations_sync": 2}
"""Return when every row is rewritten."""
HERS = "(customer_id = {customer:String} OR card_id IN {cards:Array(String)})"
NAMES = "arrayConcat([{customer:String}], {cards:Array(String)})"
WHOLE = r"concat('(^|[^\\pL\\pN_@.-]\\.*)', regexpQuoteMeta(name), '(\\.*(?:$|[^\\pL\\pN_@.-]))')"
"""A name where no letter, digit or sign of an id goes on; a point is one of an id only where more follows."""
TWICE = f"arrayConcat({NAMES}, {NAMES})"
"""Of two in a row, the sign between them belongs to the first."""
TOKENS = (
    r"""arrayMap(token -> if(startsWith(token, '"'), JSONExtractString(token), token), """
    r"""extractAll(payload, '"(?:[^"\\\\]|\\\\.)*"|[^\\s"{}:,\\[\\]]+'))"""
)
"""What stands in JSON, its escapes read, whether or not its end was kept."""
PLACE = re.compile(r"\{(?:customer:String|cards:Array\(String\)|salt:String)\}")
NOBODY = "customer_id = NULL"
PAYER = f"{NOBODY}, card_id = NULL"


class Rewrite(NamedTuple):
    """What is set in which rows of a table."""

    set_to: str
    where: str


OF_PAYER = Rewrite(PAYER, HERS)
REWRITES: dict[str, Rewrite] = {
    "transactions": Rewrite(
        f"{PAYER}, device_id = NULL, email_hash = NULL, network = NULL, order_id = NULL", HERS
    ),
    "scores": OF_PAYER,
    "rule_hit_payments": OF_PAYER,
    "review_payments": OF_PAYER,
    "labels": OF_PAYER,
    "clicks": Rewrite(
        # a visit stays one visit, so that visits are counted as before
        f"{NOBODY}, visitor_id = hex(sipHash128(visitor_id, {{salt:String}})), "
        "session_id = hex(sipHash128(session_id, {salt:String}))",
        "customer_id = {customer:String}",
    ),
    "alerts": Rewrite(
        f"payments_customer_id = arrayMap(one -> if(has({NAMES}, ifNull(one, '')), NULL, one), "
        "payments_customer_id), "
        f"sentence = arrayFold((said, name) -> replaceRegexpAll(said, {WHOLE}, '\\\\1…\\\\2'), {TWICE}, "
        "sentence), "
        f"entity = if(has({NAMES}, entity), '', entity)",
        f"has({NAMES}, entity) OR has(payments_customer_id, {{customer:String}})",
    ),
    "dead_letters": Rewrite(
        "payload = ''",
        f"arrayExists(name -> arrayExists(token -> match(token, {WHOLE}), {TOKENS}) "
        f"OR (NOT isValidJSON(payload) AND match(payload, {WHOLE})), {NAMES})",
    ),
}
"""Of each table that says who somebody is."""


def forget_customer(client: Client, customer: str) -> dict[str, int]:
    """Make what is kept of a customer nobody's; return how many rows of which tables were rewritten.

    Parameters
    ----------
    client
        As the user who may write.
    customer
        The customer's id as it is stored.

    Raises
    ------
    Stop
        Nothing is known of this customer.

    Cost: the parts that hold such rows are written anew.

    """
    given = {"customer": customer, "cards": cards_and_devices(client, customer)}
    rewritten: dict[str, int] = {}
    for table in kept_tables(client):
        rewrite = REWRITES.get(table) or (OF_PAYER if is_like_scores(table) else None)
        if rewrite is None:
            continue
        found = client.query(f"SELECT count() FROM {table} WHERE {rewrite.where}", parameters=given)
        if rows := int(found.result_rows[0][0]):
            run(client, table, rewrite, given)
            rewritten[table] = rows
    if not rewritten:
        raise Stop(f"nothing is kept of customer {customer}")
    return rewritten


def cards_and_devices(client: Client, customer: str) -> list[str]:
    """List the cards that somebody has paid with, and the devices: findings may be about them."""
    hers = "WHERE customer_id = {customer:String}"
    names = (
        f"SELECT arrayJoin([card_id, device_id]) AS name FROM transactions {hers} "
        f"UNION ALL SELECT card_id AS name FROM scores {hers}"
    )
    found = client.query(
        f"SELECT DISTINCT name FROM ({names}) WHERE isNotNull(name) ORDER BY name",
        parameters={"customer": customer},
    ).result_rows
    return [name for (name,) in found]


def is_like_scores(table: str) -> bool:
    """Say whether a table holds scores of a reprocess, or such as a switch replaced."""
    return table.startswith(("scores_", "replaced_by_switch_"))


def run(client: Client, table: str, rewrite: Rewrite, given: Mapping[str, str | Sequence[str]]) -> None:
    """Rewrite rows; values are written into the statement, for ClickHouse keeps what it is to do as text."""
    text = f"ALTER TABLE {table} UPDATE {rewrite.set_to} WHERE {rewrite.where}"
    values = {
        "{customer:String}": literal(str(given["customer"])),
        "{cards:Array(String)}": f"CAST([{', '.join(map(literal, given['cards']))}], 'Array(String)')",
        "{salt:String}": literal(token_hex(16)),
    }
    filled = PLACE.sub(lambda place: values[place[0]], text)  # in one pass: a value may look like a place
    client.command(filled, settings=DONE)


def literal(value: str) -> str:
    """Write a text as ClickHouse reads it."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
