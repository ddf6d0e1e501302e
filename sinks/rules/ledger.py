"""What live rules caught and cost."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clickhouse_connect.driver.client import Client

from detectors.fraud.label_weights import Share, share_of_weights
from schemas.errors import Stop
from sinks.connection import connect
from sinks.settings import ClickHouseSettings

__all__ = ["LedgerLine", "ledger", "ledger_of_days", "newest_payment", "unrun"]

SQL = Path(__file__).parent / "ledger.sql"
LAST = 2**32 - 1
"""The last second that the store can name."""
# Judged payments are the authorised and the declined ones; their rollup spares a look at every score.
NEWEST = """
SELECT max(occurred_at), count() FROM scores WHERE disposition = 'scored' AND occurred_at >=
(SELECT minute FROM payments_minute WHERE orders + declined > 0 ORDER BY minute DESC LIMIT 1)
"""


@dataclass(frozen=True)
class LedgerLine:
    """One rule; fields are the columns of `ledger.sql`."""

    rule: str
    last_version: int | None
    hits: int
    held: int
    frauds: int
    genuine: int
    passed: int
    passed_minor: int
    fraud_weight: float
    weight: float
    weight_squares: float
    caught_minor: int
    cost_minor: int
    bothered: int
    first_hit: datetime
    last_hit: datetime

    @property
    def precision(self) -> Share | None:
        """Share of fraud among the hits, by those with a label that counts; None without any."""
        return share_of_weights(self.fraud_weight, self.weight, self.weight_squares)

    def record(self) -> dict[str, object]:
        """Give its figures by name, for programs."""
        share = self.precision
        said = {name: value for name, value in asdict(self).items() if "weight" not in name}
        return said | {
            "precision": None if share is None else share.value,
            "precision_low": None if share is None else share.low,
            "precision_high": None if share is None else share.high,
        }


def newest_payment(client: Client) -> datetime:
    """Give the event time of the newest scored payment.

    Raises
    ------
    Stop
        There is none.

    """
    newest, count = client.query(NEWEST).result_rows[0]
    if not count:
        raise Stop("ClickHouse holds no scored payment yet")
    return datetime.fromtimestamp(newest.replace(tzinfo=UTC).timestamp(), UTC)


def ledger_of_days(settings: ClickHouseSettings, days: float) -> list[LedgerLine]:
    """Add up what each rule did in the days before the newest scored payment, by a client of its own.

    Raises
    ------
    StoreAbsent
        ClickHouse does not answer.
    Stop
        It refuses the login, or holds no scored payment.

    """
    client = connect(settings)
    try:
        return ledger(client, newest_payment(client) - timedelta(days=days))
    finally:
        client.close()


def ledger(client: Client, since: datetime) -> list[LedgerLine]:
    """Add up what each rule did to payments made since a moment, to the second."""
    found = client.query(SQL.read_text(), parameters={"begin": int(since.timestamp()), "end": LAST})
    return [LedgerLine(*row) for row in found.result_rows]


def unrun(client: Client, since: datetime) -> dict[str, int]:
    """Count, by rule, the payments that it could not be run on."""
    found = client.query(
        "SELECT arrayJoin(rules_failed) AS rule, count() FROM scores "
        "WHERE occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') GROUP BY rule ORDER BY rule",
        parameters={"since": round(since.timestamp() * 1_000)},
    )
    return {str(rule): int(count) for rule, count in found.result_rows}
